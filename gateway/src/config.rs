//! The gateway's settings.

use axum::http::HeaderValue;
use ipnet::IpNet;
use onsale_platform::env::{Env, EnvError, Switch};
use onsale_ui::Accent;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use url::Url;

/// The gateway's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// `PUBLIC_URL`: where people reach it; `http://localhost:8080`. HSTS is sent when it is https.
    pub public_url: Url,
    /// `CORS_ALLOWED_ORIGINS`: exact origins of other sites whose scripts may call, comma-separated; none.
    pub allowed_origins: Vec<HeaderValue>,
    /// `TRUSTED_PROXIES`: networks whose `X-Forwarded-For` is believed, comma-separated CIDR; none.
    pub trusted_proxies: TrustedProxies,
    /// `GATEWAY_CONCURRENCY`: requests answered at once, 4,096; more are refused with 503.
    pub concurrency_max: usize,
    /// `SITE_DIR`: the folder that `cargo xtask site` builds; `site` next to the program or in the target folder.
    pub site_folder: Option<PathBuf>,
    /// `DEMO`: `on` shows the sandbox's hosted pay page under `/sandbox/`; `off`.
    pub demo: bool,
    /// `ONSALE_ENV`: in `production` there is no mailbox under `/dev/mail`.
    pub mailbox: bool,
    /// `ACCENT`: a colour, `#rrggbb`, in the place of ours for what is the buyer's; ours.
    pub accent: Option<Accent>,
    /// `LIMITS`: `off` lifts all of them, for load tests; `on`.
    pub limits: Option<LimitsConfig>,
    /// `ADAPTIVE_LIMIT`: `off` lets as many requests through to a role as `UPSTREAM_LIMIT_<ROLE>` says; `on`.
    pub adaptive: Option<AdaptiveConfig>,
}

/// How many requests at once a role is found to answer well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdaptiveConfig {
    /// `ADAPTIVE_LIMIT_MS`: fewer are let through where half of the reserves take longer, or of the looks half as long; 300.
    pub latency_max: Duration,
}

/// How often one caller may call: so many calls in so many seconds, written `600/60`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsConfig {
    /// `LIMIT_ACCOUNT`: of one account, 600/60.
    pub account: Rate,
    /// `LIMIT_API_KEY`: of one API key, 6000/60.
    pub api_key: Rate,
    /// `LIMIT_ADDRESS`: of one address without a token, 3000/60: behind one carrier's address are many people.
    pub address: Rate,
    /// `LIMIT_SIGN_IN`: sign-ins and registrations of one address, 300/60.
    pub sign_in: Rate,
}

/// So many calls in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub calls: NonZeroU32,
    /// In how much time.
    pub window: Duration,
}

/// Networks whose forwarding headers are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl Config {
    /// Reads the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let public_url = match env.get("PUBLIC_URL")? {
            Some(url) => url,
            None => env.with([("PUBLIC_URL".to_owned(), "http://localhost:8080".to_owned())]).require(
                "PUBLIC_URL",
                "give the address that people reach the gateway by, e.g. https://tickets.example.org",
            )?,
        };
        let limits = match env.get_or("LIMITS", Switch(true))? {
            Switch(false) => None,
            Switch(true) => Some(LimitsConfig::of(env)?),
        };
        let adaptive = match env.get_or("ADAPTIVE_LIMIT", Switch(true))? {
            Switch(false) => None,
            Switch(true) => {
                Some(AdaptiveConfig { latency_max: Duration::from_millis(env.get_or("ADAPTIVE_LIMIT_MS", 300)?) })
            }
        };
        Ok(Self {
            public_url,
            allowed_origins: origins(env)?,
            trusted_proxies: TrustedProxies::of(env)?,
            concurrency_max: env.get_or("GATEWAY_CONCURRENCY", 4_096)?,
            site_folder: env.text("SITE_DIR")?.map(PathBuf::from),
            demo: env.get_or("DEMO", Switch(false))?.0,
            mailbox: !env.is_production()?,
            accent: env.get("ACCENT")?,
            limits,
            adaptive,
        })
    }

    /// Whether people reach it by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

impl LimitsConfig {
    fn of(env: &Env) -> Result<Self, EnvError> {
        let rate = |name: &str, calls: u32| {
            env.get_or(
                name,
                Rate { calls: NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN), window: Duration::from_secs(60) },
            )
        };
        Ok(Self {
            account: rate("LIMIT_ACCOUNT", 600)?,
            api_key: rate("LIMIT_API_KEY", 6_000)?,
            address: rate("LIMIT_ADDRESS", 3_000)?,
            sign_in: rate("LIMIT_SIGN_IN", 300)?,
        })
    }
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const REMEDY: &str = "write calls/seconds, e.g. 600/60";
        let (calls, seconds) = text.split_once('/').ok_or(REMEDY)?;
        let calls = calls.parse().map_err(|_| REMEDY)?;
        let seconds: NonZeroU32 = seconds.parse().map_err(|_| REMEDY)?;
        Ok(Self { calls, window: Duration::from_secs(u64::from(seconds.get())) })
    }
}

impl TrustedProxies {
    fn of(env: &Env) -> Result<Self, EnvError> {
        let read = |text: String| match text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
            Ok(net) => Ok(net),
            Err(_) => Err(EnvError::Invalid {
                name: "TRUSTED_PROXIES".to_owned(),
                value: text,
                reason: "write networks such as 10.0.0.0/8, separated by commas".to_owned(),
            }),
        };
        env.list("TRUSTED_PROXIES")?.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether this address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }
}

fn origins(env: &Env) -> Result<Vec<HeaderValue>, EnvError> {
    let read = |text: String| {
        let origin = Url::parse(&text).ok().map(|url| url.origin().ascii_serialization());
        match origin {
            // Exactly an origin: no path, no star, nothing that a browser would write otherwise.
            Some(origin) if origin == text && origin != "null" => HeaderValue::try_from(text).map_err(|_| origin),
            _ => Err(text),
        }
    };
    let wrong = |value| EnvError::Invalid {
        name: "CORS_ALLOWED_ORIGINS".to_owned(),
        value,
        reason: "write exact origins such as https://shop.example.org, separated by commas".to_owned(),
    };
    env.list("CORS_ALLOWED_ORIGINS")?.into_iter().map(|text| read(text).map_err(wrong)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(values: &[(&str, &str)]) -> Result<Config, EnvError> {
        Config::of(&values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = config(&[]).expect("defaults");
        assert_eq!(config.public_url.as_str(), "http://localhost:8080/");
        assert!(config.limits.is_some() && config.allowed_origins.is_empty() && !config.demo);
    }

    #[test]
    fn what_is_not_exact_is_refused_with_its_remedy() {
        for origin in ["*", "https://a.org/", "https://a.org/path", "null", "a.org"] {
            let error = config(&[("CORS_ALLOWED_ORIGINS", origin)]).expect_err(origin).to_string();
            assert!(error.contains("exact origins"), "{error}");
        }
        assert!(config(&[("CORS_ALLOWED_ORIGINS", "https://a.org, http://localhost:3000")]).is_ok());
        assert!(config(&[("TRUSTED_PROXIES", "10.0.0.0/8, ::1")]).is_ok());
        assert!(config(&[("TRUSTED_PROXIES", "everyone")]).is_err());
        assert!(config(&[("LIMIT_ACCOUNT", "10")]).is_err());
        assert!(config(&[("LIMIT_ACCOUNT", "10/0")]).is_err());
        assert!(config(&[("LIMITS", "0")]).is_err());
        assert!(config(&[("LIMITS", "off")]).expect("off").limits.is_none());
    }
}
