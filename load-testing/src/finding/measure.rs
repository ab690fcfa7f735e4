//! The run: for each engine a fresh house with the catalogue in it, then the questions.

use super::catalogue::Catalogue;
use super::fill::fill;
use super::options::{Engine, Options};
use super::questions::{KINDS, Kind, Question, questions};
use super::score::{mean, ndcg};
use crate::client::{Answer, Connection, request};
use crate::load::{self, Pace};
use crate::server::Servers;
use anyhow::{Context, ensure};
use serde_json::Value;
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long the index may take to have all of the catalogue.
const INDEXED_MAX: Duration = Duration::from_secs(600);
/// How often it is looked.
const LOOKED_EVERY: Duration = Duration::from_millis(500);
/// Before latency is measured, so many seconds of the same load.
const WARM_SECONDS: u64 = 5;

/// Measures what the options say, and tells it as it goes.
///
/// # Errors
/// When something cannot be started or does not answer.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let catalogue = Catalogue::new(options.seed, options.events);
    let asked = questions(&catalogue, options.seed, options.queries, options.half);
    tell(&format!(
        "{} events of {} acts at {} venues, {} questions ({:?} half), seed {}",
        catalogue.events.len(),
        catalogue.acts.len(),
        catalogue.venues.len(),
        asked.len(),
        options.half,
        options.seed,
    ));
    if let Some(database_url) = &options.fill {
        return fill(database_url, &catalogue).await;
    }
    let engines: Vec<Engine> = match (options.engine, &options.elasticsearch) {
        (Some(Engine::Elasticsearch), None) => anyhow::bail!("give --elasticsearch or ELASTICSEARCH_URL"),
        (Some(engine), _) => vec![engine],
        (None, Some(_)) => vec![Engine::Postgres, Engine::Elasticsearch],
        (None, None) => vec![Engine::Postgres],
    };
    for engine in engines {
        on_engine(options, engine, &catalogue, &asked).await.with_context(|| format!("on {engine:?}"))?;
    }
    Ok(())
}

async fn on_engine(options: &Options, engine: Engine, catalogue: &Catalogue, asked: &[Question]) -> anyhow::Result<()> {
    if let Some(address) = options.running {
        return ask(options, engine, address, catalogue, asked).await;
    }
    let mut settings = Vec::new();
    if let (Engine::Elasticsearch, Some(url)) = (engine, &options.elasticsearch) {
        settings.push(("ELASTICSEARCH_URL".to_owned(), url.clone()));
        if options.rate.is_none() {
            // What is found does not hang on how busy the machine is.
            settings.push(("ELASTICSEARCH_TIMEOUT_MS".to_owned(), "10000".to_owned()));
        }
        settings.push(("ELASTICSEARCH_INDEX".to_owned(), format!("bench-search-{}", std::process::id())));
    }
    let servers = Servers::start(&options.onsale, &options.home, &settings).await?;
    let outcome = async {
        let began = Instant::now();
        fill(servers.database_url(), catalogue).await?;
        indexed(servers.address, engine, catalogue.events.len()).await?;
        tell(&format!("{engine:?}: the catalogue is there after {:.1} s", began.elapsed().as_secs_f64()));
        ask(options, engine, servers.address, catalogue, asked).await
    }
    .await;
    servers.stop();
    outcome
}

async fn ask(
    options: &Options,
    engine: Engine,
    address: SocketAddr,
    catalogue: &Catalogue,
    asked: &[Question],
) -> anyhow::Result<()> {
    match options.rate {
        Some(rate) => latency(options, engine, address, asked, rate).await,
        None => relevance(options, engine, address, catalogue, asked).await,
    }
}

/// Waits until a search finds all of the catalogue, by this engine.
async fn indexed(address: SocketAddr, engine: Engine, events: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    let ask = request("GET", "/api/search/events?limit=1&from=2099-01-01T00:00:00Z", None, None);
    let mut connection = Connection::new(address);
    while began.elapsed() < INDEXED_MAX {
        if let Ok(answer) = connection.call(&ask).await {
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let total = body["total"].as_u64().and_then(|total| usize::try_from(total).ok()).unwrap_or(0);
            if answer.status == 200 && total >= events && body["degraded"] == false {
                return Ok(());
            }
        }
        tokio::time::sleep(LOOKED_EVERY).await;
    }
    anyhow::bail!("{engine:?} did not have the catalogue after {INDEXED_MAX:?}")
}

async fn relevance(
    options: &Options,
    engine: Engine,
    address: SocketAddr,
    catalogue: &Catalogue,
    asked: &[Question],
) -> anyhow::Result<()> {
    let places: std::collections::HashMap<&str, usize> =
        catalogue.events.iter().enumerate().map(|(place, event)| (event.id.as_str(), place)).collect();
    let mut connection = Connection::new(address);
    let mut scores: Vec<(Kind, f64, &str)> = Vec::with_capacity(asked.len());
    for question in asked {
        let answer = connection.call(&request("GET", &question.path(), None, None)).await?;
        ensure!(answer.status == 200, "{} was answered {}", question.path(), answer.status);
        let body: Value = serde_json::from_slice(&answer.body)?;
        ensure!(body["degraded"] == false, "PostgreSQL answered in Elasticsearch's place");
        let all: Vec<u8> = catalogue.events.iter().map(|event| question.grade(catalogue, event)).collect();
        let items = body["items"].as_array().context("an answer without items")?;
        // What is in no catalogue, e.g. an event of the house's own season, is worth nothing.
        let grade = |item: &Value| item["id"].as_str().and_then(|id| places.get(id)).map_or(0, |place| all[*place]);
        let found: Vec<u8> = items.iter().map(grade).collect();
        let score = ndcg(&found, &all).context("a question that means nothing")?;
        scores.push((question.kind, score, &question.text));
    }
    let of = |kind: Kind| -> Vec<f64> { scores.iter().filter(|s| s.0 == kind).map(|s| s.1).collect() };
    let kinds: Vec<_> = KINDS.iter().map(|kind| format!("{kind:?} {:.3}", mean(&of(*kind)))).collect();
    let every: Vec<f64> = scores.iter().map(|s| s.1).collect();
    tell(&format!("{engine:?}: nDCG@10 {:.3} ({})", mean(&every), kinds.join(", ")));
    scores.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (kind, score, text) in scores.iter().take(options.worst) {
        tell(&format!("  {score:.3} {kind:?}: {text}"));
    }
    Ok(())
}

async fn latency(
    options: &Options,
    engine: Engine,
    address: SocketAddr,
    asked: &[Question],
    rate: f64,
) -> anyhow::Result<()> {
    ensure!(!asked.is_empty() && rate > 0.0, "there is nothing to ask");
    for seconds in [WARM_SECONDS, options.seconds] {
        // A count of requests: small and positive.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are small and positive")]
        let count = rate as usize * usize::try_from(seconds).unwrap_or(1);
        let paths = asked.iter().map(Question::path).cycle().take(count);
        let requests = paths.map(|path| request("GET", &path, None, None)).collect();
        let outcome = load::run(address, requests, options.connections, Pace::Open(rate), degraded).await?;
        if seconds == options.seconds {
            tell(&format!(
                "{engine:?}: {:.0} a second, p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms; other answers {:?}, degraded {}",
                outcome.rate(200),
                outcome.latency_ms(0.5),
                outcome.latency_ms(0.99),
                outcome.latency_ms(1.0),
                outcome.others(200),
                outcome.kept.len(),
            ));
        }
    }
    Ok(())
}

fn degraded(answer: &Answer) -> Option<String> {
    let text = std::str::from_utf8(&answer.body).ok()?;
    text.contains("\"degraded\":true").then(String::new)
}

fn tell(text: &str) {
    // Whoever closed the output does not want to know.
    let _unwanted = writeln!(std::io::stdout().lock(), "{text}");
}
