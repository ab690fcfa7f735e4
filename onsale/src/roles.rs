//! The one place where each service's crate is wired into a process.

use anyhow::Context;
use axum::Router;
use onsale_platform::health::Health;
use onsale_platform::{Platform, ServiceRole};
use utoipa::openapi::OpenApi;

/// A service that has started, but not begun to work by itself.
pub(crate) struct Started {
    /// Which.
    pub(crate) role: ServiceRole,
    /// All that it answers, with health.
    pub(crate) router: Router,
    /// Starts its background workers.
    pub(crate) spawn_jobs: Box<dyn FnOnce() + Send>,
}

/// Starts a service: opens its pool and makes its routes.
pub(crate) async fn start(role: ServiceRole, shared: &Platform) -> anyhow::Result<Started> {
    let platform = acting_as(role, shared);
    let (router, spawn_jobs): (Router, Box<dyn FnOnce() + Send>) = match role {
        ServiceRole::Gateway => {
            let state = onsale_gateway::start(&platform, &openapi()).context("starting gateway")?;
            let router = onsale_gateway::router(state.clone());
            (router, Box::new(move || onsale_gateway::spawn_jobs(&platform, &state)))
        }
        ServiceRole::Auth => {
            let state = onsale_auth::start(&platform).await.context("starting auth")?;
            let router = with_health(onsale_auth::router(state.clone()), state.pool());
            (router, Box::new(move || onsale_auth::spawn_jobs(&platform, &state)))
        }
        ServiceRole::Booking => {
            let state = onsale_booking::start(&platform).await.context("starting booking")?;
            let router = with_health(onsale_booking::router(state.clone()), state.pool());
            (router, Box::new(move || onsale_booking::spawn_jobs(&platform, &state)))
        }
        ServiceRole::Payment => {
            let state = onsale_payment::start(&platform).await.context("starting payment")?;
            let router = with_health(onsale_payment::router(state.clone()), state.pool());
            (router, Box::new(move || onsale_payment::spawn_jobs(&platform, &state)))
        }
        ServiceRole::Search => {
            let state = onsale_search::start(&platform).await.context("starting search")?;
            let router = with_health(onsale_search::router(state.clone()), state.pool());
            (router, Box::new(move || onsale_search::spawn_jobs(&platform, &state)))
        }
        ServiceRole::Admin => {
            let state = onsale_admin::start(&platform).await.context("starting admin")?;
            let router = with_health(onsale_admin::router(state.clone()), state.pool());
            (router, Box::new(move || onsale_admin::spawn_jobs(&platform, &state)))
        }
        ServiceRole::Notification => {
            let state = onsale_notification::start(&platform).await.context("starting notification")?;
            let router = with_health(onsale_notification::router(state.clone()), state.pool());
            (router, Box::new(move || onsale_notification::spawn_jobs(&platform, &state)))
        }
        ServiceRole::Sandbox => {
            let state = onsale_payment::sandbox::start(&platform).await.context("starting sandbox")?;
            let router = with_health(onsale_payment::sandbox::router(state.clone()), state.pool());
            // Its one worker, which sends webhooks, starts with it.
            (router, Box::new(|| {}))
        }
    };
    let router = onsale_observability::http::observed(router, role.as_str());
    Ok(Started { role, router, spawn_jobs })
}

/// What the process shares, as one of its roles.
pub(crate) fn acting_as(role: ServiceRole, shared: &Platform) -> Platform {
    let mut platform = shared.clone();
    platform.service_tokens = shared.service_tokens.acting_as(role);
    platform.upstreams = shared.upstreams.acting_as(role);
    platform
}

/// The roles that a role cannot do without.
pub(crate) fn calls(role: ServiceRole) -> &'static [ServiceRole] {
    use ServiceRole::{Admin, Auth, Booking, Notification, Payment, Sandbox, Search};
    match role {
        ServiceRole::Gateway => &[Auth, Booking, Payment, Search, Admin, Notification],
        Auth | Sandbox => &[],
        Booking => &[Auth, Payment, Admin],
        Payment => &[Auth],
        Search => &[Auth, Admin, Booking],
        Admin => &[Auth],
        Notification => &[Auth, Booking],
    }
}

/// The document of all services' public routes, wherever they run.
fn openapi() -> OpenApi {
    let parts = [
        onsale_auth::openapi(),
        onsale_search::openapi(),
        onsale_booking::openapi(),
        onsale_payment::openapi(),
        onsale_admin::openapi(),
        onsale_notification::openapi(),
        onsale_queue::openapi(),
    ];
    let mut document = OpenApi::default();
    for part in parts {
        document.merge(part);
    }
    document
}

fn with_health(router: Router, pool: &sqlx::PgPool) -> Router {
    router.merge(Health::new().needs_database(pool.clone()).router())
}
