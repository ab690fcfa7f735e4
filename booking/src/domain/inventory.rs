//! What booking keeps in memory of one version of an offer: seats, ticket types, stocks and prices by number.

use super::best_available::Hall;
use super::pricing::{HoldPrice, price_hold};
use super::rows::{Draw, EventNo, HeldTickets, SeatNo, StockNo, TypeNo};
use chrono::{DateTime, Utc};
use onsale_core::api::offer::{Offer, PromoCode, TicketTypeOffer};
use onsale_core::money::MoneyError;
use onsale_core::{Price, SeatId};
use std::collections::{BTreeMap, HashMap};

/// How many of something there are: a row of `booking.stock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// Its number in the event. It stays with the name through all versions of the offer.
    pub number: StockNo,
    /// `type:…`, `quota:…` or `promo:…`.
    pub name: String,
    /// Whether it counts towards the event's places.
    pub is_place: bool,
    /// How many there are.
    pub capacity: i64,
}

/// Where a seat is, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatFacts {
    /// Unique in the event.
    pub seat_id: SeatId,
    /// Its zone.
    pub zone_id: u16,
    /// The row's label.
    pub row: String,
    /// The number on the seat.
    pub column: String,
    /// Its price category.
    pub category: String,
}

/// Whether tickets can be had at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleState {
    /// Not before this moment.
    NotYet(DateTime<Utc>),
    /// Now.
    Open,
    /// Not any more.
    Closed,
}

/// One version of an offer, ready for look-ups.
#[derive(Debug)]
pub struct Inventory {
    /// The event's number.
    pub event_no: EventNo,
    /// What is offered.
    pub offer: Offer,
    /// The seats by distance, for best available.
    pub hall: Hall,
    seats: Vec<SeatFacts>,
    numbers: HashMap<SeatId, SeatNo>,
    stocks: Vec<Stock>,
    by_name: BTreeMap<String, StockNo>,
}

impl Inventory {
    /// Prepares an offer. `known` are the numbers that the event's stocks have already.
    #[must_use]
    pub fn of(event_no: EventNo, offer: Offer, known: &BTreeMap<String, StockNo>) -> Self {
        let seats: Vec<SeatFacts> = offer
            .plan
            .iter()
            .flat_map(onsale_core::plan::SeatingPlan::seats)
            .map(|placed| SeatFacts {
                seat_id: placed.seat.seat_id.clone(),
                zone_id: placed.zone.zone_id,
                row: placed.row.label.clone(),
                column: placed.seat.column.clone(),
                category: placed.seat.category.clone(),
            })
            .collect();
        let numbers = (0..).zip(&seats).map(|(number, seat)| (seat.seat_id.clone(), number)).collect();
        let empty = onsale_core::plan::SeatingPlan {
            name: String::new(),
            width: 0.0,
            height: 0.0,
            focal_point: onsale_core::plan::Point { x: 0.0, y: 0.0 },
            zones: Vec::new(),
            areas: Vec::new(),
        };
        let hall = Hall::of(offer.plan.as_ref().unwrap_or(&empty));
        let stocks = number_stocks(&offer, known);
        let by_name = stocks.iter().map(|stock| (stock.name.clone(), stock.number)).collect();
        Self { event_no, offer, hall, seats, numbers, stocks, by_name }
    }

    /// How many seats there are.
    #[must_use]
    pub fn seat_count(&self) -> SeatNo {
        SeatNo::try_from(self.seats.len()).unwrap_or(SeatNo::MAX)
    }

    /// All places: seats, and general-admission tickets.
    #[must_use]
    pub fn capacity(&self) -> i64 {
        let standing: i64 = self.stocks.iter().filter(|stock| stock.is_place).map(|stock| stock.capacity).sum();
        i64::from(self.seat_count()) + standing
    }

    /// The stocks, by number.
    #[must_use]
    pub fn stocks(&self) -> &[Stock] {
        &self.stocks
    }

    /// A seat's number.
    #[must_use]
    pub fn seat_no(&self, seat: &SeatId) -> Option<SeatNo> {
        self.numbers.get(seat).copied()
    }

    /// The number of the seat at a place.
    #[must_use]
    pub fn seat_at(&self, zone_id: u16, row: &str, column: &str) -> Option<SeatNo> {
        let found = self.seats.iter().position(|s| s.zone_id == zone_id && s.row == row && s.column == column)?;
        SeatNo::try_from(found).ok()
    }

    /// Where a seat is.
    #[must_use]
    pub fn seat(&self, number: SeatNo) -> Option<&SeatFacts> {
        self.seats.get(usize::try_from(number).ok()?)
    }

    /// A ticket type by its number.
    #[must_use]
    pub fn ticket_type(&self, kind: TypeNo) -> Option<&TicketTypeOffer> {
        self.offer.ticket_types.get(usize::try_from(kind).ok()?)
    }

    /// The ticket type that a seat is taken with: the named one of its category, or the category's first.
    #[must_use]
    pub fn type_for_seat(&self, seat: SeatNo, name: Option<&str>) -> Option<TypeNo> {
        let category = &self.seat(seat)?.category;
        self.find_type(|kind| {
            kind.category.as_ref() == Some(category) && name.is_none_or(|name| kind.ticket_type == name)
        })
    }

    /// The general-admission ticket type of that name.
    #[must_use]
    pub fn type_of_tickets(&self, name: &str) -> Option<TypeNo> {
        self.find_type(|kind| kind.category.is_none() && kind.ticket_type == name)
    }

    fn find_type(&self, fits: impl Fn(&TicketTypeOffer) -> bool) -> Option<TypeNo> {
        TypeNo::try_from(self.offer.ticket_types.iter().position(fits)?).ok()
    }

    /// The stock of a general-admission ticket type.
    #[must_use]
    pub fn stock_of_type(&self, kind: &TicketTypeOffer) -> Option<StockNo> {
        self.by_name.get(&type_name(kind)).copied()
    }

    /// What a hold takes from stocks.
    #[must_use]
    pub fn draws(&self, seats: &[(SeatNo, TypeNo)], tickets: &[HeldTickets], promo_code: Option<&str>) -> Vec<Draw> {
        let mut quantities: BTreeMap<TypeNo, i32> = BTreeMap::new();
        for (_, kind) in seats {
            *quantities.entry(*kind).or_default() += 1;
        }
        for held in tickets {
            *quantities.entry(held.kind).or_default() += held.quantity;
        }
        let mut draws = Vec::new();
        for (kind, quantity) in quantities {
            let Some(offer) = self.ticket_type(kind) else { continue };
            let own = offer.capacity.map(|_| type_name(offer));
            let shared = offer.quotas.iter().map(|code| format!("quota:{code}"));
            for name in own.into_iter().chain(shared) {
                if let Some(stock) = self.by_name.get(&name) {
                    draws.push(Draw { kind: Some(kind), stock: *stock, quantity });
                }
            }
        }
        if let Some(code) = promo_code
            && let Some(stock) = self.by_name.get(&promo_name(code))
        {
            draws.push(Draw { kind: None, stock: *stock, quantity: 1 });
        }
        draws
    }

    /// What one ticket of a type takes from stocks.
    #[must_use]
    pub fn draws_of_one(&self, kind: TypeNo) -> Vec<Draw> {
        self.draws(&[], &[HeldTickets { kind, quantity: 1 }], None)
    }

    /// The promo code as offered, if it is good at `now`.
    #[must_use]
    pub fn promo_code(&self, code: &str, now: DateTime<Utc>) -> Option<&PromoCode> {
        self.offer.promo_codes.iter().find(|offered| {
            offered.code.eq_ignore_ascii_case(code)
                && offered.valid_from.is_none_or(|from| from <= now)
                && offered.valid_until.is_none_or(|until| now < until)
        })
    }

    /// What a hold costs, and each of its tickets: seats first, then general admission.
    ///
    /// # Errors
    /// When the currencies differ, or a sum does not fit.
    pub fn price(
        &self,
        kinds: impl IntoIterator<Item = TypeNo>,
        promo_code: Option<&str>,
    ) -> Result<HoldPrice, MoneyError> {
        let prices: Vec<Price> =
            kinds.into_iter().filter_map(|kind| Some(self.ticket_type(kind)?.price.clone())).collect();
        // A code that was taken into the hold stays in it, also past its own end.
        let code =
            promo_code.and_then(|code| self.offer.promo_codes.iter().find(|p| p.code.eq_ignore_ascii_case(code)));
        price_hold(self.offer.sale.currency, &prices, code)
    }

    /// Whether tickets can be had at `now`.
    #[must_use]
    pub fn sale_state(&self, now: DateTime<Utc>) -> SaleState {
        let sale = &self.offer.sale;
        if now < sale.on_sale_at {
            SaleState::NotYet(sale.on_sale_at)
        } else if now >= sale.off_sale_at.unwrap_or(self.offer.starts_at) {
            SaleState::Closed
        } else {
            SaleState::Open
        }
    }
}

/// The ticket types of a hold's tickets in their order: seats first, then general admission.
pub fn kinds_of<'a>(
    seats: impl IntoIterator<Item = TypeNo> + 'a,
    tickets: &'a [HeldTickets],
) -> impl Iterator<Item = TypeNo> + 'a {
    let standing = tickets.iter().flat_map(|held| (0..held.quantity).map(|_| held.kind));
    seats.into_iter().chain(standing)
}

fn type_name(kind: &TicketTypeOffer) -> String {
    format!("type:{}", kind.ticket_type)
}

fn promo_name(code: &str) -> String {
    format!("promo:{}", code.to_uppercase())
}

/// Every stock of the offer; a name that has a number keeps it, a new one gets the next.
fn number_stocks(offer: &Offer, known: &BTreeMap<String, StockNo>) -> Vec<Stock> {
    let types = offer
        .ticket_types
        .iter()
        .filter(|kind| kind.category.is_none())
        .filter_map(|kind| kind.capacity.map(|capacity| (type_name(kind), true, i64::from(capacity))));
    let quotas = offer.quotas.iter().map(|quota| (format!("quota:{}", quota.code), false, i64::from(quota.capacity)));
    let codes = offer
        .promo_codes
        .iter()
        .filter_map(|code| code.max_uses.map(|uses| (promo_name(&code.code), false, i64::from(uses))));
    let mut next = known.values().max().map_or(0, |last| last + 1);
    types
        .chain(quotas)
        .chain(codes)
        .map(|(name, is_place, capacity)| {
            let number = known.get(&name).copied().unwrap_or_else(|| {
                next += 1;
                next - 1
            });
            Stock { number, name, is_place, capacity }
        })
        .collect()
}
