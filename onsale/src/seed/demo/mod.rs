//! The demo season: twelve venues in eight cities, and what is on there in the coming months.

mod shows;
mod venues;

use super::accounts::{self, Account, Season};
use super::prices::{Fiscal, fiscal};
use super::{DemoAccount, Plan, SeedContext, Sowing, ensure_event, ensure_venue, owner};
use anyhow::Context;
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use onsale_auth::ArgonCost;
use onsale_core::api::admin::{EventDraft, VenueDraft};
use onsale_core::api::offer::{Discount, PromoCode, Quota, RefundPolicy, SaleRules, TicketTypeOffer};
use onsale_core::{Currency, Role, VenueId};
use shows::{Opens, SHOWS, Show};
use uuid::Uuid;
use venues::{Place, VENUES};

/// The demo sign-ins, one a role. The password is [`PASSWORD`]'s.
pub const ACCOUNTS: &[DemoAccount] = &[
    DemoAccount { email: "admin@demo.example", name: "Ada Admin", role: Some(Role::Admin) },
    DemoAccount { email: "organiser@demo.example", name: "Olga Organiser", role: Some(Role::Organiser) },
    DemoAccount { email: "boxoffice@demo.example", name: "Boris Box-Office", role: Some(Role::BoxOffice) },
    DemoAccount { email: "buyer@demo.example", name: "Bea Buyer", role: None },
];
/// The password of the demo accounts.
pub const PASSWORD: &str = "onsale-demo-2026";

/// The most places of a plan-less venue's floor that are sold early at a lower price, in hundredths.
const EARLY_SHARE: u32 = 15;

pub(super) async fn sow(ctx: &SeedContext, mut progress: impl FnMut(&str, u64, u64)) -> anyhow::Result<()> {
    let total = (1 + VENUES.len() + SHOWS.len()) as u64;
    progress("demo accounts", 0, total);
    let wanted = ACCOUNTS.iter().zip(1..).map(|(account, number)| Account {
        number,
        email: account.email.to_owned(),
        name: account.name.to_owned(),
        role: account.role,
    });
    accounts::ensure(ctx, Season::Demo, wanted.collect(), PASSWORD, ArgonCost::OWASP).await?;
    let mut done = 1;
    let organiser = ACCOUNTS.iter().zip(1..).find(|(account, _)| account.role == Some(Role::Organiser));
    let organiser =
        organiser.map(|(_, number)| Season::Demo.id(number)).context("the demo accounts have an organiser")?;
    let actor = owner(organiser);
    for place in VENUES {
        progress("demo venues", done, total);
        let venue = ensure_venue(ctx, actor, venue_draft(place)?).await?;
        done += 1;
        let draw = || place.hall.source(place.name);
        let mut plan = Plan::of(&draw);
        for show in SHOWS.iter().filter(|show| show.venue == place.id) {
            progress("demo events", done, total);
            let sowing = Sowing { id: show.id, draft: &|venue, plan| draft(ctx.clock.now(), place, show, venue, plan) };
            ensure_event(ctx, actor, &venue, &mut plan, sowing).await?;
            done += 1;
        }
    }
    progress("demo season", total, total);
    Ok(())
}

fn venue_draft(place: &Place) -> anyhow::Result<VenueDraft> {
    Ok(VenueDraft {
        id: Some(VenueId::new(place.id)?),
        name: place.name.to_owned(),
        city: place.city.to_owned(),
        country: place.country.to_owned(),
        time_zone: place.time_zone.to_owned(),
        latitude: place.latitude,
        longitude: place.longitude,
    })
}

fn draft(
    now: DateTime<Utc>,
    place: &Place,
    show: &Show,
    venue_id: VenueId,
    plan_id: Option<Uuid>,
) -> anyhow::Result<EventDraft> {
    let fiscal = fiscal(place.country);
    let currency = fiscal.currency()?;
    let (ticket_types, quotas) = ticket_types(place, show, &fiscal)?;
    Ok(EventDraft {
        id: None,
        venue_id,
        plan_id,
        name: show.name.to_owned(),
        description: show.text.to_owned(),
        kind: show.kind.to_owned(),
        starts_at: starts_at(now, place, show),
        sale: SaleRules {
            currency,
            on_sale_at: on_sale_at(now, show.opens),
            off_sale_at: None,
            hold_seconds: 600,
            max_per_account: show.limit,
            // Where nobody queues for it, it may be paid at leisure.
            bank_transfers: currency == Currency::EUR && matches!(show.kind, "theatre" | "opera" | "dance" | "family"),
            refund: refund(show.kind),
        },
        ticket_types,
        quotas,
        promo_codes: vec![promo("WELCOME10", 1_000, None), promo("FRIENDS25", 2_500, Some(50))],
        charges: None,
    })
}

/// On that day from now, at that hour over there.
fn starts_at(now: DateTime<Utc>, place: &Place, show: &Show) -> DateTime<Utc> {
    let midnight = now - TimeDelta::seconds(i64::from(now.num_seconds_from_midnight()));
    let midnight = midnight.with_nanosecond(0).unwrap_or(midnight);
    midnight + TimeDelta::days(show.day) + TimeDelta::hours(show.hour - place.utc_offset_hours)
}

fn on_sale_at(now: DateTime<Utc>, opens: Opens) -> DateTime<Utc> {
    let now = now.with_nanosecond(0).unwrap_or(now);
    match opens {
        Opens::DaysAgo(days) => now - TimeDelta::days(days),
        Opens::InMinutes(minutes) => now + TimeDelta::minutes(minutes),
        Opens::InHours(hours) => now + TimeDelta::hours(hours),
        Opens::InDays(days) => now + TimeDelta::days(days),
    }
}

/// Theatres give money back until two days before, sport until two weeks before, clubs not at all.
fn refund(kind: &str) -> RefundPolicy {
    let until_hours_before = match kind {
        "theatre" | "opera" | "dance" | "family" => Some(48),
        "sport" => Some(14 * 24),
        "club" | "comedy" => None,
        _ => Some(24),
    };
    RefundPolicy { until_hours_before, fees_refunded: kind == "family" }
}

fn promo(code: &str, basis_points: u32, max_uses: Option<u32>) -> PromoCode {
    PromoCode {
        code: code.to_owned(),
        discount: Discount::BasisPoints(basis_points),
        max_uses,
        valid_from: None,
        valid_until: None,
    }
}

/// A full and, for what families and students go to, a reduced ticket a category; then the floor.
fn ticket_types(place: &Place, show: &Show, fiscal: &Fiscal) -> anyhow::Result<(Vec<TicketTypeOffer>, Vec<Quota>)> {
    let mut offers = Vec::new();
    let reduced = matches!(show.kind, "theatre" | "opera" | "dance" | "family" | "classical");
    for (category, name, face) in place.categories {
        let offer = |ticket_type: &str, name: String, percent: i64| -> anyhow::Result<TicketTypeOffer> {
            Ok(TicketTypeOffer {
                ticket_type: ticket_type.to_owned(),
                name,
                category: Some((*category).to_owned()),
                price: fiscal.price(*face, show.level * percent / 100)?,
                capacity: None,
                quotas: Vec::new(),
            })
        };
        offers.push(offer("adult", (*name).to_owned(), 100)?);
        if reduced {
            offers.push(offer("reduced", format!("{name}, reduced (under 26)"), 70)?);
        }
    }
    let Some((places, face)) = place.standing else { return Ok((offers, Vec::new())) };
    let early = places * EARLY_SHARE / 100;
    // Early and regular tickets together fill the floor and no more.
    let floor = Quota { code: "floor".to_owned(), capacity: places };
    let standing = |ticket_type: &str, name: &str, capacity, percent: i64| -> anyhow::Result<TicketTypeOffer> {
        Ok(TicketTypeOffer {
            ticket_type: ticket_type.to_owned(),
            name: name.to_owned(),
            category: None,
            price: fiscal.price(face, show.level * percent / 100)?,
            capacity: Some(capacity),
            quotas: vec![floor.code.clone()],
        })
    };
    offers.push(standing("early", "Standing, early bird", early, 80)?);
    offers.push(standing("standing", "Standing", places, 100)?);
    Ok((offers, vec![floor]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_season_is_as_large_as_it_is_said_to_be() {
        assert!(SHOWS.len() >= 40);
        assert_eq!(VENUES.len(), 12);
        assert_eq!(VENUES.iter().map(|place| place.city).collect::<HashSet<_>>().len(), 8);
        assert_eq!(SHOWS.iter().map(|show| show.id).collect::<HashSet<_>>().len(), SHOWS.len());
        let currencies: HashSet<_> = VENUES.iter().map(|place| fiscal(place.country).currency).collect();
        assert_eq!(currencies, HashSet::from(["EUR", "USD", "COP", "JPY"]));
        for show in SHOWS {
            assert!(VENUES.iter().any(|place| place.id == show.venue), "{} is nowhere", show.id);
        }
        for place in VENUES {
            assert!(SHOWS.iter().any(|show| show.venue == place.id), "{} is dark", place.id);
        }
    }

    #[test]
    fn every_sale_opens_before_its_event_begins() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        for show in SHOWS {
            let place = VENUES.iter().find(|place| place.id == show.venue).expect("a venue");
            assert!(on_sale_at(now, show.opens) < starts_at(now, place, show), "{}", show.id);
        }
    }
}
