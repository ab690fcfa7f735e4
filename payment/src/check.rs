//! Whether the ledger, the payments and the provider tell the same: what `onsale ledger check` reads.

mod provider;

use crate::config::Config;
use crate::error::StartError;
use crate::provider::ProviderError;
use crate::provider::stripe::Stripe;
use crate::store::{books, payments};
use onsale_core::{OrderId, PaymentId};
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::pg::{self, PgConfig};
use sqlx::PgPool;
use uuid::Uuid;

pub use crate::store::books::OrderBooks;

/// How many payments or orders are read at once.
const PAGE: i64 = 1_000;

/// Two records that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about, e.g. `payment 0193…`.
    pub subject: String,
    /// What each of the two says.
    pub found: String,
    /// What to do.
    pub remedy: &'static str,
}

/// Hears how a check goes on.
pub trait Watcher {
    /// So many records were looked at since the last call.
    fn looked_at(&mut self, count: usize);
    /// Two records differ.
    fn differs(&mut self, difference: Difference);
}

/// Why a check could not be brought to its end.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The database of payment, or of the sandbox, does not answer.
    #[error("the books cannot be read: {0}")]
    Database(#[from] sqlx::Error),
    /// The provider does not answer.
    #[error("the provider cannot be asked: {0}; check STRIPE_SECRET_KEY or PAYMENT_SANDBOX_URL")]
    Provider(String),
}

impl From<ProviderError> for CheckError {
    fn from(error: ProviderError) -> Self {
        Self::Provider(error.to_string())
    }
}

/// The books of payment, to be read.
pub struct Books {
    pool: PgPool,
    far_side: FarSide,
}

/// Where the provider's own books are read.
enum FarSide {
    /// By Stripe's API.
    Api(Box<Stripe>),
    /// The sandbox has a port that only its own process knows: its tables are read.
    Sandbox(PgPool),
}

impl Books {
    /// Opens payment's database, and the way to the provider: Stripe where `STRIPE_SECRET_KEY` is set, the
    /// sandbox at `PAYMENT_SANDBOX_URL`, else the sandbox's database.
    ///
    /// # Errors
    /// When a setting is missing or the database does not answer.
    pub async fn open(env: &Env) -> Result<Self, StartError> {
        let config = PgConfig { connections_max: 2, ..PgConfig::of(env, ServiceRole::Payment)? };
        let pool = pg::connect(&config, ServiceRole::Payment).await?;
        let is_api = env.secret("STRIPE_SECRET_KEY")?.is_some() || env.text("PAYMENT_SANDBOX_URL")?.is_some();
        let far_side = if is_api {
            FarSide::Api(Box::new(Stripe::new(Config::stripe(env)?)?))
        } else {
            let config = PgConfig { connections_max: 2, ..PgConfig::of(env, ServiceRole::Sandbox)? };
            FarSide::Sandbox(pg::connect(&config, ServiceRole::Sandbox).await?)
        };
        Ok(Self { pool, far_side })
    }

    /// How many payments there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count(&self) -> Result<u64, CheckError> {
        Ok(books::count(&mut *self.pool.acquire().await?).await?)
    }

    /// Compares each payment's row with its entries in the ledger.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn check_payments(&self, watcher: &mut impl Watcher) -> Result<(), CheckError> {
        let mut conn = self.pool.acquire().await?;
        let mut after = Uuid::nil();
        loop {
            let ids = books::ids_after(&mut conn, after, PAGE).await?;
            let Some(last) = ids.last().copied() else { return Ok(()) };
            for differing in books::differing(&mut conn, after, last).await? {
                watcher.differs(of_ledger(&differing));
            }
            watcher.looked_at(ids.len());
            after = last;
        }
    }

    /// What the ledger says of these orders; those without a payment are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_orders(&self, ids: &[OrderId]) -> Result<Vec<OrderBooks>, CheckError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        Ok(books::of_orders(&mut *self.pool.acquire().await?, &ids).await?)
    }

    /// The next orders that have payments, by id; none when there are no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn orders_after(&self, after: Option<OrderId>) -> Result<Vec<OrderId>, CheckError> {
        let after = after.map_or(Uuid::nil(), |id| id.0);
        let ids = books::orders_after(&mut *self.pool.acquire().await?, after, PAGE).await?;
        Ok(ids.into_iter().map(OrderId).collect())
    }

    async fn find(&self, ids: &[PaymentId]) -> Result<Vec<crate::domain::payment::Payment>, CheckError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        Ok(payments::find(&mut *self.pool.acquire().await?, &ids).await?)
    }
}

fn of_ledger(differing: &books::Differing) -> Difference {
    let books::Differing { payment_id, currency, expected_minor, money_minor, broken } = differing;
    let found = match broken {
        0 => format!("the row says {expected_minor} minor units of {currency}, the ledger {money_minor}"),
        broken => format!("{broken} entries do not sum to zero, or are in another currency than {currency}"),
    };
    Difference {
        subject: format!("payment {payment_id}"),
        found,
        remedy: "compare payment.events of this payment with payment.journal; put the wrong one right by a new entry, \
                 never by changing one",
    }
}
