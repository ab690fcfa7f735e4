//! The load season: test users and the events that load tests run against. Nothing is limited per person.

use super::accounts::{self, Account, Season};
use super::prices::fiscal;
use super::{Plan, SeedContext, Sowing, ensure_event, ensure_venue, owner, plans};
use chrono::TimeDelta;
use onsale_admin::service::add_plan::PlanSource;
use onsale_auth::ArgonCost;
use onsale_core::api::admin::{EventDraft, PlanGenerator, VenueDraft, ZoneGenerator};
use onsale_core::api::offer::{RefundPolicy, SaleRules, TicketTypeOffer};
use onsale_core::{Role, UserId, VenueId};
use uuid::Uuid;

/// The password of every load account.
pub const PASSWORD: &str = "LoadTest123!";
/// How many test users there are.
const USERS: u16 = 100;
/// The numbers of the accounts that are no test users.
const ORGANISER: u16 = 1_001;
const BOX_OFFICE: u16 = 1_002;

/// The account that sells at the counter, e.g. by an API key.
#[must_use]
pub fn box_office() -> UserId {
    Season::Load.id(BOX_OFFICE)
}

/// Categories with their zone and face value in cents.
const CATEGORIES: [(&str, u16, i64); 4] =
    [("VIP", 1, 25_000), ("PREMIUM", 2, 18_000), ("STANDARD", 3, 10_000), ("ECONOMY", 4, 5_000)];

pub(super) async fn sow(ctx: &SeedContext, mut progress: impl FnMut(&str, u64, u64)) -> anyhow::Result<()> {
    let total = 7;
    progress("load accounts", 0, total);
    accounts::ensure(ctx, Season::Load, wanted(), PASSWORD, ArgonCost::MINIMAL).await?;
    let actor = owner(Season::Load.id(ORGANISER));
    let venue = ensure_venue(ctx, actor, venue()?).await?;
    let draw = || Some(zones_plan());
    let mut plan = Plan::of(&draw);
    for number in 1..=5 {
        progress("load events", number, total);
        let id = format!("EVT{number:03}");
        let name = format!("Load test concert {number}");
        let sowing = Sowing { id: &id, draft: &|venue, plan| draft(ctx, venue, plan, &name) };
        ensure_event(ctx, actor, &venue, &mut plan, sowing).await?;
    }
    progress("load events", 6, total);
    let draw = || Some(plans::hot_plan());
    let sowing = Sowing { id: "HOT_EVENT_001", draft: &|venue, plan| hot_draft(ctx, venue, plan) };
    ensure_event(ctx, actor, &venue, &mut Plan::of(&draw), sowing).await?;
    progress("load season", total, total);
    Ok(())
}

/// The test users, and the staff.
fn wanted() -> Vec<Account> {
    let users = (1..=USERS).map(|number| Account {
        number,
        email: format!("testuser{number}@loadtest.com"),
        name: format!("Test User {number}"),
        role: None,
    });
    let staff = |number, email: &str, role| Account {
        number,
        email: email.to_owned(),
        name: "Load Staff".to_owned(),
        role: Some(role),
    };
    users
        .chain([
            staff(ORGANISER, "organiser@loadtest.com", Role::Organiser),
            staff(BOX_OFFICE, "boxoffice@loadtest.com", Role::BoxOffice),
        ])
        .collect()
}

fn venue() -> anyhow::Result<VenueDraft> {
    Ok(VenueDraft {
        id: Some(VenueId::new("VENUE001")?),
        name: "Load Test Arena".to_owned(),
        city: "Madrid".to_owned(),
        country: "ES".to_owned(),
        time_zone: "Europe/Madrid".to_owned(),
        latitude: 40.4239,
        longitude: -3.6719,
    })
}

/// Zones 1–4 with rows A–Z of 50 seats (`VIP-A1`), and zone 5 with the seats `A1` to `A100`.
fn zones_plan() -> PlanSource {
    let zone = |zone_id: u16, name: &str, category: &str, rows, seats_per_row, prefix: String| ZoneGenerator {
        zone_id,
        name: name.to_owned(),
        category: category.to_owned(),
        rows,
        seats_per_row,
        seat_id_prefix: Some(prefix),
        curve_degrees: 0.0,
        aisles_after: Vec::new(),
        accessible_at_ends: 0,
    };
    let mut zones: Vec<_> = CATEGORIES
        .iter()
        .map(|(category, zone_id, _)| zone(*zone_id, category, category, 26, 50, format!("{category}-")))
        .collect();
    zones.push(zone(5, "Row of a hundred", "STANDARD", 1, 100, String::new()));
    PlanSource::Described(PlanGenerator { name: Some("Load test hall".to_owned()), zones, areas: Vec::new() })
}

fn draft(ctx: &SeedContext, venue_id: VenueId, plan_id: Option<Uuid>, name: &str) -> anyhow::Result<EventDraft> {
    let fiscal = fiscal("ES");
    let now = ctx.clock.now();
    let ticket_types = CATEGORIES
        .iter()
        .map(|(category, _, face)| {
            Ok(TicketTypeOffer {
                ticket_type: "adult".to_owned(),
                name: format!("{category} seat"),
                category: Some((*category).to_owned()),
                price: fiscal.price(*face, 100)?,
                capacity: None,
                quotas: Vec::new(),
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(EventDraft {
        id: None,
        venue_id,
        plan_id,
        name: name.to_owned(),
        description: "A concert that nobody plays: load tests buy its seats.".to_owned(),
        kind: "concert".to_owned(),
        starts_at: now + TimeDelta::days(90),
        sale: SaleRules {
            currency: fiscal.currency()?,
            on_sale_at: now - TimeDelta::days(1),
            off_sale_at: None,
            hold_seconds: 600,
            max_per_account: None,
            bank_transfers: false,
            refund: RefundPolicy { until_hours_before: Some(24), fees_refunded: true },
        },
        ticket_types,
        quotas: Vec::new(),
        promo_codes: Vec::new(),
        charges: None,
    })
}

/// Everybody wants this one: one category only.
fn hot_draft(ctx: &SeedContext, venue_id: VenueId, plan_id: Option<Uuid>) -> anyhow::Result<EventDraft> {
    let mut draft = draft(ctx, venue_id, plan_id, "Hot concert 1")?;
    draft.ticket_types.retain(|offer| offer.category.as_deref() == Some("STANDARD"));
    Ok(draft)
}
