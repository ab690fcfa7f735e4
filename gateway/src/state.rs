//! What the gateway's handlers share.

use crate::config::Config;
use crate::edge::keys::KeyExchange;
use crate::edge::limits::Limits;
use crate::gate::Gates;
use crate::live::Live;
use crate::pages::answer::Mark;
use crate::pages::kept::KeptPages;
use crate::pages::source::Source;
use crate::routes::openapi::Document;
use crate::site::Site;
use onsale_platform::clock::Clock;
use onsale_platform::settings::Live as Settings;
use onsale_platform::tokens::TokenVerifier;
use onsale_platform::upstream::{Upstream, Upstreams};
use onsale_platform::{Platform, ServiceRole};
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Semaphore;
use utoipa::openapi::OpenApi;

/// What the gateway's handlers share. Cheap to clone: a request clones it once for each layer and handler.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// The parts.
pub struct Shared {
    pub(crate) config: Arc<Config>,
    pub(crate) clock: Clock,
    pub(crate) verifier: Arc<TokenVerifier>,
    pub(crate) keys: Arc<KeyExchange>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) ways: Arc<Ways>,
    pub(crate) live: Live,
    pub(crate) settings: Settings,
    pub(crate) gates: Gates,
    pub(crate) running: Arc<Semaphore>,
    pub(crate) document: Arc<Document>,
    pub(crate) pages: Arc<Source>,
    pub(crate) kept: Arc<KeptPages>,
    pub(crate) mark: Mark,
    pub(crate) site: Arc<Site>,
    /// The public half of the key that tickets and the lists of them are signed by, as pages carry it.
    pub(crate) ticket_key: String,
    /// Nothing without a database.
    pub(crate) queue: Option<onsale_queue::State>,
}

/// The ways to the services, looked up once.
pub(crate) struct Ways {
    pub(crate) auth: Upstream,
    pub(crate) booking: Upstream,
    pub(crate) payment: Upstream,
    pub(crate) search: Upstream,
    pub(crate) admin: Upstream,
    pub(crate) sandbox: Upstream,
    pub(crate) notification: Upstream,
}

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl State {
    pub(crate) fn new(
        platform: &Platform,
        config: Config,
        openapi: &OpenApi,
        queue: Option<onsale_queue::State>,
        ticket_key: String,
    ) -> Self {
        let upstreams = platform.upstreams.acting_as(ServiceRole::Gateway);
        let ways = Arc::new(Ways::new(&upstreams));
        if config.limits.is_none() {
            tracing::warn!("LIMITS=off: nobody's rate is limited; never run a public installation like this");
        }
        Self(Arc::new(Shared {
            clock: platform.clock.clone(),
            verifier: platform.verifier.clone(),
            keys: Arc::new(KeyExchange::new(ways.auth.clone(), platform.clock.clone())),
            limits: Arc::new(Limits::new(config.limits.as_ref())),
            gates: Gates::new(config.adaptive),
            running: Arc::new(Semaphore::new(config.concurrency_max)),
            document: Arc::new(Document::new(openapi)),
            pages: Arc::new(Source::new(ways.search.clone(), ways.booking.clone())),
            kept: Arc::new(KeptPages::new()),
            mark: Mark::new(),
            site: Arc::new(Site::open(config.site_folder.as_deref(), config.accent)),
            settings: platform.settings.clone(),
            live: Live::new(ways.booking.clone(), platform),
            ways,
            ticket_key,
            queue,
            config: Arc::new(config),
        }))
    }
}

impl Ways {
    fn new(upstreams: &Upstreams) -> Self {
        Self {
            auth: upstreams.to(ServiceRole::Auth),
            booking: upstreams.to(ServiceRole::Booking),
            payment: upstreams.to(ServiceRole::Payment),
            search: upstreams.to(ServiceRole::Search),
            admin: upstreams.to(ServiceRole::Admin),
            sandbox: upstreams.to(ServiceRole::Sandbox),
            notification: upstreams.to(ServiceRole::Notification),
        }
    }

    /// The way to a role that the gateway routes to.
    pub(crate) fn to(&self, role: Backend) -> &Upstream {
        match role {
            Backend::Auth => &self.auth,
            Backend::Booking => &self.booking,
            Backend::Payment => &self.payment,
            Backend::Search => &self.search,
            Backend::Admin => &self.admin,
            Backend::Sandbox => &self.sandbox,
            Backend::Notification => &self.notification,
        }
    }
}

/// A service that the gateway routes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Auth,
    Booking,
    Payment,
    Search,
    Admin,
    Sandbox,
    Notification,
}

impl Backend {
    pub(crate) const ALL: [Self; 7] =
        [Self::Auth, Self::Booking, Self::Payment, Self::Search, Self::Admin, Self::Sandbox, Self::Notification];

    /// Its role's name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Booking => "booking",
            Self::Payment => "payment",
            Self::Search => "search",
            Self::Admin => "admin",
            Self::Sandbox => "sandbox",
            Self::Notification => "notification",
        }
    }
}
