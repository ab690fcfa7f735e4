//! `onsale doctor`: what is there, what is missing, and the remedy.

use crate::{logins, place, say};
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::pg::PgConfig;
use onsale_platform::tokens::DeploymentSecret;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long an engine may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// The oldest PostgreSQL with all that is used.
const POSTGRES_MIN: i64 = 140_000;
/// Each buyer's stream is a file; with fewer the gateway refuses them early.
const OPEN_FILES_MIN: u64 = 4_096;

/// What was found.
enum Finding {
    Good(String),
    Remark(String),
    Bad(String),
}

/// Checks everything and prints a line for each; fails when something that is needed is not there.
pub(crate) async fn run(env: &Env, home: &Path) -> anyhow::Result<ExitCode> {
    let mut findings: Vec<(String, Finding)> = Vec::new();
    let wanted = place::wanted(env, place::Kind::House)?;
    findings.push(("secret".to_owned(), secret(env, home)));
    if wanted.postgres {
        findings.push(("PostgreSQL (private)".to_owned(), private_postgres(home)));
    } else {
        findings.extend(databases(env).await);
    }
    if wanted.redis {
        findings.push(("Redis (private)".to_owned(), private_redis(home)));
    } else {
        for url in env.list("REDIS_URLS")? {
            findings.push((format!("Redis {}", without_password(&url)), redis(&url).await));
        }
    }
    findings.extend(optional(env).await?);
    findings.extend(upstreams(env).await?);
    findings.push(("open files".to_owned(), open_files()));
    let bad = findings.iter().filter(|(_, finding)| matches!(finding, Finding::Bad(_))).count();
    for (name, finding) in &findings {
        let (mark, text) = match finding {
            Finding::Good(text) => ("ok     ", text),
            Finding::Remark(text) => ("note   ", text),
            Finding::Bad(text) => ("MISSING", text),
        };
        say(&format!("{mark}  {name}: {text}"));
    }
    say(&match bad {
        0 => "All that is needed is there.".to_owned(),
        1 => "1 thing is missing: see above.".to_owned(),
        bad => format!("{bad} things are missing: see above."),
    });
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn secret(env: &Env, home: &Path) -> Finding {
    if matches!(env.secret("ONSALE_SECRET"), Ok(None)) {
        let path = home.join("secret");
        return match path.exists() {
            true => Finding::Good(format!("ONSALE_SECRET is not set; `up` uses {}", path.display())),
            false => Finding::Remark("ONSALE_SECRET is not set: `up` makes one, `serve` needs it".to_owned()),
        };
    }
    match DeploymentSecret::of(env) {
        Ok(_) => Finding::Good("ONSALE_SECRET is set".to_owned()),
        Err(error) => Finding::Bad(error.to_string()),
    }
}

fn private_postgres(home: &Path) -> Finding {
    match onsale_engines::postgres_programs(None) {
        Ok(folder) => Finding::Good(format!("{} ({})", folder.display(), running(home))),
        Err(error) => Finding::Bad(error.to_string()),
    }
}

fn private_redis(home: &Path) -> Finding {
    match onsale_engines::redis_server() {
        Ok(program) => Finding::Good(format!("{} ({})", program.display(), running(home))),
        Err(error) => Finding::Bad(error.to_string()),
    }
}

fn running(home: &Path) -> &'static str {
    if onsale_engines::is_running(home) { "running" } else { "started by `onsale up`" }
}

/// Each server that a service's data is on, with what the pools may ask of it.
async fn databases(env: &Env) -> Vec<(String, Finding)> {
    let mut servers: BTreeMap<String, (String, u32)> = BTreeMap::new();
    let mut findings = Vec::new();
    for role in ServiceRole::ALL.iter().copied().filter(|role| logins::has_database(*role)) {
        match PgConfig::of(env, role) {
            Ok(config) => {
                let server = servers.entry(logins::server_of(&config.url)).or_insert((config.url.clone(), 0));
                server.1 += config.connections_max;
            }
            Err(error) => findings.push((format!("database of {role}"), Finding::Bad(error.to_string()))),
        }
    }
    for (server, (url, sessions)) in servers {
        let answer = tokio::time::timeout(ANSWER_MAX, database(&url, sessions)).await;
        let finding = match answer {
            Ok(Ok(finding)) => finding,
            Ok(Err(error)) => Finding::Bad(format!("{error}: check DATABASE_URL and that PostgreSQL runs there")),
            Err(_) => {
                Finding::Bad("no answer within 2 s: check DATABASE_URL and that PostgreSQL runs there".to_owned())
            }
        };
        findings.push((format!("PostgreSQL {server}"), finding));
    }
    findings
}

async fn database(url: &str, sessions: u32) -> Result<Finding, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let version: String = sqlx::query_scalar("SHOW server_version_num").fetch_one(&mut connection).await?;
    let most: String = sqlx::query_scalar("SHOW max_connections").fetch_one(&mut connection).await?;
    let migrated: bool = sqlx::query_scalar("SELECT to_regclass('booking.schema_history') IS NOT NULL")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    let (version, most) = (version.parse::<i64>().unwrap_or(0), most.parse::<u32>().unwrap_or(0));
    Ok(if version < POSTGRES_MIN {
        Finding::Bad(format!("version {version} is too old: use PostgreSQL 14 or newer"))
    } else if sessions >= most {
        Finding::Bad(format!(
            "the pools may open {sessions} sessions, max_connections is {most}: lower DATABASE_POOL_<ROLE> or raise it"
        ))
    } else if !migrated {
        Finding::Bad("the schemas are not there: run `onsale migrate`".to_owned())
    } else {
        Finding::Good(format!("version {}, up to {sessions} of {most} sessions", version / 10_000))
    })
}

async fn redis(url: &str) -> Finding {
    let asked = async {
        let client = redis::Client::open(url)?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING").query_async::<String>(&mut connection).await
    };
    match tokio::time::timeout(ANSWER_MAX, asked).await {
        Ok(Ok(_)) => Finding::Good("answers".to_owned()),
        Ok(Err(error)) => Finding::Bad(format!("{error}: check REDIS_URLS and that Redis runs there")),
        Err(_) => Finding::Bad("no answer within 2 s: check REDIS_URLS and that Redis runs there".to_owned()),
    }
}

/// What is used only where a setting names it.
async fn optional(env: &Env) -> anyhow::Result<Vec<(String, Finding)>> {
    let mut findings = Vec::new();
    let unset = [
        ("KAFKA_BOOTSTRAP_SERVERS", "Kafka", "events travel through PostgreSQL"),
        ("ELASTICSEARCH_URL", "Elasticsearch", "search runs on PostgreSQL"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "traces", "none are sent"),
        ("SMTP_URL", "mail", "none is sent"),
    ];
    for (setting, name, instead) in unset {
        let addresses = env.list(setting)?;
        if addresses.is_empty() {
            findings.push((name.to_owned(), Finding::Good(format!("{setting} is not set: {instead}"))));
        }
        for address in addresses {
            findings.push((name.to_owned(), reach(setting, &address).await));
        }
    }
    Ok(findings)
}

async fn upstreams(env: &Env) -> anyhow::Result<Vec<(String, Finding)>> {
    let mut findings = Vec::new();
    for role in ServiceRole::ALL {
        let setting = format!("UPSTREAM_{}", role.as_str().to_ascii_uppercase());
        let Some(address) = env.text(&setting)?.filter(|address| address.starts_with("http://")) else { continue };
        findings.push((role.to_string(), reach(&setting, &address).await));
    }
    Ok(findings)
}

/// Whether somebody listens at `host:port`, with or without a scheme.
async fn reach(setting: &str, address: &str) -> Finding {
    let shown = without_password(address);
    let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
    let place = shown.rsplit("://").next().unwrap_or(&shown).split('/').next().unwrap_or_default().to_owned();
    let usual_port = match scheme {
        "https" => "443",
        "smtp" => "25",
        "smtps" => "465",
        _ => "80",
    };
    let place = if place.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok()) {
        place
    } else {
        format!("{place}:{usual_port}")
    };
    match tokio::time::timeout(ANSWER_MAX, TcpStream::connect(&place)).await {
        Ok(Ok(_)) => Finding::Good(format!("{shown} answers")),
        Ok(Err(error)) => Finding::Bad(format!("{shown}: {error}: check {setting}, or leave it out")),
        Err(_) => Finding::Bad(format!("{shown}: no answer within 2 s: check {setting}, or leave it out")),
    }
}

fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://{place}"),
        _ => url.to_owned(),
    }
}

fn open_files() -> Finding {
    let text = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    match line.split_whitespace().nth(3).and_then(|soft| soft.parse::<u64>().ok()) {
        Some(most) if most < OPEN_FILES_MIN => {
            Finding::Remark(format!("{most} at most: raise it (`ulimit -n 65536`) before many people come"))
        }
        Some(most) => Finding::Good(format!("{most} at most")),
        None => Finding::Good("no limit is known".to_owned()),
    }
}
