//! The seasons: data to begin with. They go through the services' own functions, and so through the
//! same rules as the API; sown twice, they change nothing the second time.

mod accounts;
mod demo;
mod load;
mod plans;
mod prices;

pub use demo::{ACCOUNTS as DEMO_ACCOUNTS, PASSWORD as DEMO_PASSWORD};
pub use load::{PASSWORD as LOAD_PASSWORD, box_office as load_box_office};

use anyhow::{Context, bail};
use onsale_admin::AdminError;
use onsale_admin::service::add_plan::{PlanSource, add_plan};
use onsale_admin::service::create_event::create_event;
use onsale_admin::service::create_venue::create_venue;
use onsale_admin::service::publish_event::publish_event;
use onsale_admin::service::{Actor, Outcome, read};
use onsale_core::api::admin::{EventDraft, VenueDraft};
use onsale_core::api::events::EventStatus;
use onsale_core::{EventId, OrganisationId, Role, UserId, VenueId};
use onsale_platform::clock::Clock;
use sqlx::PgPool;
use uuid::Uuid;

/// What sowing works with.
pub struct SeedContext {
    /// admin, for venues, plans and events.
    pub admin: onsale_admin::State,
    /// auth's database, for accounts.
    pub auth: PgPool,
    /// Dates are relative to it.
    pub clock: Clock,
}

/// A sign-in of the demo season.
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount {
    /// The address to sign in with.
    pub email: &'static str,
    /// What the person is called.
    pub name: &'static str,
    /// The one role beside `customer`, if any.
    pub role: Option<Role>,
}

/// Sows the demo season: over 40 events in 12 venues of 8 cities, and the demo accounts.
/// `progress` is told what is being done, how much is done, and of how much.
pub async fn demo(ctx: &SeedContext, progress: impl FnMut(&str, u64, u64)) -> anyhow::Result<()> {
    demo::sow(ctx, progress).await
}

/// Sows the load season: 100 test users and the events that the load tests run against.
pub async fn load(ctx: &SeedContext, progress: impl FnMut(&str, u64, u64)) -> anyhow::Result<()> {
    load::sow(ctx, progress).await
}

/// A plan that several events may have: drawn when the first of them is not there yet, and only once.
struct Plan<'a> {
    draw: &'a (dyn Fn() -> Option<PlanSource> + Sync),
    /// Its id once it was drawn; nothing inside where nobody sits.
    id: Option<Option<Uuid>>,
}

impl<'a> Plan<'a> {
    fn of(draw: &'a (dyn Fn() -> Option<PlanSource> + Sync)) -> Self {
        Self { draw, id: None }
    }
}

/// An event about to be sown.
struct Sowing<'a> {
    id: &'a str,
    draft: &'a (dyn Fn(VenueId, Option<Uuid>) -> anyhow::Result<EventDraft> + Sync),
}

/// Adds a venue unless it is there.
async fn ensure_venue(ctx: &SeedContext, actor: Actor, draft: VenueDraft) -> anyhow::Result<VenueId> {
    let id = draft.id.clone().context("a seeded venue has an id")?;
    match read::venue(&ctx.admin, actor, &id).await {
        Ok(_) => return Ok(id),
        Err(AdminError::NotFound(_)) => {}
        Err(error) => return Err(explained(error, id.as_str())),
    }
    create_venue(&ctx.admin, actor, draft, None).await.map_err(|error| explained(error, id.as_str()))?;
    Ok(id)
}

/// Drafts and publishes an event unless it is there; goes on where an earlier run stopped.
async fn ensure_event(
    ctx: &SeedContext,
    actor: Actor,
    venue: &VenueId,
    plan: &mut Plan<'_>,
    sowing: Sowing<'_>,
) -> anyhow::Result<()> {
    let id = EventId::new(sowing.id)?;
    let status = match read::event(&ctx.admin, actor, &id).await {
        Ok(event) => event.status,
        Err(AdminError::NotFound(_)) => {
            let plan_id = ensure_plan(ctx, actor, venue, plan).await?;
            let draft = EventDraft { id: Some(id.clone()), ..(sowing.draft)(venue.clone(), plan_id)? };
            create_event(&ctx.admin, actor, draft, None).await.map_err(|error| explained(error, sowing.id))?;
            EventStatus::Draft
        }
        Err(error) => return Err(explained(error, sowing.id)),
    };
    if status == EventStatus::Draft {
        publish_event(&ctx.admin, actor, &id, None).await.map_err(|error| explained(error, sowing.id))?;
    }
    Ok(())
}

/// The plan's id at its venue.
async fn ensure_plan(
    ctx: &SeedContext,
    actor: Actor,
    venue: &VenueId,
    plan: &mut Plan<'_>,
) -> anyhow::Result<Option<Uuid>> {
    if let Some(id) = plan.id {
        return Ok(id);
    }
    let id = match (plan.draw)() {
        None => None,
        Some(source) => match add_plan(&ctx.admin, actor, venue, source, None).await {
            Ok(Outcome::Done(added)) => Some(added.plan_id),
            Ok(Outcome::Replayed(_)) => bail!("a plan without a key was replayed"),
            Err(error) => return Err(explained(error, venue.as_str())),
        },
    };
    plan.id = Some(id);
    Ok(id)
}

/// Names what was being sown, and each field that was refused.
fn explained(error: AdminError, what: &str) -> anyhow::Error {
    let fields = match &error {
        AdminError::Invalid(fields) => {
            fields.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    };
    anyhow::Error::new(error).context(format!("sowing {what} {fields}"))
}

/// The account that owns what a season sows.
fn owner(id: UserId) -> Actor {
    Actor::organiser(id, OrganisationId::DEFAULT)
}
