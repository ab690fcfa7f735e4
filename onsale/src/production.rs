//! `ONSALE_ENV=production` refuses what is only for trying out.

use onsale_platform::ServiceRole;
use onsale_platform::env::Env;

/// Switches that are off in tests only.
const SWITCHES: [(&str, &str); 4] = [
    ("LIMITS", "LIMITS=off is for load tests"),
    ("LIMITS_LOGIN", "LIMITS_LOGIN=off is for load tests"),
    ("BOOKING_LIMITS_PER_ACCOUNT", "BOOKING_LIMITS_PER_ACCOUNT=off is for load tests"),
    ("BOOKING_SWEEPER", "BOOKING_SWEEPER=off is for tests of overdue holds"),
];

/// In production: refuses to start these roles on defaults and on settings for tests, naming all of them.
pub(crate) fn check(env: &Env, roles: &[ServiceRole]) -> anyhow::Result<()> {
    if !env.is_production()? {
        return Ok(());
    }
    let mut wrong = Vec::new();
    if !env.text("PUBLIC_URL")?.is_some_and(|url| url.starts_with("https://")) {
        wrong.push("PUBLIC_URL must be the https:// address that buyers see");
    }
    if roles.contains(&ServiceRole::Sandbox) {
        wrong.push("the role sandbox takes no real money: leave it out");
    }
    if roles.contains(&ServiceRole::Payment) && env.secret("STRIPE_SECRET_KEY")?.is_none() {
        wrong.push("STRIPE_SECRET_KEY must be set, or nobody pays");
    }
    if env.list("REDIS_URLS")?.len() < 3 && roles.contains(&ServiceRole::Booking) {
        wrong.push("REDIS_URLS must name 3 or 5 masters");
    }
    if roles.contains(&ServiceRole::Notification) && env.secret("SMTP_URL")?.is_none() {
        wrong.push("SMTP_URL must be set, or nobody gets mail");
    }
    for (name, refusal) in SWITCHES {
        if env.text(name)?.as_deref() == Some("off") {
            wrong.push(refusal);
        }
    }
    if env.text("WEBHOOKS_ALLOW_LOOPBACK")?.as_deref() == Some("on") {
        wrong.push("WEBHOOKS_ALLOW_LOOPBACK=on is for development and tests");
    }
    if env.text("ARGON2_PROFILE")?.as_deref() == Some("minimal") {
        wrong.push("ARGON2_PROFILE=minimal is for load tests");
    }
    anyhow::ensure!(wrong.is_empty(), "ONSALE_ENV=production refuses to start: {}", wrong.join("; "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(values: &[(&str, &str)]) -> Env {
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn production_names_all_that_is_missing() {
        let error = check(&env(&[("ONSALE_ENV", "production")]), ServiceRole::ALL).expect_err("refused").to_string();
        for name in ["PUBLIC_URL", "sandbox", "STRIPE_SECRET_KEY", "REDIS_URLS", "SMTP_URL"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn every_switch_that_is_off_is_named() {
        for (name, _) in SWITCHES {
            let settings = [("ONSALE_ENV", "production"), ("PUBLIC_URL", "https://tickets.example"), (name, "off")];
            let error = check(&env(&settings), &[ServiceRole::Auth]).expect_err("refused").to_string();
            assert!(error.contains(&format!("{name}=off")), "{error}");
        }
    }

    #[test]
    fn settings_of_load_tests_are_refused() {
        let settings = [
            ("ONSALE_ENV", "production"),
            ("PUBLIC_URL", "https://tickets.example"),
            ("ARGON2_PROFILE", "minimal"),
            ("LIMITS_LOGIN", "off"),
        ];
        let error = check(&env(&settings), &[ServiceRole::Auth]).expect_err("refused").to_string();
        assert!(error.contains("ARGON2_PROFILE") && error.contains("LIMITS"), "{error}");
        assert!(check(&env(&settings[..2]), &[ServiceRole::Auth]).is_ok());
        assert!(check(&env(&[]), ServiceRole::ALL).is_ok());
    }
}
