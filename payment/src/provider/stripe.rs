//! Stripe's REST API (<https://docs.stripe.com/api/payment_intents>), or our sandbox, which speaks it.

mod sessions;
#[cfg(test)]
mod shape;
mod transfers;
mod wire;

pub(crate) use sessions::is_session;
pub(crate) use wire::money;

use super::{Attempt, Intent, PaymentProvider, ProviderBooks, ProviderError, ProviderRefund, RefundAttempt};
use onsale_core::PaymentId;
use onsale_core::api::booking::PaymentMethod;
use onsale_platform::{failpoint, random};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

/// The version of the API whose forms are read here.
const API_VERSION: &str = "2024-06-20";
const TRIES_MAX: u32 = 3;
const RETRY_AFTER_FIRST: Duration = Duration::from_millis(100);
/// A longer answer is none of Stripe's.
const ANSWER_MAX: usize = 256 * 1024;
/// Attempts of one page of the provider's books: with their charges they stay below the longest answer.
const BOOKS_PAGE: usize = 20;
const IDLE_CONNECTION_MAX: Duration = Duration::from_secs(60);

/// Where the provider is and how it is called.
#[derive(Clone)]
pub(crate) struct StripeConfig {
    /// Without a slash at its end.
    pub(crate) base_url: String,
    pub(crate) secret_key: SecretString,
    /// How long a call may take, with all its tries.
    pub(crate) call_max: Duration,
    /// How many calls run at once; more wait within their time.
    pub(crate) calls_max: usize,
    /// Whether the payer goes to the provider's page where no token is sent. Without one our own sandbox takes a
    /// good card.
    pub(crate) hosted_page: bool,
    /// In which country the account for bank transfers is, as ISO 3166-1 alpha-2.
    pub(crate) transfer_country: String,
}

/// A client of Stripe's API with kept-alive connections.
pub(crate) struct Stripe {
    client: Client,
    config: StripeConfig,
    authorization: String,
    places: Semaphore,
}

impl Stripe {
    pub(crate) fn new(config: StripeConfig) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .connect_timeout(config.call_max.min(Duration::from_secs(2)))
            .pool_idle_timeout(IDLE_CONNECTION_MAX)
            .pool_max_idle_per_host(config.calls_max)
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .build()?;
        let authorization = format!("Bearer {}", config.secret_key.expose_secret());
        let places = Semaphore::new(config.calls_max);
        Ok(Self { client, config, authorization, places })
    }

    /// The next attempts in the provider's books, newest first; none when there are no more.
    pub(crate) async fn books_after(&self, after: Option<&str>) -> Result<Vec<ProviderBooks>, ProviderError> {
        let after = after.map(|reference| format!("&starting_after={reference}")).unwrap_or_default();
        let path = format!("/v1/payment_intents?limit={BOOKS_PAGE}&expand%5B%5D=data.latest_charge{after}");
        let list = self.get::<wire::List<wire::Books>>("list", &path).await?;
        list.data.into_iter().map(wire::Books::read).collect()
    }

    /// One attempt in the provider's books, if it is there.
    pub(crate) async fn books_of(&self, reference: &str) -> Result<Option<ProviderBooks>, ProviderError> {
        let path = format!("/v1/payment_intents/{reference}?expand%5B%5D=latest_charge");
        match self.get::<wire::Books>("retrieve", &path).await {
            Ok(shown) => shown.read().map(Some),
            Err(Failure::Refused(_)) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn cancel_intent(&self, id: PaymentId, reference: &str) -> Result<Intent, ProviderError> {
        let path = format!("/v1/payment_intents/{reference}/cancel");
        self.post::<wire::Intent>("cancel", &path, &format!("{id}-void"), &[]).await?.read()
    }

    async fn post<T: DeserializeOwned>(
        &self,
        call: &'static str,
        path: &str,
        key: &str,
        form: &[(&str, &str)],
    ) -> Result<T, Failure> {
        let [before, after] = places(call);
        failpoint::reach(before);
        let answer =
            self.call(call, || self.request(Method::POST, path).header("Idempotency-Key", key).form(form)).await;
        failpoint::reach(after);
        answer
    }

    async fn get<T: DeserializeOwned>(&self, call: &'static str, path: &str) -> Result<T, Failure> {
        self.call(call, || self.request(Method::GET, path)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.config.base_url))
            .header("Authorization", &self.authorization)
            .header("Stripe-Version", API_VERSION)
    }

    /// Calls at most three times within the call's time, always by the same key.
    async fn call<T: DeserializeOwned>(
        &self,
        call: &'static str,
        build: impl Fn() -> RequestBuilder,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        let deadline = started + self.config.call_max;
        let outcome = timeout_at(deadline, self.tries(build)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(unknown(format!("no answer in {:?}", self.config.call_max))));
        let label = match &outcome {
            Ok(_) => "ok",
            Err(Failure::Unknown(_)) => "unknown",
            Err(Failure::Refused(_)) => "refused",
        };
        metrics::histogram!("onsale_payment_provider_seconds", "call" => call, "outcome" => label)
            .record(started.elapsed());
        outcome
    }

    async fn tries<T: DeserializeOwned>(&self, build: impl Fn() -> RequestBuilder) -> Result<T, Failure> {
        let _place = self.places.acquire().await.map_err(|error| unknown(error.to_string()))?;
        let mut tried = 1;
        loop {
            match send(build()).await {
                Err(Failure::Unknown(reason)) if tried < TRIES_MAX => {
                    tracing::debug!(reason, tried, "the payment provider gave no answer");
                    tokio::time::sleep(random::jittered(RETRY_AFTER_FIRST * tried)).await;
                    tried += 1;
                }
                outcome => return outcome,
            }
        }
    }
}

impl PaymentProvider for Stripe {
    fn has_hosted_page(&self) -> bool {
        self.config.hosted_page
    }

    async fn authorise(&self, attempt: &Attempt<'_>) -> Result<Intent, ProviderError> {
        if attempt.method == PaymentMethod::BankTransfer {
            return self.open_transfer(attempt).await;
        }
        if attempt.token.is_none() && self.config.hosted_page {
            return self.open_session(attempt).await;
        }
        let (amount, currency) = wire::amount(attempt.amount);
        let (key, order) = (attempt.id.to_string(), attempt.order_id.to_string());
        let mut form = vec![
            ("amount", amount.as_str()),
            ("currency", currency.as_str()),
            ("capture_method", "manual"),
            ("confirm", "true"),
            ("payment_method_types[]", "card"),
            ("description", attempt.description),
            ("metadata[payment_id]", key.as_str()),
            ("metadata[order_id]", order.as_str()),
        ];
        form.extend(attempt.token.map(|token| ("payment_method", token)));
        form.extend(attempt.return_url.map(|url| ("return_url", url)));
        match self.post::<wire::Intent>("authorise", "/v1/payment_intents", &key, &form).await {
            Ok(intent) => intent.read(),
            // A decline carries the attempt in its error.
            Err(Failure::Refused(error)) => match error.payment_intent {
                Some(intent) => intent.read(),
                None => Err(error.into()),
            },
            Err(failure) => Err(failure.into()),
        }
    }

    async fn retrieve(&self, reference: &str) -> Result<Intent, ProviderError> {
        if is_session(reference) {
            return self.retrieve_session(reference).await;
        }
        let path = format!("/v1/payment_intents/{reference}");
        self.get::<wire::Intent>("retrieve", &path).await?.read()
    }

    async fn capture(&self, id: PaymentId, reference: &str) -> Result<Intent, ProviderError> {
        let path = format!("/v1/payment_intents/{reference}/capture");
        self.post::<wire::Intent>("capture", &path, &format!("{id}-capture"), &[]).await?.read()
    }

    async fn cancel(&self, id: PaymentId, reference: &str) -> Result<Intent, ProviderError> {
        if is_session(reference) {
            self.expire_session(id, reference).await
        } else {
            self.cancel_intent(id, reference).await
        }
    }

    async fn refund(&self, refund: &RefundAttempt<'_>) -> Result<ProviderRefund, ProviderError> {
        let (amount, _currency) = wire::amount(refund.amount);
        let (key, payment) = (refund.id.to_string(), refund.payment_id.to_string());
        let form = [
            ("payment_intent", refund.reference),
            ("amount", amount.as_str()),
            ("metadata[refund_id]", key.as_str()),
            ("metadata[payment_id]", payment.as_str()),
        ];
        // A stray attempt goes back under its own id, which is the key that it was made by.
        let is_attempts_own = refund.id == refund.payment_id.0;
        let call_key = if is_attempts_own { format!("{key}-refund") } else { key.clone() };
        Ok(self.post::<wire::Refund>("refund", "/v1/refunds", &call_key, &form).await?.read())
    }

    async fn retrieve_refund(&self, reference: &str) -> Result<ProviderRefund, ProviderError> {
        Ok(self.get::<wire::Refund>("retrieve_refund", &format!("/v1/refunds/{reference}")).await?.read())
    }
}

/// The places between our record and a call to the provider, and between its answer and our record of it.
fn places(call: &str) -> [&'static str; 2] {
    match call {
        "authorise" => ["payment.authorise.before", "payment.authorise.after"],
        "capture" => ["payment.capture.before", "payment.capture.after"],
        "cancel" => ["payment.void.before", "payment.void.after"],
        "refund" => ["payment.refund.before", "payment.refund.after"],
        _ => ["payment.call.before", "payment.call.after"],
    }
}

enum Failure {
    Unknown(String),
    Refused(Box<wire::Error>),
}

impl From<Failure> for ProviderError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unknown(reason) => Self::Unknown(reason),
            Failure::Refused(error) => error.into(),
        }
    }
}

impl From<Box<wire::Error>> for ProviderError {
    fn from(error: Box<wire::Error>) -> Self {
        Self::Refused { code: error.word(), message: error.message.unwrap_or_default() }
    }
}

fn unknown(reason: String) -> Failure {
    Failure::Unknown(reason)
}

async fn send<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    // The address may hold a reference, but no secret; the key is in a header.
    let response = request.send().await.map_err(|error| unknown(error.to_string()))?;
    let status = response.status();
    let body = read(response).await?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|error| unknown(format!("unreadable answer: {error}")));
    }
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            // No payment is at fault: all of them wait until the key is put right.
            tracing::error!(%status, "the payment provider refuses our key: check STRIPE_SECRET_KEY");
            Err(unknown(format!("status {status}")))
        }
        // 409: the first call by this key is still running.
        StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS => Err(unknown(format!("status {status}"))),
        status if status.is_client_error() => match serde_json::from_slice::<wire::ErrorBody>(&body) {
            Ok(body) => Err(Failure::Refused(Box::new(body.error))),
            Err(error) => Err(unknown(format!("status {status}, unreadable: {error}"))),
        },
        status => Err(unknown(format!("status {status}"))),
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unknown(error.to_string()))? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(unknown(format!("an answer of more than {ANSWER_MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
