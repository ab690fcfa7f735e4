//! A draft as it stands in the form, or all that keeps it from being one.

use crate::components::Wrong;
use crate::islands::dom;
use crate::language::Language;
use crate::zone;
use chrono::{DateTime, NaiveDateTime, Utc};
use js_sys::Reflect;
use onsale_core::api::admin::EventDraft;
use onsale_core::api::offer::{Discount, PromoCode, Quota, RefundPolicy, SaleRules, TicketTypeOffer};
use onsale_core::charges::Charges;
use onsale_core::{Currency, LineKind, Money, Price, PriceLine};
use std::collections::HashSet;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// What was typed or chosen in a field, without spaces around it.
pub(super) fn value(id: &str) -> String {
    let element = dom::by_id(id);
    let value = element.and_then(|element| Reflect::get(&element, &"value".into()).ok()?.as_string());
    value.unwrap_or_default().trim().to_owned()
}

/// Writes into a field.
pub(super) fn fill(id: &str, text: &str) {
    if let Some(element) = dom::by_id(id) {
        let _fields_have_one = Reflect::set(&element, &"value".into(), &text.into());
    }
}

pub(super) fn ticked(id: &str) -> bool {
    dom::by_id(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok()).is_some_and(|input| input.checked())
}

/// The numbers of a kind's rows, in their order on the page.
pub(super) fn rows(kind: &str) -> Vec<usize> {
    let rows = dom::all(&format!("[data-row={kind}]"));
    rows.iter().filter_map(|row| row.get_attribute("data-n")?.parse().ok()).collect()
}

/// The numbers of the rows that are sent: those in which something was typed.
pub(super) fn sent_rows(kind: &str) -> Vec<usize> {
    rows(kind).into_iter().filter(|n| kind != "t" || !is_empty(*n)).collect()
}

/// Whether nothing was typed into a row of prices.
pub(super) fn is_empty(n: usize) -> bool {
    ["code", "name", "face"].iter().all(|field| value(&format!("t-{n}-{field}")).is_empty())
}

/// A form that is being read.
struct Reading<'a> {
    language: Language,
    zone: &'a str,
    currency: Currency,
    wrong: Vec<Wrong>,
}

/// The draft that the form says. `before` is what it was made from: what the form has no field for is kept.
pub(super) fn draft(language: Language, zone: &str, before: &EventDraft) -> Result<EventDraft, Vec<Wrong>> {
    let mut reading = Reading { language, zone, currency: before.sale.currency, wrong: Vec::new() };
    let (name, venue) = (value("e-name"), value("e-venue"));
    if name.is_empty() {
        reading.wrong("e-name", language.ev_enter_name());
    }
    match value("e-currency").to_uppercase().parse() {
        Ok(currency) => reading.currency = currency,
        Err(_) => reading.wrong("e-currency", language.ev_enter_currency()),
    }
    let starts_at = reading.needed("e-starts", language.ev_enter_start()).unwrap_or(before.starts_at);
    let sale = reading.sale(before);
    let charges = reading.charges();
    let by_rule = ticked("c-on");
    let ticket_types =
        rows("t").into_iter().filter_map(|n| reading.ticket_type(n, &charges, by_rule, before)).collect();
    let quotas = rows("q").into_iter().map(|n| reading.quota(n)).collect();
    let promo_codes = rows("p").into_iter().filter_map(|n| reading.promo_code(n)).collect();
    let draft = EventDraft {
        id: before.id.clone(),
        venue_id: venue.parse().unwrap_or_else(|_| before.venue_id.clone()),
        plan_id: value("e-plan").parse().ok(),
        name,
        description: value("e-description"),
        kind: value("e-type"),
        starts_at,
        sale,
        ticket_types,
        quotas,
        promo_codes,
        charges: by_rule.then_some(charges),
    };
    if reading.wrong.is_empty() { Ok(draft) } else { Err(reading.wrong) }
}

/// What a row's price would be, as it stands; nothing where it cannot be read.
pub(super) fn price_of(n: usize) -> Option<Price> {
    let currency: Currency = value("e-currency").to_uppercase().parse().ok()?;
    let mut reading = Reading { language: Language::En, zone: "UTC", currency, wrong: Vec::new() };
    let charges = reading.charges();
    let price = reading.price(n, &charges, ticked("c-on"), None)?;
    reading.wrong.is_empty().then_some(price)
}

/// A moment as a browser's field writes it.
pub(super) fn moment(text: &str, zone: &str) -> Option<DateTime<Utc>> {
    let shown = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let shown = shown.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some(zone::utc(shown, zone))
}

impl Reading<'_> {
    fn wrong(&mut self, field: impl Into<String>, words: &str) {
        let field: String = field.into();
        self.wrong.push(Wrong::at(field, words));
    }

    fn needed(&mut self, id: &str, words: &str) -> Option<DateTime<Utc>> {
        let at = moment(&value(id), self.zone);
        if at.is_none() {
            self.wrong(id, words);
        }
        at
    }

    /// A whole number; nothing where nothing was typed.
    fn whole(&mut self, id: &str) -> Option<u32> {
        let text = value(id);
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            self.wrong(id, self.language.ev_enter_whole());
        }
        number
    }

    /// An amount, with a point or a comma; nothing where nothing was typed.
    fn amount(&mut self, id: &str) -> Option<Money> {
        let text = value(id).replace(',', ".");
        if text.is_empty() {
            return None;
        }
        let amount = Money::parse(&text, self.currency).ok().filter(|amount| amount.minor >= 0);
        if amount.is_none() {
            self.wrong(id, self.language.ev_enter_amount());
        }
        amount
    }

    /// Percents as hundredths of one; nothing typed is none.
    fn of_hundred(&mut self, id: &str) -> u32 {
        let text = value(id).replace(',', ".");
        if text.is_empty() {
            return 0;
        }
        let points = basis_points(&text);
        if points.is_none() {
            self.wrong(id, self.language.ev_enter_percent());
        }
        points.unwrap_or(0)
    }

    fn sale(&mut self, before: &EventDraft) -> SaleRules {
        let words = self.language.ev_enter_on_sale();
        let on_sale_at = self.needed("e-on", words).unwrap_or(before.sale.on_sale_at);
        let hold = self.whole("e-hold").unwrap_or(10);
        SaleRules {
            currency: self.currency,
            on_sale_at,
            off_sale_at: moment(&value("e-off"), self.zone),
            hold_seconds: hold.saturating_mul(60),
            max_per_account: self.whole("e-limit"),
            bank_transfers: ticked("e-transfers"),
            refund: RefundPolicy { until_hours_before: self.whole("e-refund"), fees_refunded: ticked("e-fees") },
        }
    }

    fn charges(&mut self) -> Charges {
        let by_rule = ticked("c-on");
        let fixed = if by_rule { self.amount("c-fee") } else { None };
        Charges {
            ticket_label: value("c-ticket"),
            fee_label: value("c-fee-label"),
            fee_fixed: fixed.unwrap_or_else(|| Money::zero(self.currency)),
            fee_basis_points: if by_rule { self.of_hundred("c-fee-percent") } else { 0 },
            tax_label: value("c-tax-label"),
            tax_basis_points: if by_rule { self.of_hundred("c-tax") } else { 0 },
            tax_included: ticked("c-in"),
        }
    }

    /// A row of prices; one in which nothing was typed is none.
    fn ticket_type(
        &mut self,
        n: usize,
        charges: &Charges,
        by_rule: bool,
        before: &EventDraft,
    ) -> Option<TicketTypeOffer> {
        let [code, name, category] = ["code", "name", "category"].map(|field| value(&format!("t-{n}-{field}")));
        if is_empty(n) {
            return None;
        }
        for (field, text) in [("code", &code), ("name", &name)] {
            if text.is_empty() {
                self.wrong(format!("t-{n}-{field}"), self.language.ev_enter_type());
            }
        }
        let was = before.ticket_types.get(n).map(|offer| &offer.price);
        let capacity = self.whole(&format!("t-{n}-capacity"));
        let price = self.price(n, charges, by_rule, was)?;
        let quotas = value(&format!("t-{n}-quotas"));
        Some(TicketTypeOffer {
            ticket_type: code,
            name,
            category: (!category.is_empty()).then_some(category),
            price,
            capacity,
            quotas: quotas.split(',').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        })
    }

    /// A row's price: by the rule, or of its own fields. One that has more lines than there are fields stays as it was made.
    fn price(&mut self, n: usize, charges: &Charges, by_rule: bool, was: Option<&Price>) -> Option<Price> {
        let face = self.amount(&format!("t-{n}-face"));
        let Some(face) = face else {
            if value(&format!("t-{n}-face")).is_empty() {
                self.wrong(format!("t-{n}-face"), self.language.ev_enter_amount());
            }
            return None;
        };
        if by_rule {
            return charges.price(face).ok();
        }
        let zero = Money::zero(self.currency);
        let fee = self.amount(&format!("t-{n}-fee")).unwrap_or(zero);
        let tax = self.amount(&format!("t-{n}-tax")).unwrap_or(zero);
        let parts = [
            (LineKind::Face, &charges.ticket_label, face),
            (LineKind::Fee, &charges.fee_label, fee),
            (LineKind::Tax, &charges.tax_label, tax),
        ];
        let is_same = |was: &&Price| parts.iter().all(|(kind, _, amount)| was.part(*kind) == *amount);
        if let Some(was) = was.filter(|was| !has_fields(was)).filter(is_same) {
            return Some(was.clone());
        }
        let lines = parts.into_iter().filter(|(kind, _, amount)| *kind == LineKind::Face || amount.minor > 0);
        let lines = lines.map(|(kind, label, amount)| PriceLine { kind, label: label.clone(), amount }).collect();
        Price::of(self.currency, lines).ok()
    }

    fn quota(&mut self, n: usize) -> Quota {
        let field = format!("q-{n}-capacity");
        if value(&field).is_empty() {
            self.wrong(field.clone(), self.language.ev_enter_whole());
        }
        Quota { code: value(&format!("q-{n}-code")), capacity: self.whole(&field).unwrap_or(0) }
    }

    fn promo_code(&mut self, n: usize) -> Option<PromoCode> {
        let field = format!("p-{n}-value");
        let discount = if value(&format!("p-{n}-kind")) == "amount" {
            self.amount(&field).map(Discount::Amount)
        } else {
            let points = basis_points(&value(&field).replace(',', "."));
            points.map(Discount::BasisPoints)
        };
        if discount.is_none() && !self.wrong.iter().any(|wrong| wrong.field.as_deref() == Some(field.as_str())) {
            self.wrong(field, self.language.ev_enter_discount());
        }
        let at = |field: &str| moment(&value(&format!("p-{n}-{field}")), self.zone);
        let (valid_from, valid_until) = (at("from"), at("until"));
        let max_uses = self.whole(&format!("p-{n}-uses"));
        Some(PromoCode { code: value(&format!("p-{n}-code")), discount: discount?, max_uses, valid_from, valid_until })
    }
}

/// Whether the form has a field for each of a price's lines.
fn has_fields(price: &Price) -> bool {
    let kinds: HashSet<LineKind> = price.lines.iter().map(|line| line.kind).collect();
    kinds.len() == price.lines.len() && !kinds.contains(&LineKind::Discount)
}

/// Percents, with two digits behind the point at most, as hundredths of one.
fn basis_points(text: &str) -> Option<u32> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let is_good = whole.len() <= 3
        && rest.len() <= 2
        && [whole, rest].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if !is_good || whole.is_empty() {
        return None;
    }
    let rest: u32 = format!("{rest:0<2}").parse().ok()?;
    Some(whole.parse::<u32>().ok()? * 100 + rest).filter(|points| *points <= 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_read_as_they_are_written() {
        assert_eq!(["10", "10.5", "2.25", "0"].map(basis_points), [Some(1_000), Some(1_050), Some(225), Some(0)]);
        for text in ["", ".5", "101", "1.255", "-1", "1e1", "ten"] {
            assert_eq!(basis_points(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_is_read_by_the_venues_clocks() {
        let at = moment("2027-07-10T21:00", "Europe/Madrid").expect("a moment");
        assert_eq!(at.to_rfc3339(), "2027-07-10T19:00:00+00:00");
        assert_eq!(moment("2027-07-10 21:00", "Europe/Madrid"), Some(at));
        assert_eq!(moment("", "UTC"), None);
    }
}
