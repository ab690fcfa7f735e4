//! Finds the addresses behind a name, and finds them again when their time to live is over.

use super::addresses::{Address, Addresses, merged};
use axum::http::uri::Authority;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use parking_lot::RwLock;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// The least time between two look-ups, also for a time to live of 0 and after a failure.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// The most targets of one SRV name that are used.
const TARGETS_MAX: usize = 64;

/// What is looked up.
#[derive(Debug, Clone)]
pub(super) enum Name {
    /// A and AAAA records, all at one port.
    Hosts(String, u16),
    /// SRV records.
    Services(String),
}

/// The addresses behind a name.
pub(super) struct Names {
    name: Name,
    resolver: TokioResolver,
    known: RwLock<Known>,
    /// A look-up is under way.
    asking: AtomicBool,
    /// The first callers wait here for the first look-up.
    first: tokio::sync::Mutex<()>,
}

struct Known {
    addresses: Addresses,
    valid_until: Instant,
}

/// A resolver with the system's name servers, or with this one.
pub(super) fn resolver(server: Option<SocketAddr>) -> Result<TokioResolver, String> {
    let builder = match server {
        None => TokioResolver::builder_tokio().map_err(|error| format!("cannot read resolv.conf: {error}"))?,
        Some(server) => {
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                connection.port = server.port();
                connection
            });
            let server = NameServerConfig::new(server.ip(), true, connections.to_vec());
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    builder.build().map_err(|error| error.to_string())
}

impl Names {
    pub(super) fn new(name: Name, resolver: TokioResolver) -> Self {
        let known = Known { addresses: Arc::from([]), valid_until: Instant::now() };
        Self {
            name,
            resolver,
            known: RwLock::new(known),
            asking: AtomicBool::new(false),
            first: tokio::sync::Mutex::new(()),
        }
    }

    /// The addresses now. Those known stay in use while they are looked up again.
    pub(super) async fn addresses(self: &Arc<Self>) -> Result<Addresses, String> {
        let (addresses, stale) = {
            let known = self.known.read();
            (known.addresses.clone(), Instant::now() >= known.valid_until)
        };
        if addresses.is_empty() {
            return self.first_addresses().await;
        }
        if stale && !self.asking.swap(true, Ordering::AcqRel) {
            let this = self.clone();
            tokio::spawn(async move {
                if let Err(error) = this.look_up().await {
                    tracing::warn!(name = ?this.name, error, "could not be looked up again; the known addresses stay");
                    this.known.write().valid_until = Instant::now() + PAUSE_MIN;
                }
                this.asking.store(false, Ordering::Release);
            });
        }
        Ok(addresses)
    }

    async fn first_addresses(&self) -> Result<Addresses, String> {
        let _one_at_a_time = self.first.lock().await;
        let known = self.known.read().addresses.clone();
        if known.is_empty() { self.look_up().await } else { Ok(known) }
    }

    async fn look_up(&self) -> Result<Addresses, String> {
        let (found, valid_until) = match &self.name {
            Name::Hosts(host, port) => self.hosts(host, *port, 1).await?,
            Name::Services(name) => self.services(name).await?,
        };
        let mut known = self.known.write();
        known.addresses = merged(&known.addresses, found);
        known.valid_until = valid_until.max(Instant::now() + PAUSE_MIN);
        Ok(known.addresses.clone())
    }

    async fn hosts(&self, host: &str, port: u16, weight: u16) -> Result<(Vec<(Authority, u16)>, Instant), String> {
        let found = self.resolver.lookup_ip(host).await.map_err(|error| format!("{host}: {error}"))?;
        let addresses = found.iter().filter_map(|ip| Some((authority(ip, port)?, weight))).collect();
        Ok((addresses, found.valid_until().into()))
    }

    /// The targets of the best priority; the others are for when it has none (RFC 2782).
    async fn services(&self, name: &str) -> Result<(Vec<(Authority, u16)>, Instant), String> {
        let found = self.resolver.lookup(name, RecordType::SRV).await.map_err(|error| format!("{name}: {error}"))?;
        let mut records: Vec<_> = found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::SRV(service) => Some(service.clone()),
                _ => None,
            })
            .collect();
        records.sort_by_key(|service| service.priority);
        records.truncate(TARGETS_MAX);
        let mut valid_until: Instant = found.valid_until().into();
        let mut addresses = Vec::new();
        let mut error = format!("{name} has no SRV record");
        for group in records.chunk_by(|one, other| one.priority == other.priority) {
            for service in group {
                match self.hosts(&service.target.to_utf8(), service.port, service.weight).await {
                    Ok((more, until)) => {
                        addresses.extend(more);
                        valid_until = valid_until.min(until);
                    }
                    Err(failed) => error = failed,
                }
            }
            if !addresses.is_empty() {
                return Ok((addresses, valid_until));
            }
        }
        Err(error)
    }
}

fn authority(ip: IpAddr, port: u16) -> Option<Authority> {
    SocketAddr::new(ip, port).to_string().parse().ok()
}

/// One address that is never looked up here: the connector asks the system for it.
pub(super) fn fixed(authority: Authority) -> Addresses {
    Arc::from([Arc::new(Address::new(authority, 1))])
}
