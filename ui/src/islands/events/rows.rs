//! What an event has several of, as HTML: prices, quotas, promo codes. A row is a group of fields with a number of its
//! own, by which its fields are called; new rows are added at the end.

use super::form::{moment, shown};
use crate::islands::desk::fields::{Field, select};
use crate::language::Language;
use onsale_core::api::admin::EventDraft;
use onsale_core::api::offer::{Discount, PromoCode, Quota, TicketTypeOffer};
use onsale_core::charges::percent;
use onsale_core::text::escape_html;
use onsale_core::{LineKind, Money};

/// The most rows of a kind that a page shows.
pub(super) const ROWS_MAX: usize = 200;

/// A list of rows and the button that adds one.
fn list(kind: &str, rows: &str, add: &str) -> String {
    format!(
        "<div class=\"stack rows\" id=\"rows-{kind}\">{rows}</div>\
         <p><button type=\"button\" class=\"btn\" data-act=\"add\" data-kind=\"{kind}\">{add}</button></p>"
    )
}

/// A row: its name, its fields, and the way out of it.
fn row(language: Language, kind: &str, number: usize, name: &str, fields: &str) -> String {
    format!(
        "<fieldset class=\"entry\" data-row=\"{kind}\" data-n=\"{number}\"><legend class=\"vh\">{name}</legend>\
         <div class=\"fields\">{fields}</div>\
         <button type=\"button\" class=\"btn sm\" data-act=\"drop\" aria-label=\"{}: {name}\">{}</button></fieldset>",
        language.remove(),
        language.remove(),
    )
}

fn text(id: &str, label: &str, value: &str, more: &str) -> String {
    let more = format!("autocomplete=\"off\" {more}");
    Field { id, label, hint: "", value, more: &more }.html()
}

fn whole(id: &str, label: &str, value: Option<u32>) -> String {
    let value = value.map(|value| value.to_string()).unwrap_or_default();
    text(id, label, &value, "inputmode=\"numeric\" maxlength=\"7\"")
}

fn amount(id: &str, label: &str, value: Option<Money>) -> String {
    let value = value.map(Money::decimal).unwrap_or_default();
    text(id, label, &value, "inputmode=\"decimal\" maxlength=\"14\"")
}

/// All that can be bought.
pub(super) fn types(language: Language, draft: &EventDraft, categories: &[String]) -> String {
    let rows: String = draft
        .ticket_types
        .iter()
        .enumerate()
        .map(|(n, offer)| ticket_type(language, n, Some(offer), None, categories))
        .collect();
    let rows = if rows.is_empty() { ticket_type(language, 0, None, None, categories) } else { rows };
    list("t", &rows, language.ev_add_type())
}

/// One of them: what was drafted, or an empty one, of a category.
pub(super) fn ticket_type(
    language: Language,
    n: usize,
    offer: Option<&TicketTypeOffer>,
    category: Option<&str>,
    categories: &[String],
) -> String {
    let part = |kind| offer.map(|offer| offer.price.part(kind));
    let category = offer.and_then(|offer| offer.category.as_deref()).or(category);
    let fields = format!(
        "{}{}<div id=\"t-{n}-where\">{}</div>{}{}<div class=\"unruled\">{}</div><div class=\"unruled\">{}</div>{}\
         <p class=\"pays\"><span class=\"soft\">{}</span> <b class=\"num\" id=\"t-{n}-pays\">{}</b></p>",
        text(
            &format!("t-{n}-code"),
            language.ev_type_code(),
            offer.map_or("", |offer| &offer.ticket_type),
            "maxlength=\"64\"",
        ),
        text(
            &format!("t-{n}-name"),
            language.ev_type_name(),
            offer.map_or("", |offer| &offer.name),
            "maxlength=\"200\""
        ),
        of_category(language, n, category, categories),
        whole(&format!("t-{n}-capacity"), language.ev_capacity(), offer.and_then(|offer| offer.capacity)),
        amount(&format!("t-{n}-face"), language.ev_face(), part(LineKind::Face)),
        amount(&format!("t-{n}-fee"), language.fees(), part(LineKind::Fee)),
        amount(&format!("t-{n}-tax"), language.ev_tax(), part(LineKind::Tax)),
        text(
            &format!("t-{n}-quotas"),
            language.ev_type_quotas(),
            &offer.map(|offer| offer.quotas.join(", ")).unwrap_or_default(),
            "",
        ),
        language.you_pay(),
        offer.map(|offer| crate::format::money(language, offer.price.total)).unwrap_or_default(),
    );
    let name = offer.map_or_else(|| language.ev_new_type().to_owned(), |offer| escape_html(&offer.name));
    row(language, "t", n, &name, &fields)
}

/// Which seats a price is for; none where there is no plan.
pub(super) fn of_category(language: Language, n: usize, chosen: Option<&str>, categories: &[String]) -> String {
    let own = chosen.filter(|chosen| !categories.iter().any(|known| known == chosen));
    let mut options = vec![("", language.ev_general())];
    options.extend(categories.iter().map(String::as_str).chain(own).map(|category| (category, category)));
    select(&format!("t-{n}-category"), language.ev_category(), &options, chosen.unwrap_or_default())
}

/// All quotas.
pub(super) fn quotas(language: Language, draft: &EventDraft) -> String {
    let rows: String = draft.quotas.iter().enumerate().map(|(n, quota)| quota_row(language, n, Some(quota))).collect();
    list("q", &rows, language.ev_add_quota())
}

/// One quota.
pub(super) fn quota_row(language: Language, n: usize, quota: Option<&Quota>) -> String {
    let code = quota.map_or("", |quota| &quota.code);
    let fields = format!(
        "{}{}",
        text(&format!("q-{n}-code"), language.ev_code(), code, "maxlength=\"64\""),
        whole(&format!("q-{n}-capacity"), language.ev_how_many(), quota.map(|quota| quota.capacity)),
    );
    let name = if code.is_empty() { language.ev_new_quota().to_owned() } else { escape_html(code) };
    row(language, "q", n, &name, &fields)
}

/// All promo codes.
pub(super) fn codes(language: Language, draft: &EventDraft, zone: &str) -> String {
    let rows: String =
        draft.promo_codes.iter().enumerate().map(|(n, promo)| code_row(language, n, Some(promo), zone)).collect();
    list("p", &rows, language.ev_add_code())
}

/// One promo code.
pub(super) fn code_row(language: Language, n: usize, promo: Option<&PromoCode>, zone: &str) -> String {
    let (kind, value) = match promo.map(|promo| &promo.discount) {
        Some(Discount::Amount(amount)) => ("amount", amount.decimal()),
        Some(Discount::BasisPoints(points)) => ("percent", percent(*points)),
        None => ("percent", String::new()),
    };
    let kinds = [("percent", language.ev_percent_off()), ("amount", language.ev_amount_off())];
    let code = promo.map_or("", |promo| &promo.code);
    let fields = format!(
        "{}{}{}{}{}{}",
        text(&format!("p-{n}-code"), language.ev_code(), code, "maxlength=\"64\" autocapitalize=\"characters\""),
        select(&format!("p-{n}-kind"), language.ev_discount(), &kinds, kind),
        text(&format!("p-{n}-value"), language.ev_takes_off(), &value, "inputmode=\"decimal\" maxlength=\"14\""),
        whole(&format!("p-{n}-uses"), language.ev_uses(), promo.and_then(|promo| promo.max_uses)),
        moment(&format!("p-{n}-from"), language.ev_from(), "", promo.and_then(|promo| promo.valid_from), zone),
        moment(&format!("p-{n}-until"), language.ev_until(), "", promo.and_then(|promo| promo.valid_until), zone),
    );
    let name = if code.is_empty() { language.ev_new_code().to_owned() } else { escape_html(code) };
    row(language, "p", n, &name, &fields)
}

/// The dates of a series, one a line, as they are typed.
pub(super) fn lines(dates: &[chrono::DateTime<chrono::Utc>], zone: &str) -> String {
    dates.iter().map(|at| shown(*at, zone).replace('T', " ")).collect::<Vec<_>>().join("\n")
}
