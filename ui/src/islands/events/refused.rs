//! What the API refuses, said at the field that it means, in the reader's language.

use super::read;
use crate::api::Failure;
use crate::components::Wrong;
use crate::language::Language;

/// All that is wrong, at the form's fields.
pub(super) fn wrong(language: Language, failure: &Failure) -> Vec<Wrong> {
    let rows = read::sent_rows;
    match failure {
        Failure::Problem { body, .. } if !body.errors.is_empty() => body
            .errors
            .iter()
            .map(|error| {
                // What has no word here is told as the API says it.
                let known = language.ev_refused(&error.code);
                match (field(&error.field, rows), known) {
                    (Some(id), known) => Wrong::at(id, known.unwrap_or(&error.message)),
                    (None, Some(known)) => Wrong::whole(known),
                    (None, None) => Wrong::whole(format!("{}: {}", error.field, error.message)),
                }
            })
            .collect(),
        failure => vec![Wrong::whole(failure.words(language))],
    }
}

/// The form's field by the API's name; `rows` gives the numbers of the rows of a kind, in their order.
fn field(name: &str, rows: impl Fn(&str) -> Vec<usize>) -> Option<String> {
    for (list, kind) in [("ticketTypes", "t"), ("quotas", "q"), ("promoCodes", "p")] {
        let Some(rest) = name.strip_prefix(list) else { continue };
        let (place, part) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))?;
        let number = rows(kind).get(place.parse::<usize>().ok()?).copied()?;
        return Some(format!("{kind}-{number}-{}", row_field(kind, part.trim_start_matches('.'))));
    }
    let id = match name {
        "name" => "e-name",
        "description" => "e-description",
        "type" => "e-type",
        "venueId" => "e-venue",
        "planId" => "e-plan",
        "startsAt" => "e-starts",
        "sale.onSaleAt" => "e-on",
        "sale.offSaleAt" => "e-off",
        "sale.currency" => "e-currency",
        "sale.holdSeconds" => "e-hold",
        "sale.maxPerAccount" => "e-limit",
        "sale.bankTransfers" => "e-transfers",
        "sale.refund.untilHoursBefore" => "e-refund",
        "charges.ticketLabel" => "c-ticket",
        "charges.feeLabel" => "c-fee-label",
        "charges.taxLabel" => "c-tax-label",
        "charges.feeFixed" => "c-fee",
        "charges.feeBasisPoints" => "c-fee-percent",
        "charges.taxBasisPoints" => "c-tax",
        _ => return None,
    };
    Some(id.to_owned())
}

/// A row's field by the API's name for it.
fn row_field(kind: &str, part: &str) -> &'static str {
    match (kind, part.split(['.', '[']).next().unwrap_or_default()) {
        ("t", "name") => "name",
        ("t", "category") => "category",
        ("t", "price") => "face",
        ("t", "quotas") => "quotas",
        ("t" | "q", "capacity") => "capacity",
        ("p", "discount") => "value",
        ("p", "maxUses") => "uses",
        ("p", "validUntil") => "until",
        _ => "code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_s_names_lead_to_the_form_s_fields() {
        // The second row was taken out: rows keep their numbers.
        let rows = |kind: &str| if kind == "t" { vec![0, 2, 3] } else { vec![0] };
        let found = |name: &str| field(name, rows);
        assert_eq!(found("sale.onSaleAt").as_deref(), Some("e-on"));
        assert_eq!(found("ticketTypes[1].price.lines[0].amount").as_deref(), Some("t-2-face"));
        assert_eq!(found("ticketTypes[2].ticketType").as_deref(), Some("t-3-code"));
        assert_eq!(found("ticketTypes"), None, "all of them are meant");
        assert_eq!(found("promoCodes[0].discount.basisPoints").as_deref(), Some("p-0-value"));
        assert_eq!(found("quotas[0].capacity").as_deref(), Some("q-0-capacity"));
        assert_eq!(found("ticketTypes[7].name"), None);
        assert_eq!(found("id"), None);
    }
}
