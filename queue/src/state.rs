//! What the waiting room's handlers and jobs share.

use crate::config::Config;
use crate::domain::token::Signer;
use crate::drand::Drand;
use crate::error::StartError;
use crate::memory::Memory;
use crate::service::admit::Known;
use crate::service::issue::{Issue, IssueOutcome, Issuing};
use crate::service::join::{self, Join, JoinOutcome};
use crate::service::notes::Notes;
use crate::service::tell_status::Asker;
use crate::service::watch::Watched;
use axum::extract::FromRef;
use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use onsale_core::EventId;
use onsale_core::lineup::proof::Receipt;
use onsale_core::lineup::{EntryId, Hash};
use onsale_platform::batch::Batcher;
use onsale_platform::clock::Clock;
use onsale_platform::fanout::Fanout;
use onsale_platform::settings::Live;
use onsale_platform::tokens::{AdmissionTokens, DeploymentSecret, TokenVerifier};
use onsale_platform::upstream::Upstream;
use onsale_platform::{Platform, ServiceRole};
use sqlx::PgPool;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// Joins that wait for a batch, and those of a batch.
const JOINS_WAITING_MAX: usize = 20_000;
const JOINS_BATCH_MAX: usize = 512;
/// The same of admissions.
const ISSUES_WAITING_MAX: usize = 20_000;
const ISSUES_BATCH_MAX: usize = 256;
/// What telling lines may cost is one part of so many of what telling may cost. Most of a crowd stands in a line, where the
/// next moment is like the last, while others look at seats.
const TELLING_PARTS: u32 = 8;
/// Whoever asks a process that stood still waits so long at most for what has become of the line.
const CATCH_UP_MAX: Duration = Duration::from_millis(500);

/// What the waiting room's handlers and jobs share. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// The parts.
pub struct Shared {
    pub(crate) config: Config,
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    verifier: Arc<TokenVerifier>,
    pub(crate) signer: Signer,
    receipts: SigningKey,
    pub(crate) admissions: AdmissionTokens,
    pub(crate) memory: Arc<Memory>,
    catching_up: tokio::sync::Mutex<()>,
    pub(crate) joins: Batcher<Join, JoinOutcome>,
    pub(crate) issues: Batcher<Issue, IssueOutcome>,
    pub(crate) known: Known,
    pub(crate) notes: Notes,
    pub(crate) watched: Watched,
    pub(crate) fanout: Fanout,
    pub(crate) settings: Live,
    pub(crate) proofs: crate::service::prove::Proofs,
    pub(crate) drand: Option<Drand>,
    pub(crate) admin: Upstream,
    pub(crate) booking: Upstream,
}

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<State> for Arc<TokenVerifier> {
    fn from_ref(state: &State) -> Self {
        Arc::clone(&state.verifier)
    }
}

impl State {
    pub(crate) fn verifier(&self) -> &TokenVerifier {
        &self.0.verifier
    }

    /// The entry of whoever asks where they are, where nobody need be checked for it: the queue token is ours, and the
    /// access token claims just the account that is known of the entry. Such a call counts for its entry.
    #[must_use]
    pub fn known_asker(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<EntryId> {
        let event = path.strip_prefix("/api/queue/")?.strip_suffix("/status").filter(|_| *method == Method::GET)?;
        let line = self.memory.line(&event.parse().ok()?)?;
        let held = self.signer.read(&line.room.event, headers.get("x-queue-token")?.to_str().ok()?)?;
        Asker::of(headers).is_known_as(&line, held.position).then_some(held.entry)
    }

    /// Signs a receipt.
    pub(crate) fn sign(&self, event: &EventId, receipt: &mut Receipt) {
        let signature = self.receipts.sign(receipt.signed_text(event).as_bytes());
        receipt.signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
    }

    /// Reads the lines anew.
    pub(crate) async fn look(&self) -> Result<(), sqlx::Error> {
        let looked = async {
            let mut conn = self.pool.acquire().await?;
            self.memory.read(&mut conn, self.clock.now()).await
        };
        let outcome = looked.await;
        self.memory.note_look();
        outcome
    }

    /// Looks before anything is told, where this process stood still: people must not be told to wait whom another
    /// process has let in. What cannot be read within a moment stays as it is known.
    pub(crate) async fn catch_up(&self) {
        if !self.memory.stood_still() {
            return;
        }
        let look = async {
            // All who ask wait for the first one's look.
            let _first = self.catching_up.lock().await;
            if self.memory.stood_still() { self.look().await } else { Ok(()) }
        };
        match tokio::time::timeout(CATCH_UP_MAX, look).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the lines could not be read: what is known of them stays"),
            Err(_) => tracing::debug!("the lines could not be read within {CATCH_UP_MAX:?}: what is known stays"),
        }
    }

    /// The public key of receipts.
    pub(crate) fn receipt_key(&self) -> Hash {
        Hash(self.receipts.verifying_key().to_bytes())
    }
}

/// Reads the settings. The pool need not have a connection yet; nothing is asked from the database here.
pub fn start(platform: &Platform, pool: PgPool) -> Result<State, StartError> {
    let config = Config::of(&platform.env)?;
    let secret = DeploymentSecret::of(&platform.env)?;
    let upstreams = platform.upstreams.acting_as(ServiceRole::Gateway);
    let memory = Arc::new(Memory::default());
    let joining = join::Joining { pool: pool.clone(), clock: platform.clock.clone(), memory: Arc::clone(&memory) };
    let joins = Batcher::start(&platform.shutdown, "joins", JOINS_WAITING_MAX, JOINS_BATCH_MAX, move |joins| {
        let joining = joining.clone();
        async move { joining.run(joins).await }
    });
    let issuing = Issuing { pool: pool.clone() };
    let issues =
        Batcher::start(&platform.shutdown, "admissions", ISSUES_WAITING_MAX, ISSUES_BATCH_MAX, move |issues| {
            let issuing = issuing.clone();
            async move { issuing.run(issues).await }
        });
    Ok(State(Arc::new(Shared {
        drand: config.drand.clone().map(Drand::new).transpose().map_err(StartError::Drand)?,
        config,
        pool,
        clock: platform.clock.clone(),
        verifier: Arc::clone(&platform.verifier),
        signer: Signer::new(&secret.derive("queue tokens")),
        receipts: SigningKey::from_bytes(&secret.derive("queue receipts")),
        admissions: AdmissionTokens::new(&secret),
        memory,
        catching_up: tokio::sync::Mutex::default(),
        joins,
        issues,
        known: Known::new(),
        notes: Notes::new(platform.clock.clone()),
        watched: Watched::default(),
        fanout: platform.fanout.part(1, TELLING_PARTS),
        settings: platform.settings.clone(),
        proofs: crate::service::prove::Proofs::new(),
        admin: upstreams.to(ServiceRole::Admin),
        booking: upstreams.to(ServiceRole::Booking),
    })))
}
