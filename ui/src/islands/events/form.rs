//! An event's form as HTML.

use super::KINDS;
use super::rows;
use crate::islands::desk::fields::{Field, form, select, send, tick};
use crate::language::Language;
use chrono::{DateTime, Utc};
use onsale_core::api::admin::{EventDraft, PlanSummary};
use onsale_core::api::offer::Venue;
use onsale_core::charges::{Charges, percent};
use onsale_core::text::escape_html;
use onsale_core::{LineKind, Money};

/// What is asked for with the event.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    /// The organiser's venues.
    pub(super) venues: Vec<Venue>,
    /// The plans of the event's venue.
    pub(super) plans: Vec<PlanSummary>,
}

impl Around {
    /// The clocks of a venue.
    pub(super) fn zone(&self, venue: &str) -> &str {
        self.venues.iter().find(|known| known.id.as_str() == venue).map_or("UTC", |known| &known.time_zone)
    }

    /// The price categories of a plan.
    pub(super) fn categories(&self, plan: Option<&str>) -> &[String] {
        let found = plan.and_then(|plan| self.plans.iter().find(|known| known.plan_id.to_string() == plan));
        found.map_or(&[], |plan| &plan.categories)
    }
}

/// All fields, with what was drafted in them.
pub(super) fn event_form(language: Language, draft: &EventDraft, around: &Around) -> String {
    let zone = around.zone(draft.venue_id.as_str());
    let plan = draft.plan_id.map(|id| id.to_string());
    let inside = format!(
        "{}{}{}{}{}<div class=\"save\">{}<p class=\"soft small\" id=\"saved\" role=\"status\"></p></div>",
        section("what", language.ev_what(), "", &what(language, draft, around, zone)),
        section("sale", language.ev_sale(), language.ev_sale_hint(), &sale(language, draft, zone)),
        section(
            "prices",
            language.ev_prices(),
            language.ev_prices_hint(),
            &prices(language, draft, around, plan.as_deref())
        ),
        section("quotas", language.ev_quotas(), language.ev_quotas_hint(), &rows::quotas(language, draft)),
        section("codes", language.ev_codes(), language.ev_codes_hint(), &rows::codes(language, draft, zone)),
        send("go", language.ev_save(), language.saving()),
    );
    form("event", "id=\"event-form\"", &inside)
}

fn section(id: &str, heading: &str, hint: &str, inside: &str) -> String {
    let hint = if hint.is_empty() { String::new() } else { format!("<p class=\"soft\">{hint}</p>") };
    format!(
        "<section class=\"card stack\" aria-labelledby=\"{id}-h\"><h2 id=\"{id}-h\" tabindex=\"-1\">{heading}</h2>{hint}{inside}</section>"
    )
}

fn what(language: Language, draft: &EventDraft, around: &Around, zone: &str) -> String {
    let venues: Vec<(&str, String)> =
        around.venues.iter().map(|venue| (venue.id.as_str(), format!("{}, {}", venue.name, venue.city))).collect();
    let venues: Vec<(&str, &str)> = venues.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let own = (!KINDS.contains(&draft.kind.as_str()) && !draft.kind.is_empty()).then_some(draft.kind.as_str());
    let kinds: Vec<(&str, String)> =
        KINDS.into_iter().chain(own).map(|kind| (kind, language.kind_of_event(kind))).collect();
    let kinds: Vec<(&str, &str)> = kinds.iter().map(|(kind, word)| (*kind, word.as_str())).collect();
    let name = Field {
        id: "e-name",
        label: language.ev_name(),
        value: &draft.name,
        more: "maxlength=\"200\" autocomplete=\"off\"",
        ..Field::default()
    };
    let description = Field {
        id: "e-description",
        label: language.ev_description(),
        hint: language.ev_description_hint(),
        value: &draft.description,
        more: "rows=\"5\" maxlength=\"10000\"",
    };
    let hint = language.ev_clock_of(zone);
    format!(
        "{}{}<div class=\"fields\">{}{}<div id=\"plan-place\">{}</div>{}</div>",
        name.html(),
        description.area(),
        select("e-type", language.ev_type(), &kinds, &draft.kind),
        select("e-venue", language.ev_venue(), &venues, draft.venue_id.as_str()),
        plan(language, around, draft.plan_id.map(|id| id.to_string()).as_deref()),
        moment("e-starts", language.ev_starts(), &hint, Some(draft.starts_at), zone),
    )
}

/// The plans of the venue, and no plan.
pub(super) fn plan(language: Language, around: &Around, chosen: Option<&str>) -> String {
    let plans: Vec<(String, String)> = around
        .plans
        .iter()
        .map(|plan| (plan.plan_id.to_string(), format!("{}, {}", plan.name, language.hall_seats(plan.seat_count))))
        .collect();
    let mut options = vec![("", language.ev_no_plan())];
    options.extend(plans.iter().map(|(id, name)| (id.as_str(), name.as_str())));
    select("e-plan", language.ev_plan(), &options, chosen.unwrap_or_default())
}

/// A field for a moment, by the clocks of a zone.
pub(super) fn moment(id: &str, label: &str, hint: &str, at: Option<DateTime<Utc>>, zone: &str) -> String {
    let value = at.map(|at| shown(at, zone)).unwrap_or_default();
    Field { id, label, hint, value: &value, more: "type=\"datetime-local\"" }.html()
}

/// A moment as the browser's field has it.
pub(super) fn shown(at: DateTime<Utc>, zone: &str) -> String {
    crate::zone::local(at, zone).format("%Y-%m-%dT%H:%M").to_string()
}

fn sale(language: Language, draft: &EventDraft, zone: &str) -> String {
    let sale = &draft.sale;
    let hint = language.ev_clock_of(zone);
    let number = |id: &str, label: &str, hint: &str, value: Option<u32>| {
        let value = value.map(|value| value.to_string()).unwrap_or_default();
        let more = "inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"6\"";
        Field { id, label, hint, value: &value, more }.html()
    };
    let currency = Field {
        id: "e-currency",
        label: language.ev_currency(),
        hint: language.ev_currency_hint(),
        value: sale.currency.code(),
        more: "maxlength=\"3\" autocomplete=\"off\" autocapitalize=\"characters\"",
    };
    let until = sale.refund.until_hours_before;
    format!(
        "<div class=\"fields\">{}{}{}{}{}{}</div>{}{}<p><button type=\"button\" class=\"btn sm\" data-act=\"stop\">{}</button></p>",
        moment("e-on", language.ev_on_sale(), &hint, Some(sale.on_sale_at), zone),
        moment("e-off", language.ev_off_sale(), language.ev_off_sale_hint(), sale.off_sale_at, zone),
        currency.html(),
        number("e-hold", language.ev_hold(), language.ev_hold_hint(), Some(sale.hold_seconds.div_ceil(60))),
        number("e-limit", language.ev_limit(), language.ev_limit_hint(), sale.max_per_account),
        number("e-refund", language.ev_refund(), language.ev_refund_hint(), until),
        tick("e-fees", language.ev_fees_back(), "", sale.refund.fees_refunded),
        tick("e-transfers", language.ev_transfers(), language.ev_transfers_hint(), sale.bank_transfers),
        language.ev_stop_now(),
    )
}

fn prices(language: Language, draft: &EventDraft, around: &Around, plan: Option<&str>) -> String {
    let charges = labels(language, draft);
    let line = |id: &str, label: &str, value: &str| {
        Field { id, label, value, more: "maxlength=\"60\" autocomplete=\"off\"", ..Field::default() }.html()
    };
    let number = |id: &str, label: &str, value: &str| {
        let more = "inputmode=\"decimal\" autocomplete=\"off\" maxlength=\"12\"";
        Field { id, label, value, more, ..Field::default() }.html()
    };
    let fixed = if charges.fee_fixed.minor == 0 { String::new() } else { charges.fee_fixed.decimal() };
    let of_hundred = |points: u32| if points == 0 { String::new() } else { percent(points) };
    format!(
        "{}<div class=\"fields ruled\">{}{}{}{}</div><div class=\"ruled\">{}</div><div class=\"fields\">{}</div>{}",
        tick(
            "c-on",
            language.ev_one_rule(),
            language.ev_one_rule_hint(),
            draft.charges.is_some() || draft.ticket_types.is_empty()
        ),
        number("c-fee", language.ev_fee_fixed(), &fixed),
        number("c-fee-percent", language.ev_fee_percent(), &of_hundred(charges.fee_basis_points)),
        number("c-tax", language.ev_tax_percent(), &of_hundred(charges.tax_basis_points)),
        line("c-tax-label", language.ev_tax_label(), &charges.tax_label),
        tick("c-in", language.ev_tax_included(), "", charges.tax_included),
        line("c-ticket", language.ev_ticket_label(), &charges.ticket_label)
            + &line("c-fee-label", language.ev_fee_label(), &charges.fee_label),
        rows::types(language, draft, around.categories(plan)),
    )
}

/// The draft's charges; where it has none, the words that its prices have, or usual ones.
fn labels(language: Language, draft: &EventDraft) -> Charges {
    if let Some(charges) = &draft.charges {
        return charges.clone();
    }
    let said = |kind: LineKind, usual: &str| {
        let lines = draft.ticket_types.iter().flat_map(|offer| &offer.price.lines);
        lines.filter(|line| line.kind == kind).map(|line| line.label.clone()).next().unwrap_or_else(|| usual.to_owned())
    };
    Charges {
        ticket_label: said(LineKind::Face, language.ticket()),
        fee_label: said(LineKind::Fee, language.fees()),
        fee_fixed: Money::zero(draft.sale.currency),
        fee_basis_points: 0,
        tax_label: said(LineKind::Tax, language.ev_tax_usual()),
        tax_basis_points: 0,
        tax_included: false,
    }
}

/// A word on a draft that cannot begin yet.
pub(super) fn no_venue(language: Language, halls: &str) -> String {
    format!(
        "<div class=\"empty instead\"><h1>{}</h1><p>{}</p><a class=\"btn ink\" href=\"{}\">{}</a></div>",
        language.ev_no_venue(),
        language.ev_no_venue_more(),
        escape_html(halls),
        language.hall_add_venue(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn draft() -> EventDraft {
        serde_json::from_value(json!({
            "venueId": "hall", "name": "A <night>", "description": "Two\nlines", "type": "magic",
            "startsAt": "2027-07-10T19:00:00Z",
            "sale": {"currency": "EUR", "onSaleAt": "2027-05-01T09:00:00Z", "offSaleAt": null, "maxPerAccount": 6,
                     "refund": {"untilHoursBefore": 24, "feesRefunded": true}},
            "ticketTypes": [{"ticketType": "adult", "name": "Adult", "category": null, "capacity": 300,
                             "price": {"total": {"amount": "21.00", "currency": "EUR"}, "lines": [
                                 {"kind": "face", "label": "Seat", "amount": {"amount": "20.00", "currency": "EUR"}},
                                 {"kind": "fee", "label": "Fee", "amount": {"amount": "1.00", "currency": "EUR"}}]}}],
        }))
        .expect("a draft")
    }

    fn around() -> Around {
        let venue = json!({"id": "hall", "name": "Hall", "city": "Madrid", "country": "ES", "timeZone": "Europe/Madrid",
                           "latitude": 0.0, "longitude": 0.0});
        Around { venues: vec![serde_json::from_value(venue).expect("a venue")], plans: Vec::new() }
    }

    #[test]
    fn what_was_drafted_stands_in_the_fields_by_the_venues_clocks() {
        for language in [Language::En, Language::Es] {
            let html = event_form(language, &draft(), &around());
            assert!(html.contains("value=\"A &lt;night&gt;\"") && html.contains("\nTwo\nlines</textarea>"), "{html}");
            assert!(
                html.contains("value=\"2027-07-10T21:00\"") && html.contains("value=\"2027-05-01T11:00\""),
                "{html}"
            );
            assert!(html.contains("<option value=\"magic\" selected>"), "a kind of one's own is kept: {html}");
            assert!(html.contains("value=\"Seat\""), "the words of prices are kept: {html}");
        }
    }

    #[test]
    fn every_field_has_one_label_and_a_place_for_its_message() {
        let html = event_form(Language::En, &draft(), &around());
        for part in html.split(" id=\"").skip(1) {
            let id = &part[..part.find('"').unwrap_or(0)];
            assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id} is there once");
        }
        for part in html.split("<label for=\"").skip(1) {
            let id = &part[..part.find('"').unwrap_or(0)];
            assert!(html.contains(&format!("id=\"{id}-err\"")), "{id} has a place for its message");
        }
    }
}
