//! What happened to an order, as one time line: the order itself, its money, the mails about it, and the notes of staff.

use super::facts::Venue;
use crate::format::{Moment, money};
use crate::language::Language;
use chrono::{DateTime, Utc};
use onsale_core::api::sales::{OrderStep, SoldOrderDetail};
use onsale_core::api::sales_desk::{OrderMail, OrderNote, PaymentStep};
use onsale_core::text::escape_html;

/// Something that happened: when, what, and what more there is to say, which is not HTML yet.
struct Step {
    at: DateTime<Utc>,
    word: String,
    more: Vec<String>,
}

/// The card with all of it, first to last.
pub(super) fn card(language: Language, venue: &Venue, detail: &SoldOrderDetail, now: DateTime<Utc>) -> String {
    let mut steps: Vec<Step> = detail.history.iter().filter_map(|step| of_order(language, step)).collect();
    steps.extend(detail.payments.iter().filter_map(|step| of_payment(language, step)));
    steps.extend(detail.mails.iter().map(|mail| of_mail(language, mail)));
    steps.extend(detail.notes.iter().map(|note| of_note(language, note)));
    // Of what happened at the same time the order's own comes first.
    steps.sort_by_key(|step| step.at);
    let rows: String = steps.iter().map(|step| row(language, venue, step, now)).collect();
    let missing = detail.missing.iter().filter_map(|what| match what.as_str() {
        "payments" => Some(language.payments_missing()),
        "mails" => Some(language.mails_missing()),
        _ => None,
    });
    let missing: String = missing.map(|words| format!("<p class=\"soft small\">{words}</p>")).collect();
    format!(
        "<section class=\"card stack\" aria-labelledby=\"w-h\"><h2 id=\"w-h\">{}</h2><ol class=\"steps\">{rows}</ol>{missing}</section>",
        language.history()
    )
}

fn of_order(language: Language, step: &OrderStep) -> Option<Step> {
    // The tickets are the same in both; one line is enough.
    if step.kind == "ticket-confirmed" {
        return None;
    }
    let word = language.order_step(&step.kind, step.status)?.to_owned();
    let tickets = step.tickets.and_then(|tickets| i64::try_from(tickets).ok());
    let tickets = tickets.map(|tickets| language.tickets_counted(tickets));
    let back = step.refunded.filter(|_| step.kind == "order-refunded").map(|back| money(language, back));
    let more = tickets.into_iter().chain(back).chain(step.failure.clone()).collect();
    Some(Step { at: step.at, word, more })
}

fn of_payment(language: Language, step: &PaymentStep) -> Option<Step> {
    let word = language.payment_step(&step.kind)?.to_owned();
    let amount = step.amount.map(|amount| money(language, amount));
    Some(Step { at: step.at, word, more: amount.into_iter().chain(step.reason.clone()).collect() })
}

fn of_mail(language: Language, mail: &OrderMail) -> Step {
    let state = match mail.status.as_str() {
        "pending" => Some(language.mail_pending().to_owned()),
        "failed" => Some(language.mail_failed().to_owned()),
        _ => None,
    };
    let word = format!("{}: {}", language.mail_step(), language.mail_about(&mail.template));
    let more = std::iter::once(mail.recipient.clone()).chain(state).collect();
    Step { at: mail.at, word, more }
}

fn of_note(language: Language, note: &OrderNote) -> Step {
    let who = note.author.clone().unwrap_or_else(|| language.name_unknown().to_owned());
    Step { at: note.at, word: format!("{}: {}", language.note_step(), note.text), more: vec![who] }
}

fn row(language: Language, venue: &Venue, step: &Step, now: DateTime<Utc>) -> String {
    let at = Moment::at(language, step.at, &venue.time_zone);
    let when =
        if at.is_day_of(now) { at.time_with_seconds() } else { format!("{} {} {}", at.day(), at.month(), at.time()) };
    let more = if step.more.is_empty() {
        String::new()
    } else {
        format!(" <span class=\"soft\">· {}</span>", escape_html(&step.more.join(" · ")))
    };
    format!(
        "<li><time class=\"num soft\" datetime=\"{}\">{when}</time><span>{}{more}</span></li>",
        at.machine(),
        escape_html(&step.word)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::UserId;
    use uuid::Uuid;

    #[test]
    fn all_that_happened_is_in_one_order_and_escaped() {
        let at = |second: u32| -> DateTime<Utc> { format!("2027-02-04T10:00:{second:02}Z").parse().expect("a time") };
        let language = Language::En;
        let step = |kind: &str, second| OrderStep {
            at: at(second),
            kind: kind.to_owned(),
            status: None,
            refunded: None,
            failure: None,
            tickets: None,
        };
        let note = OrderNote { at: at(9), author_id: UserId(Uuid::nil()), author: None, text: "<b>came".to_owned() };
        let mail = OrderMail {
            at: at(5),
            template: "order_confirmed".to_owned(),
            status: "failed".to_owned(),
            recipient: "a@b.c".to_owned(),
            sent_at: None,
        };
        let paid = PaymentStep { at: at(3), kind: "payment-completed".to_owned(), amount: None, reason: None };
        let mut steps: Vec<Step> = vec![of_note(language, &note), of_mail(language, &mail)];
        steps.extend(of_payment(language, &paid));
        steps.extend(
            [step("payment-begun", 1), step("ticket-confirmed", 4)].iter().filter_map(|s| of_order(language, s)),
        );
        steps.sort_by_key(|step| step.at);
        let words: Vec<&str> = steps.iter().map(|step| step.word.as_str()).collect();
        assert_eq!(words, ["Payment began", "Money taken", "Mail: the tickets", "Note: <b>came"]);
        let html = row(language, &Venue::default(), &steps[3], at(10));
        assert!(html.contains("Note: &lt;b&gt;came"), "{html}");
        assert!(row(language, &Venue::default(), &steps[2], at(10)).contains("a@b.c · not delivered"));
    }
}
