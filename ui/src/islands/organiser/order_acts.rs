//! What is done with an order: money back, the mail once more, a note.

use super::order::Looked;
use super::{Reader, door};
use crate::api::session;
use crate::api::{self, Failure, Key, Method};
use crate::format::money;
use crate::islands::desk::notice;
use crate::islands::dom::{self, listen};
use crate::language::Language;
use leptos::task::spawn_local;
use onsale_core::api::booking::CancelQuote;
use onsale_core::api::sales::SoldOrderDetail;
use onsale_core::api::sales_desk::{NewNote, RefundRequest, RefundTerms};
use onsale_core::text::escape_html;
use onsale_core::{Money, TicketId, TicketStatus};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

/// The quote that is shown, by its terms.
type Quote = Rc<RefCell<Option<(RefundTerms, CancelQuote)>>>;

/// The card with all of it.
pub(super) fn card(language: Language, detail: &SoldOrderDetail) -> String {
    let has_tickets = detail.issued.iter().any(|ticket| ticket.status == TicketStatus::Valid);
    let refund = if has_tickets { refund(language, detail) } else { String::new() };
    let again = if has_tickets {
        format!("<button type=\"button\" class=\"btn full\" data-act=\"send-again\">{}</button>", language.send_again())
    } else {
        String::new()
    };
    format!(
        "<section class=\"card stack order-acts\" aria-labelledby=\"acts-h\"><h2 id=\"acts-h\">{}</h2>\
         <div id=\"acts-said\" role=\"status\"></div>{again}{refund}\
         <form class=\"stack\" id=\"note-form\"><div class=\"field\"><label for=\"note\">{}</label>\
         <textarea class=\"in\" id=\"note\" rows=\"3\" maxlength=\"1000\"></textarea></div>\
         <button class=\"btn\">{}</button></form></section>",
        language.do_with_order(),
        language.note_word(),
        language.note_add(),
    )
}

fn refund(language: Language, detail: &SoldOrderDetail) -> String {
    let good = detail.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid);
    let tickets: String = good
        .map(|ticket| {
            let place = ticket.seat.as_ref().map(|seat| language.seat_at(&seat.zone, &seat.row, &seat.column));
            format!(
                "<label class=\"check\"><input type=\"checkbox\" data-ticket=\"{}\" checked> <span>{} · {}</span></label>",
                ticket.ticket_id,
                escape_html(place.as_deref().unwrap_or(&ticket.name)),
                money(language, ticket.price),
            )
        })
        .collect();
    let whole = if session::remembered().is_some_and(|account| account.organiser) {
        format!(
            "<fieldset class=\"stack\"><legend>{}</legend>\
             <label class=\"check\"><input type=\"radio\" name=\"terms\" value=\"POLICY\" checked> <span>{}</span></label>\
             <label class=\"check\"><input type=\"radio\" name=\"terms\" value=\"WHOLE\"> <span>{}</span></label></fieldset>",
            language.refund_terms(),
            language.refund_policy(),
            language.refund_whole(),
        )
    } else {
        String::new()
    };
    format!(
        "<details id=\"refund\"><summary>{}</summary><form class=\"stack\" id=\"refund-form\">\
         <fieldset class=\"stack\"><legend>{}</legend>{tickets}</fieldset>{whole}\
         <p id=\"quote\" class=\"soft\" role=\"status\"></p>\
         <button class=\"btn ink\" id=\"refund-do\" aria-disabled=\"true\">{}</button></form></details>",
        language.refund_word(),
        language.refund_which(),
        language.refund_word(),
    )
}

/// Listens to the card that was written just now.
pub(super) fn listen_to(looked: &Looked) {
    let quote = Quote::default();
    for button in dom::all("[data-act=send-again]") {
        let looked = looked.clone();
        listen(&button, "click", move |_| send_again(&looked));
    }
    if let Some(form) = dom::by_id("note-form") {
        let looked = looked.clone();
        listen(&form, "submit", move |event| {
            event.prevent_default();
            note(&looked);
        });
    }
    let (Some(refund), Some(form)) = (dom::by_id("refund"), dom::by_id("refund-form")) else { return };
    for (target, name) in [(&refund, "toggle"), (&form, "change")] {
        let (looked, quote) = (looked.clone(), quote.clone());
        listen(target, name, move |_| ask_quote(&looked, &quote));
    }
    let looked = looked.clone();
    listen(&form, "submit", move |event| {
        event.prevent_default();
        give_back(&looked, &quote);
    });
}

fn terms() -> RefundTerms {
    let whole = dom::all("[name=terms][value=WHOLE]").into_iter().next();
    let whole = whole.and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    if whole.is_some_and(|input| input.checked()) { RefundTerms::Whole } else { RefundTerms::Policy }
}

/// The tickets that are ticked.
fn ticked() -> Vec<TicketId> {
    let inputs = dom::all("[data-ticket]").into_iter();
    let inputs = inputs.filter_map(|input| input.dyn_into::<HtmlInputElement>().ok());
    let ids = inputs.filter(HtmlInputElement::checked).filter_map(|input| input.get_attribute("data-ticket"));
    ids.filter_map(|id| id.parse().ok()).collect()
}

/// Asks what goes back by the chosen terms, unless that is known.
fn ask_quote(looked: &Looked, quote: &Quote) {
    let terms = terms();
    if quote.borrow().as_ref().is_some_and(|(known, _)| *known == terms) {
        write_quote(looked.reader().language, quote);
        return;
    }
    let name = if terms == RefundTerms::Whole { "WHOLE" } else { "POLICY" };
    let path = format!("{}/refund-quote?terms={name}", looked.path());
    let (looked, quote) = (looked.clone(), quote.clone());
    spawn_local(async move {
        match api::get_mine::<CancelQuote>(&path).await {
            Ok(found) => {
                *quote.borrow_mut() = Some((terms, found));
                write_quote(looked.reader().language, &quote);
            }
            Err(failure) => fail(looked.reader(), &failure),
        }
    });
}

/// What goes back for the ticked tickets, and what is kept.
fn sums(quote: &CancelQuote, ticked: &[TicketId]) -> (Money, Money) {
    let (mut back, mut kept) = (quote.refund, quote.kept);
    (back.minor, kept.minor) = (0, 0);
    for ticket in quote.tickets.iter().filter(|ticket| ticked.contains(&ticket.ticket_id)) {
        back.minor += ticket.refund.minor;
        kept.minor += ticket.kept.minor;
    }
    (back, kept)
}

fn write_quote(language: Language, quote: &Quote) {
    let quote = quote.borrow();
    let Some((_, quote)) = quote.as_ref() else { return };
    let ticked = ticked();
    let (back, kept) = sums(quote, &ticked);
    let words = if !quote.cancellable {
        language.refund_closed().to_owned()
    } else if ticked.is_empty() {
        language.refund_pick().to_owned()
    } else if kept.minor > 0 {
        language.kept_amount(&money(language, kept))
    } else {
        String::new()
    };
    dom::text("quote", &words);
    if let Some(button) = dom::by_id("refund-do") {
        let off = !quote.cancellable || ticked.is_empty();
        dom::attribute(&button, "aria-disabled", off.then_some("true"));
        dom::text("refund-do", &language.refund_amount(&money(language, back)));
    }
}

fn give_back(looked: &Looked, quote: &Quote) {
    let tickets = ticked();
    let terms = {
        let quote = quote.borrow();
        let Some((terms, known)) = quote.as_ref() else { return };
        if !known.cancellable || tickets.is_empty() {
            return;
        }
        *terms
    };
    // What is asked for is not asked for a second time.
    *quote.borrow_mut() = None;
    if let Some(button) = dom::by_id("refund-do") {
        dom::attribute(&button, "aria-disabled", Some("true"));
    }
    let body = RefundRequest { tickets: Some(tickets), terms };
    act(looked, "refund", body, looked.reader().language.refund_done());
}

fn send_again(looked: &Looked) {
    act(looked, "send-again", serde_json::json!({}), looked.reader().language.sent_again());
}

fn note(looked: &Looked) {
    let language = looked.reader().language;
    let field = dom::by_id("note").and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
    let Some(field) = field else { return };
    let text = field.value().trim().to_owned();
    if text.is_empty() {
        said("warn", language.note_empty());
        return;
    }
    act(looked, "notes", NewNote { text }, language.note_kept());
}

fn said(class: &str, text: &str) {
    dom::html("acts-said", &notice(class, text, ""));
}

/// Does it, says so, and shows the order as it is then.
fn act<B: serde::Serialize + 'static>(looked: &Looked, what: &str, body: B, done: &'static str) {
    let path = format!("{}/{what}", looked.path());
    let looked = looked.clone();
    spawn_local(async move {
        let answer: Result<Value, Failure> = match api::effect_keyed(&Key::fresh(), Method::Post, &path, &body).await {
            Ok(answer) => answer.read(),
            Err(failure) => Err(failure),
        };
        match answer {
            Ok(_) => {
                looked.again().await;
                said("good", done);
            }
            Err(failure) => fail(looked.reader(), &failure),
        }
    });
}

fn fail(reader: Reader, failure: &Failure) {
    if matches!(failure, Failure::SignedOut) {
        door::shut(reader, failure, "");
        return;
    }
    said("bad", &failure.words(reader.language));
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::api::booking::TicketQuote;
    use onsale_core::{Currency, OrderId};
    use uuid::Uuid;

    #[test]
    fn only_what_is_ticked_is_added_up() {
        let eur = |minor| Money::new(minor, Currency::EUR);
        let id = |number| TicketId(Uuid::from_u128(number));
        let ticket = |number, back, kept| TicketQuote { ticket_id: id(number), refund: eur(back), kept: eur(kept) };
        let quote = CancelQuote {
            order_id: OrderId(Uuid::nil()),
            cancellable: true,
            refund: eur(300),
            kept: eur(30),
            tickets: vec![ticket(1, 100, 10), ticket(2, 200, 20)],
        };
        assert_eq!(sums(&quote, &[id(2), id(9)]), (eur(200), eur(20)));
        assert_eq!(sums(&quote, &[]), (eur(0), eur(0)));
    }
}
