//! Settings.

use crate::error::StartError;
use crate::provider::stripe::StripeConfig;
use onsale_platform::ServiceRole;
use onsale_platform::env::{Env, Switch};
use onsale_platform::pg::PgConfig;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Stripe's own address.
const STRIPE_API_URL: &str = "https://api.stripe.com";
/// What the sandbox takes as key, and signs its webhooks with, unless it is told otherwise.
pub(crate) const SANDBOX_SECRET_KEY: &str = "sk_test_sandbox";
pub(crate) const SANDBOX_WEBHOOK_SECRET: &str = "whsec_sandbox";

/// The settings of payment.
#[derive(Clone)]
pub(crate) struct Config {
    /// `DATABASE_URL_PAYMENT`, `DATABASE_POOL_PAYMENT`.
    pub(crate) database: PgConfig,
    /// `STRIPE_SECRET_KEY`, `STRIPE_API_URL`; without a key `PAYMENT_SANDBOX_URL`, `SANDBOX_SECRET_KEY`.
    pub(crate) stripe: StripeConfig,
    /// `STRIPE_WEBHOOK_SECRET`: one, or two with a comma while rotating.
    pub(crate) webhook_secrets: Vec<Secret>,
    /// `PAYMENT_RECONCILE_MS`: how often it is looked which payments are due to be asked about.
    pub(crate) reconcile_every: Duration,
}

/// A secret that lends itself as text to the one who checks signatures.
#[derive(Clone)]
pub(crate) struct Secret(SecretString);

impl AsRef<str> for Secret {
    fn as_ref(&self) -> &str {
        self.0.expose_secret()
    }
}

const TRANSFER_COUNTRIES: [&str; 6] = ["BE", "DE", "ES", "FR", "IE", "NL"];

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, StartError> {
        let is_sandbox = env.secret("STRIPE_SECRET_KEY")?.is_none();
        Ok(Self {
            database: PgConfig::of(env, ServiceRole::Payment)?,
            webhook_secrets: webhook_secrets(env, is_sandbox)?,
            reconcile_every: Duration::from_millis(env.get_or("PAYMENT_RECONCILE_MS", 1_000)?),
            stripe: Self::stripe(env)?,
        })
    }

    /// The settings of the way to the provider.
    pub(crate) fn stripe(env: &Env) -> Result<StripeConfig, StartError> {
        let real_key = env.secret("STRIPE_SECRET_KEY")?;
        let is_sandbox = real_key.is_none();
        Ok(StripeConfig {
            base_url: base_url(env, is_sandbox)?,
            secret_key: match real_key {
                Some(key) => key,
                None => env.secret("SANDBOX_SECRET_KEY")?.unwrap_or_else(|| SANDBOX_SECRET_KEY.into()),
            },
            call_max: Duration::from_millis(env.get_or("PAYMENT_PROVIDER_TIMEOUT_MS", 4_000)?),
            calls_max: env.get_or("PAYMENT_PROVIDER_CALLS", 256)?,
            hosted_page: !is_sandbox || env.get_or("PAYMENT_HOSTED_PAGE", Switch(false))?.0,
            transfer_country: transfer_country(env)?,
        })
    }
}

/// `PAYMENT_TRANSFER_COUNTRY`: where the account for bank transfers is: one of those that Stripe has accounts in.
fn transfer_country(env: &Env) -> Result<String, StartError> {
    let country = env.get_or("PAYMENT_TRANSFER_COUNTRY", "DE".to_owned())?;
    if TRANSFER_COUNTRIES.contains(&country.as_str()) {
        return Ok(country);
    }
    Err(StartError::Settings("PAYMENT_TRANSFER_COUNTRY is none of BE, DE, ES, FR, IE, NL: set one of them"))
}

fn base_url(env: &Env, is_sandbox: bool) -> Result<String, StartError> {
    let url: url::Url = if is_sandbox {
        let remedy = "give the sandbox's address, e.g. http://127.0.0.1:8086, or set STRIPE_SECRET_KEY";
        env.require("PAYMENT_SANDBOX_URL", remedy)?
    } else {
        env.get_or("STRIPE_API_URL", url::Url::parse(STRIPE_API_URL).map_err(|_| StartError::Settings("no address"))?)?
    };
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn webhook_secrets(env: &Env, is_sandbox: bool) -> Result<Vec<Secret>, StartError> {
    let given = env.list("STRIPE_WEBHOOK_SECRET")?;
    match (given.len(), is_sandbox) {
        (0, true) => Ok(vec![Secret(SANDBOX_WEBHOOK_SECRET.into())]),
        (0, false) => Err(StartError::Settings(
            "STRIPE_WEBHOOK_SECRET is not set: give the endpoint's signing secret, whsec_…, from Stripe's dashboard",
        )),
        (1 | 2, _) => Ok(given.into_iter().map(|secret| Secret(secret.into())).collect()),
        _ => Err(StartError::Settings("STRIPE_WEBHOOK_SECRET holds more than two secrets: keep the newest two")),
    }
}
