//! What an event's draft must be like, and what publishing asks beyond that.

use super::Violations;
use chrono::{DateTime, Utc};
use onsale_core::api::admin::EventDraft;
use onsale_core::api::offer::{Discount, PromoCode, SaleRules, TicketTypeOffer};
use onsale_core::charges::Charges;
use onsale_core::{Currency, LineKind, Price};
use std::collections::HashSet;

/// The shortest hold, in seconds (API.md, "Booking").
pub const HOLD_SECONDS_MIN: u32 = 60;
/// The longest hold, in seconds.
pub const HOLD_SECONDS_MAX: u32 = 3600;
/// The most places of a ticket type or quota.
pub const CAPACITY_MAX: u32 = 1_000_000;
/// The dearest ticket, in minor units: ten digits keep every sum of an order far inside 64 bits.
const PRICE_MAX: i64 = 9_999_999_999;
/// The most lines of a price.
const LINES_MAX: usize = 20;
/// Short words: ticket types, quotas, promo codes.
const WORD_MAX: usize = 64;

/// Everything that is wrong with a draft. `categories` are those of its plan, where it has one.
#[must_use]
pub fn violations(draft: &EventDraft, categories: Option<&[String]>) -> Violations {
    let mut wrong = Violations::new();
    wrong.require(is_line(&draft.name, 200), "name", "invalid", "write 1 to 200 characters on one line");
    // Line breaks are fine here, what a database's text cannot hold is not.
    let readable = draft.description.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    wrong.require(readable, "description", "invalid", "leave control characters out");
    wrong.require(is_word(&draft.kind), "type", "invalid", "use a short word such as concert");
    sale(&mut wrong, &draft.sale, draft.starts_at);
    quotas(&mut wrong, draft);
    ticket_types(&mut wrong, draft, categories);
    if let Some(charges) = &draft.charges {
        charged(&mut wrong, draft, charges);
    }
    promo_codes(&mut wrong, &draft.promo_codes, draft.sale.currency);
    wrong
}

/// Everything that keeps a draft from being published at this time, beyond [`violations`].
#[must_use]
pub fn publication_violations(draft: &EventDraft, categories: Option<&[String]>, now: DateTime<Utc>) -> Violations {
    let mut wrong = Violations::new();
    wrong.require(draft.starts_at > now, "startsAt", "past", "an event that is published begins in the future");
    wrong.require(!draft.ticket_types.is_empty(), "ticketTypes", "empty", "say what can be bought and for how much");
    for category in categories.unwrap_or_default() {
        let priced = draft.ticket_types.iter().any(|offer| offer.category.as_ref() == Some(category));
        wrong.require(
            priced,
            "ticketTypes",
            "category_without_price",
            format!("give at least one ticket type for the plan's category {category}"),
        );
    }
    wrong
}

/// What may no longer change once an event was published: its inventory is built on it.
#[must_use]
pub fn change_violations(published: &EventDraft, draft: &EventDraft) -> Violations {
    let mut wrong = Violations::new();
    let fixed = "it cannot change once the event was published: cancel it and publish another";
    wrong.require(published.venue_id == draft.venue_id, "venueId", "fixed", fixed);
    wrong.require(published.plan_id.is_some() == draft.plan_id.is_some(), "planId", "fixed", fixed);
    wrong.require(published.sale.currency == draft.sale.currency, "sale.currency", "fixed", fixed);
    wrong.require(published.quotas == draft.quotas, "quotas", "fixed", fixed);
    let same = published.ticket_types.len() == draft.ticket_types.len()
        && published.ticket_types.iter().zip(&draft.ticket_types).all(|(a, b)| {
            (&a.ticket_type, &a.category, a.capacity, &a.quotas) == (&b.ticket_type, &b.category, b.capacity, &b.quotas)
        });
    wrong.require(
        same,
        "ticketTypes",
        "fixed",
        "types, categories, capacities and quotas cannot change once published; names and prices can",
    );
    wrong
}

fn sale(wrong: &mut Violations, sale: &SaleRules, starts_at: DateTime<Utc>) {
    wrong.require(
        (HOLD_SECONDS_MIN..=HOLD_SECONDS_MAX).contains(&sale.hold_seconds),
        "sale.holdSeconds",
        "out_of_range",
        format!("use {HOLD_SECONDS_MIN} to {HOLD_SECONDS_MAX} seconds"),
    );
    wrong.require(
        !sale.bank_transfers || sale.currency == Currency::EUR,
        "sale.bankTransfers",
        "not_offered",
        "bank transfers are taken in EUR alone: leave it out",
    );
    wrong.require(
        sale.on_sale_at < starts_at,
        "sale.onSaleAt",
        "order",
        "the sale opens before the event begins (startsAt)",
    );
    if let Some(off_sale_at) = sale.off_sale_at {
        wrong.require(
            sale.on_sale_at < off_sale_at,
            "sale.offSaleAt",
            "order",
            "the sale closes after it opens (sale.onSaleAt)",
        );
        wrong.require(
            off_sale_at <= starts_at,
            "sale.offSaleAt",
            "order",
            "the sale closes no later than the event begins (startsAt)",
        );
    }
    wrong.require(
        sale.max_per_account.is_none_or(|most| (1..=10_000).contains(&most)),
        "sale.maxPerAccount",
        "out_of_range",
        "use 1 to 10000, or leave it out for no limit",
    );
    wrong.require(
        sale.refund.until_hours_before.is_none_or(|hours| hours <= 24 * 365),
        "sale.refund.untilHoursBefore",
        "out_of_range",
        "use at most 8760 hours, or leave it out for no refunds",
    );
}

fn quotas(wrong: &mut Violations, draft: &EventDraft) {
    let mut codes = HashSet::new();
    for (index, quota) in draft.quotas.iter().enumerate() {
        let at = |field: &str| format!("quotas[{index}].{field}");
        wrong.require(is_word(&quota.code), at("code"), "invalid", word_remedy());
        wrong.require(codes.insert(&quota.code), at("code"), "duplicate", "give each quota its own code");
        capacity(wrong, at("capacity"), quota.capacity);
    }
}

fn ticket_types(wrong: &mut Violations, draft: &EventDraft, categories: Option<&[String]>) {
    let mut keys = HashSet::new();
    for (index, offer) in draft.ticket_types.iter().enumerate() {
        let at = format!("ticketTypes[{index}]");
        wrong.require(is_word(&offer.ticket_type), format!("{at}.ticketType"), "invalid", word_remedy());
        wrong.require(
            is_line(&offer.name, 200),
            format!("{at}.name"),
            "invalid",
            "write 1 to 200 characters on one line",
        );
        wrong.require(
            keys.insert((&offer.ticket_type, &offer.category)),
            format!("{at}.ticketType"),
            "duplicate",
            "a ticket type is there once for each category",
        );
        places(wrong, &at, offer, categories);
        price(wrong, &format!("{at}.price"), &offer.price, draft.sale.currency);
        for (number, code) in offer.quotas.iter().enumerate() {
            let field = format!("{at}.quotas[{number}]");
            let known = draft.quotas.iter().any(|quota| quota.code == *code);
            wrong.require(known, &field, "unknown", "name one of the event's quotas");
            wrong.require(!offer.quotas[..number].contains(code), &field, "duplicate", "name each quota once");
        }
    }
}

/// Seats come from the plan, general admission from a capacity: one of the two.
fn places(wrong: &mut Violations, at: &str, offer: &TicketTypeOffer, categories: Option<&[String]>) {
    match (&offer.category, offer.capacity) {
        (Some(category), more) => {
            let known = categories.is_some_and(|known| known.contains(category));
            let remedy = match categories {
                Some(known) => format!("use one of the plan's categories: {}", known.join(", ")),
                None => "give the event a planId, or leave the category out for general admission".to_owned(),
            };
            wrong.require(known, format!("{at}.category"), "unknown", remedy);
            wrong.require(
                more.is_none(),
                format!("{at}.capacity"),
                "not_allowed",
                "the plan's seats are the capacity: leave it out, or use a quota",
            );
        }
        (None, Some(places)) => capacity(wrong, format!("{at}.capacity"), places),
        (None, None) => wrong.add(
            format!("{at}.capacity"),
            "missing",
            "say how many general-admission tickets there are, or name a seat category",
        ),
    }
}

fn price(wrong: &mut Violations, at: &str, price: &Price, currency: Currency) {
    wrong.require(
        (1..=LINES_MAX).contains(&price.lines.len()),
        format!("{at}.lines"),
        "invalid",
        format!("write 1 to {LINES_MAX} lines"),
    );
    for (index, line) in price.lines.iter().enumerate() {
        let at = |field: &str| format!("{at}.lines[{index}].{field}");
        wrong.require(
            line.amount.currency == currency,
            at("amount.currency"),
            "currency",
            format!("prices are in the sale's currency, {currency}"),
        );
        let good = match line.kind {
            LineKind::Discount => line.amount.minor <= 0,
            LineKind::Face | LineKind::Fee | LineKind::Tax => line.amount.minor >= 0,
        };
        wrong.require(good, at("amount"), "sign", "discounts are negative or zero, all else is positive or zero");
        wrong.require(is_line(&line.label, 100), at("label"), "invalid", "write 1 to 100 characters on one line");
    }
    if price.total.currency != currency {
        wrong.add(format!("{at}.total.currency"), "currency", format!("prices are in the sale's currency, {currency}"));
        return;
    }
    wrong.require(
        (0..=PRICE_MAX).contains(&price.total.minor),
        format!("{at}.total"),
        "out_of_range",
        "a price is not negative, and below ten billion minor units",
    );
    // Lines in another currency were named above.
    if let Ok(sum) = Price::of(currency, price.lines.clone()) {
        wrong.require(
            sum.total == price.total,
            format!("{at}.total"),
            "sum",
            format!("the total is the sum of the lines: {}", sum.total.decimal()),
        );
    }
}

/// Where all prices are made alike, each is what its face value comes to.
fn charged(wrong: &mut Violations, draft: &EventDraft, charges: &Charges) {
    let currency = draft.sale.currency;
    for (field, text) in
        [("ticketLabel", &charges.ticket_label), ("feeLabel", &charges.fee_label), ("taxLabel", &charges.tax_label)]
    {
        let remedy = "write 1 to 60 characters on one line";
        wrong.require(is_line(text, 60), format!("charges.{field}"), "invalid", remedy);
    }
    for (field, points) in [("feeBasisPoints", charges.fee_basis_points), ("taxBasisPoints", charges.tax_basis_points)]
    {
        let remedy = "use 0 to 10000 hundredths of a percent";
        wrong.require(points <= 10_000, format!("charges.{field}"), "out_of_range", remedy);
    }
    if charges.fee_fixed.currency != currency || !(0..=PRICE_MAX).contains(&charges.fee_fixed.minor) {
        let remedy = format!("write an amount in {currency}, from nothing on");
        wrong.add("charges.feeFixed", "currency", remedy);
        return;
    }
    for (index, offer) in draft.ticket_types.iter().enumerate() {
        let made = charges.price(offer.price.part(LineKind::Face));
        let remedy = "the price is what the event's charges make of its face value";
        wrong.require(made.as_ref() == Ok(&offer.price), format!("ticketTypes[{index}].price"), "charges", remedy);
    }
}

fn promo_codes(wrong: &mut Violations, codes: &[PromoCode], currency: Currency) {
    let mut known = HashSet::new();
    for (index, promo) in codes.iter().enumerate() {
        let at = |field: &str| format!("promoCodes[{index}].{field}");
        wrong.require(is_word(&promo.code), at("code"), "invalid", word_remedy());
        wrong.require(
            known.insert(promo.code.to_uppercase()),
            at("code"),
            "duplicate",
            "codes differ in more than case",
        );
        match &promo.discount {
            Discount::BasisPoints(points) => wrong.require(
                (1..=10_000).contains(points),
                at("discount.basisPoints"),
                "out_of_range",
                "use 1 to 10000 hundredths of a percent",
            ),
            Discount::Amount(amount) => {
                wrong.require(
                    amount.currency == currency,
                    at("discount.amount.currency"),
                    "currency",
                    format!("amounts are in the sale's currency, {currency}"),
                );
                wrong.require(
                    (1..=PRICE_MAX).contains(&amount.minor),
                    at("discount.amount"),
                    "out_of_range",
                    "take off more than nothing",
                );
            }
        }
        wrong.require(promo.max_uses != Some(0), at("maxUses"), "out_of_range", "allow at least one use");
        if let (Some(from), Some(until)) = (promo.valid_from, promo.valid_until) {
            wrong.require(from < until, at("validUntil"), "order", "it ends after it begins (validFrom)");
        }
    }
}

fn capacity(wrong: &mut Violations, field: String, places: u32) {
    wrong.require((1..=CAPACITY_MAX).contains(&places), field, "out_of_range", format!("use 1 to {CAPACITY_MAX}"));
}

fn is_line(text: &str, length_max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= length_max && !text.chars().any(char::is_control)
}

fn is_word(text: &str) -> bool {
    (1..=WORD_MAX).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphanumeric() || "._:- ".contains(c))
        && text.trim() == text
}

fn word_remedy() -> String {
    format!("use 1 to {WORD_MAX} letters, digits, and . _ : -")
}
