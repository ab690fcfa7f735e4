//! Hashes passwords by argon2id, on a pool of its own that is bounded in every direction.

use crate::config::{ArgonCost, HashingConfig};
use crate::error::AuthError;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a request waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// The pool. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hashing {
    cost: ArgonCost,
    /// Those who compute.
    running: Arc<Semaphore>,
    /// Those who compute or wait.
    admitted: Arc<Semaphore>,
    /// A hash of no password, so that unknown accounts take as long as known ones.
    nobody: Arc<str>,
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Another password.
    Wrong,
    /// The password.
    Right,
    /// The password, but hashed at a lower cost than is asked for now.
    RightButWeak,
}

impl Hashing {
    /// Makes the pool.
    pub(crate) fn new(config: HashingConfig) -> Result<Self, String> {
        metrics::describe_gauge!("onsale_argon2_queue", "Passwords that wait for the hashing pool.");
        // Known from the start: an empty queue is told as one.
        metrics::gauge!("onsale_argon2_queue").increment(0.0);
        let nobody = hash(&hex::encode(onsale_platform::random::secret_bytes::<16>()), config.cost)?;
        Ok(Self {
            cost: config.cost,
            running: Arc::new(Semaphore::new(config.concurrency)),
            admitted: Arc::new(Semaphore::new(config.concurrency + config.queue)),
            nobody: nobody.into(),
        })
    }

    /// The hash to keep of a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, AuthError> {
        let cost = self.cost;
        self.run(move || hash(&password, cost)).await?.map_err(AuthError::Hashing)
    }

    /// Compares a password with a hash. Without a hash it is wrong, after the same time.
    pub(crate) async fn verify(&self, password: String, known: Option<&str>) -> Result<Verdict, AuthError> {
        let (hash, exists) = (known.unwrap_or(&self.nobody).to_owned(), known.is_some());
        let cost = self.cost;
        self.run(move || match compare(&password, &hash, cost) {
            _ if !exists => Verdict::Wrong,
            verdict => verdict,
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AuthError> {
        let Ok(place) = Arc::clone(&self.admitted).try_acquire_owned() else {
            metrics::counter!("onsale_auth_hashing_refused_total").increment(1);
            return Err(AuthError::HashingFull);
        };
        let waiting = Waiting::begin();
        let turn = tokio::time::timeout(WAIT_MAX, Arc::clone(&self.running).acquire_owned()).await;
        drop(waiting);
        let Ok(Ok(turn)) = turn else {
            metrics::counter!("onsale_auth_hashing_refused_total").increment(1);
            return Err(AuthError::HashingFull);
        };
        // The permits go with the work: a client that hangs up does not make room for more of it.
        tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        })
        .await
        .map_err(|error| AuthError::Hashing(error.to_string()))
    }
}

/// Counted for as long as it waits, also where the client hangs up.
struct Waiting;

impl Waiting {
    fn begin() -> Self {
        metrics::gauge!("onsale_argon2_queue").increment(1.0);
        Self
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        metrics::gauge!("onsale_argon2_queue").decrement(1.0);
    }
}

/// The hash of a password at a cost, as a PHC string.
pub(crate) fn hash(password: &str, cost: ArgonCost) -> Result<String, String> {
    let params = Params::new(cost.memory_kib, cost.iterations, cost.lanes, None).map_err(|error| error.to_string())?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hashed = argon.hash_password(password.as_bytes()).map_err(|error| error.to_string())?;
    Ok(hashed.to_string())
}

fn compare(password: &str, hash: &str, cost: ArgonCost) -> Verdict {
    let Ok(parsed) = PasswordHash::new(hash) else { return Verdict::Wrong };
    if Argon2::default().verify_password(password.as_bytes(), &parsed).is_err() {
        return Verdict::Wrong;
    }
    let weak = [("m", cost.memory_kib), ("t", cost.iterations), ("p", cost.lanes)]
        .into_iter()
        .any(|(name, least)| parsed.params.get_decimal(name).is_none_or(|value| value < least));
    if weak { Verdict::RightButWeak } else { Verdict::Right }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_4_hashes_are_argon2id_at_owasps_cost() {
        let hash = hash("correct horse", ArgonCost::OWASP).expect("hashes");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(compare("correct horse", &hash, ArgonCost::OWASP), Verdict::Right);
        assert_eq!(compare("wrong horse", &hash, ArgonCost::OWASP), Verdict::Wrong);
        let grown = ArgonCost { iterations: 3, ..ArgonCost::OWASP };
        assert_eq!(compare("correct horse", &hash, grown), Verdict::RightButWeak);
        assert_eq!(compare("correct horse", &hash, ArgonCost::MINIMAL), Verdict::Right, "stronger stays");
    }

    #[tokio::test]
    async fn security_4_a_full_pool_refuses_instead_of_queueing() {
        let config = HashingConfig { cost: ArgonCost::MINIMAL, concurrency: 1, queue: 1 };
        let pool = Hashing::new(config).expect("hashes");
        let _running = Arc::clone(&pool.admitted).try_acquire_owned().expect("free");
        let _waiting = Arc::clone(&pool.admitted).try_acquire_owned().expect("free");
        assert!(matches!(pool.hash("x".to_owned()).await, Err(AuthError::HashingFull)));
    }

    #[tokio::test]
    async fn who_waits_is_counted_until_it_has_its_turn_or_gives_up() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let _local = metrics::set_default_local_recorder(&recorder);
        let queue = || {
            let text = recorder.handle().render();
            let line = text.lines().find_map(|line| line.strip_prefix("onsale_argon2_queue ").map(str::to_owned));
            line.expect("it is told")
        };
        let pool = Hashing::new(HashingConfig { cost: ArgonCost::MINIMAL, concurrency: 1, queue: 4 }).expect("hashes");
        assert_eq!(queue(), "0");
        let turn = Arc::clone(&pool.running).acquire_owned().await.expect("free");
        let mut first = Box::pin(pool.hash("first".to_owned()));
        let mut second = Box::pin(pool.hash("second".to_owned()));
        assert!(futures::poll!(&mut first).is_pending() && futures::poll!(&mut second).is_pending());
        assert_eq!(queue(), "2");
        drop(second);
        assert_eq!(queue(), "1", "who gives up does not wait");
        drop(turn);
        first.await.expect("a hash");
        assert_eq!(queue(), "0");
    }
}
