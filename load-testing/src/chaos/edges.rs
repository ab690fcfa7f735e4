//! Every connection between two processes goes through a proxy of toxiproxy
//! (<https://github.com/Shopify/toxiproxy>), which breaks it in either direction. Without one, edges are direct and their
//! rows cannot be run.

use crate::client::{Connection, request};
use crate::server::{Process, free_address};
use anyhow::{Context, ensure};
use serde_json::json;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

const READY_MAX: Duration = Duration::from_secs(10);

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// What the caller sends.
    Requests,
    /// What it gets.
    Answers,
}

/// How an edge is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Nothing passes any more; nobody is told.
    Silence,
    /// Connections are reset.
    Reset,
    /// Cut off after so few bytes.
    CutOff,
    /// Everything comes so much later, in milliseconds.
    Slow(u64),
    /// It refuses connections and takes them again, in turns.
    Flapping,
}

/// The proxies.
pub struct Edges {
    proxy: Option<(Process, SocketAddr)>,
    listens: BTreeMap<String, SocketAddr>,
}

impl Edges {
    /// Starts toxiproxy, where there is one.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(toxiproxy: Option<&Path>, home: &Path) -> anyhow::Result<Self> {
        let Some(program) = toxiproxy else { return Ok(Self { proxy: None, listens: BTreeMap::new() }) };
        ensure!(program.exists(), "{} is not there: `make chaos` builds it", program.display());
        let address = free_address()?;
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let process = Process::start("toxiproxy", program, &["-host", &host, "-port", &port], home, &[])?;
        let edges = Self { proxy: Some((process, address)), listens: BTreeMap::new() };
        let began = Instant::now();
        while edges.call("GET", "/version", None).await.is_err() {
            ensure!(began.elapsed() < READY_MAX, "toxiproxy was not ready after {READY_MAX:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(edges)
    }

    /// Where `from` reaches what listens at `target`.
    ///
    /// # Errors
    /// When toxiproxy refuses the proxy.
    pub async fn add(&mut self, from: &str, to: &str, target: SocketAddr) -> anyhow::Result<SocketAddr> {
        if self.proxy.is_none() {
            return Ok(target);
        }
        let name = name(from, to);
        if let Some(listen) = self.listens.get(&name) {
            return Ok(*listen);
        }
        let listen = free_address()?;
        let body = json!({"name": name, "listen": listen.to_string(), "upstream": target.to_string(), "enabled": true});
        self.call("POST", "/proxies", Some(body.to_string())).await?;
        self.listens.insert(name, listen);
        Ok(listen)
    }

    /// Whether edges can be broken.
    #[must_use]
    pub fn can_break(&self) -> bool {
        self.proxy.is_some()
    }

    /// Breaks an edge.
    ///
    /// # Errors
    /// When there is no such edge, or no toxiproxy.
    pub async fn break_one(&self, from: &str, to: &str, how: Break, direction: Direction) -> anyhow::Result<()> {
        let name = name(from, to);
        ensure!(self.listens.contains_key(&name), "there is no edge {name}");
        let (kind, attributes) = match how {
            Break::Silence => ("timeout", json!({"timeout": 0})),
            Break::Reset => ("reset_peer", json!({"timeout": 0})),
            Break::CutOff => ("limit_data", json!({"bytes": 40})),
            Break::Slow(ms) => ("latency", json!({"latency": ms, "jitter": 0})),
            Break::Flapping => return self.enable(from, to, false).await,
        };
        let stream = if direction == Direction::Requests { "upstream" } else { "downstream" };
        let body = json!({"name": "chaos", "type": kind, "stream": stream, "toxicity": 1.0, "attributes": attributes});
        self.call("POST", &format!("/proxies/{name}/toxics"), Some(body.to_string())).await
    }

    /// Lets an edge take connections, or refuses and cuts them.
    ///
    /// # Errors
    /// When there is no toxiproxy.
    pub async fn enable(&self, from: &str, to: &str, enabled: bool) -> anyhow::Result<()> {
        let body = json!({"enabled": enabled}).to_string();
        self.call("POST", &format!("/proxies/{}", name(from, to)), Some(body)).await
    }

    /// Mends all edges.
    ///
    /// # Errors
    /// When there is no toxiproxy.
    pub async fn mend_all(&self) -> anyhow::Result<()> {
        self.call("POST", "/reset", None).await
    }

    async fn call(&self, method: &str, path: &str, body: Option<String>) -> anyhow::Result<()> {
        let (_, address) = self.proxy.as_ref().context("edges can be broken with toxiproxy only")?;
        let answer = Connection::new(*address).call(&request(method, path, None, body.as_deref())).await?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!((200..300).contains(&answer.status), "toxiproxy answered {method} {path} {} {text}", answer.status);
        Ok(())
    }
}

fn name(from: &str, to: &str) -> String {
    format!("{from}.{to}")
}
