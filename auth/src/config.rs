//! auth's settings.

use crate::domain::acting::StaffFactor;
use onsale_platform::env::{Env, EnvError, Switch};
use onsale_platform::tokens::TokenConfig;
use std::str::FromStr;

/// auth's settings.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// `PUBLIC_URL`, `http://localhost:8080` when absent: on `https` cookies are `Secure` and `__Host-`.
    pub public_url: String,
    /// The tokens' issuer and audience.
    pub tokens: TokenConfig,
    /// What a password hash costs, and how many are made at once.
    pub hashing: HashingConfig,
    /// How many tries there are.
    pub limits: LimitsConfig,
    /// `STAFF_SECOND_FACTOR`: `on` keeps the roles of staff back until they have a second factor; when absent, on in
    /// production and off in development.
    pub staff_factor: StaffFactor,
}

/// What a password hash costs, and how many are made at once.
#[derive(Debug, Clone, Copy)]
pub struct HashingConfig {
    /// `ARGON2_PROFILE`: `owasp` (when absent) or `minimal`, for load tests only.
    pub cost: ArgonCost,
    /// `ARGON2_CONCURRENCY`: how many hashes run at once; the number of processors when absent.
    pub concurrency: usize,
    /// `ARGON2_QUEUE`: how many may wait for their turn; 64 when absent. More are answered 503.
    pub queue: usize,
}

/// How many tries there are in 15 minutes.
#[derive(Debug, Clone, Copy)]
pub struct LimitsConfig {
    /// `LIMITS_LOGIN`: `on` (when absent) or `off`, for load tests only.
    pub enabled: bool,
    /// `LIMITS_LOGIN_ACCOUNT`: failed logins an account, and a known device of it; 10 when absent.
    pub failures_per_account: i64,
    /// `LIMITS_LOGIN_ADDRESS`: failed logins an address, which many people may share; 100 when absent.
    pub failures_per_address: i64,
    /// `LIMITS_REGISTER_ADDRESS`: registrations an address; 100 when absent.
    pub registrations_per_address: i64,
}

impl AuthConfig {
    /// Reads the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let Switch(enabled) = env.get_or("LIMITS_LOGIN", Switch(true))?;
        Ok(Self {
            public_url: env.get_or("PUBLIC_URL", "http://localhost:8080".to_owned())?,
            tokens: TokenConfig::of(env)?,
            hashing: HashingConfig {
                cost: env.get_or("ARGON2_PROFILE", ArgonCost::OWASP)?,
                concurrency: env.get_or("ARGON2_CONCURRENCY", processors)?.max(1),
                queue: env.get_or("ARGON2_QUEUE", 64)?,
            },
            staff_factor: match env.get_or("STAFF_SECOND_FACTOR", Switch(env.is_production()?))? {
                Switch(true) => StaffFactor::Required,
                Switch(false) => StaffFactor::Offered,
            },
            limits: LimitsConfig {
                enabled,
                failures_per_account: env.get_or("LIMITS_LOGIN_ACCOUNT", 10)?,
                failures_per_address: env.get_or("LIMITS_LOGIN_ADDRESS", 100)?,
                registrations_per_address: env.get_or("LIMITS_REGISTER_ADDRESS", 100)?,
            },
        })
    }

    /// Whether cookies are `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Says loudly what must not be set in production.
    pub(crate) fn warn_of_weakness(&self) {
        if self.hashing.cost == ArgonCost::MINIMAL {
            tracing::warn!(
                "ARGON2_PROFILE=minimal: passwords are hashed at next to no cost. FOR LOAD TESTS ONLY, never with people's passwords"
            );
        }
        if !self.limits.enabled {
            tracing::warn!("LIMITS_LOGIN=off: passwords can be guessed without limit. FOR LOAD TESTS ONLY");
        }
    }
}

/// What a password hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArgonCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
}

impl ArgonCost {
    /// OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane.
    pub const OWASP: Self = Self { memory_kib: 19_456, iterations: 2, lanes: 1 };
    /// The least there is; for load tests.
    pub const MINIMAL: Self = Self { memory_kib: 8, iterations: 1, lanes: 1 };
}

impl FromStr for ArgonCost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "owasp" => Ok(Self::OWASP),
            "minimal" => Ok(Self::MINIMAL),
            _ => Err("use owasp, or minimal for load tests"),
        }
    }
}
