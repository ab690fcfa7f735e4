//! What a price is made of, line by line, with what is paid at the end.

use super::{Fresh, IntoFresh};
use crate::format::money;
use crate::language::Language;
use leptos::prelude::*;
use onsale_core::{LineKind, Money, PriceLine};

/// The lines and the total; the total has its name; `after_discount` stands beside a discount's name, `more` after the total.
pub fn price_lines(
    language: Language,
    tickets: usize,
    lines: &[PriceLine],
    (total_name, total): (&'static str, Money),
    after_discount: &dyn Fn() -> Option<Fresh>,
    more: Option<Fresh>,
) -> Fresh {
    let rows: Vec<_> = lines
        .iter()
        .filter(|line| line.amount.minor != 0)
        .map(|line| {
            let off = line.kind == LineKind::Discount;
            let beside = if off { after_discount() } else { None };
            view! {
                <div class=off.then_some("off")>
                    <dt>{line_name(language, line, lines, tickets)}" "{beside}</dt>
                    <dd>{money(language, line.amount)}</dd>
                </div>
            }
            .fresh()
        })
        .collect();
    view! {
        <dl class="lines">
            {rows}
            <div class="total"><dt>{total_name}</dt><dd>{money(language, total)}</dd></div>
            {more}
        </dl>
    }
    .fresh()
}

/// What a line is called: in the reader's language where there is only one of its kind, else as the organiser does.
fn line_name(language: Language, line: &PriceLine, all: &[PriceLine], tickets: usize) -> String {
    let alone = all.iter().filter(|other| other.kind == line.kind).count() == 1;
    match line.kind {
        LineKind::Face if alone => language.tickets_count(i64::try_from(tickets).unwrap_or(i64::MAX)),
        LineKind::Fee if alone => language.service_fee().to_owned(),
        LineKind::Discount => match line.label.strip_prefix("Code ") {
            Some(code) => language.promo_line(code),
            None => line.label.clone(),
        },
        LineKind::Face | LineKind::Fee | LineKind::Tax => line.label.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::Currency;

    fn line(kind: LineKind, label: &str) -> PriceLine {
        PriceLine { kind, label: label.to_owned(), amount: Money::new(100, Currency::EUR) }
    }

    #[test]
    fn lines_are_called_as_readers_call_them() {
        let two_fees = [line(LineKind::Fee, "Booking fee"), line(LineKind::Fee, "House levy")];
        assert_eq!(line_name(Language::Es, &two_fees[1], &two_fees, 2), "House levy");
        let one = [line(LineKind::Face, "Ticket"), line(LineKind::Fee, "Service fee"), line(LineKind::Tax, "IVA 10 %")];
        assert_eq!(line_name(Language::Es, &one[0], &one, 2), "2 entradas");
        assert_eq!(line_name(Language::Es, &one[1], &one, 2), "Gastos de gestión");
        assert_eq!(line_name(Language::En, &one[2], &one, 2), "IVA 10 %");
        let off = [line(LineKind::Discount, "Code FARO5")];
        assert_eq!(line_name(Language::Es, &off[0], &off, 2), "Código FARO5");
    }
}
