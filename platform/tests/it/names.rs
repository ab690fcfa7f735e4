//! Addresses by name, told by a real name server over its socket.

use crate::upstream::{platform, served, service};
use hickory_server::Server;
use hickory_server::proto::rr::rdata::{A, SOA, SRV};
use hickory_server::proto::rr::{LowerName, Name, RData, Record, RecordType, RrKey};
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use onsale_platform::ServiceRole;
use onsale_platform::upstream::Upstream;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;

/// What is told is good for so many seconds.
const TTL: u32 = 1;
/// How long it may take until what is told now is used.
const RENEWED_MAX: Duration = Duration::from_secs(10);
const ONE: Ipv4Addr = Ipv4Addr::LOCALHOST;
const TWO: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const SERVICE: &str = "_http._tcp.pay.test.";

/// A name server with the zone `test`.
struct Names {
    zone: Arc<InMemoryZoneHandler>,
    server: Server<Catalog>,
    address: SocketAddr,
}

impl Names {
    async fn start() -> Self {
        let zone = Arc::new(InMemoryZoneHandler::empty(name("test."), ZoneType::Primary, AxfrPolicy::Deny));
        let mut catalog = Catalog::new();
        catalog.upsert(LowerName::from(name("test.")), vec![zone.clone()]);
        let mut server = Server::new(catalog);
        let socket = UdpSocket::bind((ONE, 0)).await.expect("a free port");
        let address = socket.local_addr().expect("an address");
        server.register_socket(socket);
        let names = Self { zone, server, address };
        names.tell("test.", RData::SOA(SOA::new(name("ns.test."), name("admin.test."), 1, 60, 60, 60, TTL))).await;
        names
    }

    async fn tell(&self, of: &str, what: RData) {
        self.zone.upsert(Record::from_rdata(name(of), TTL, what), 1).await;
    }

    async fn host(&self, host: &str, at: Ipv4Addr) {
        self.tell(host, RData::A(A(at))).await;
    }

    async fn service(&self, host: &str, port: u16) {
        self.tell(SERVICE, RData::SRV(SRV::new(0, 1, port, name(host)))).await;
    }

    /// Tells nothing of that kind any more.
    async fn forget(&self, of: &str, kind: RecordType) {
        self.zone.records_mut().await.remove(&RrKey::new(LowerName::from(name(of)), kind));
    }
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

/// Who answers twenty calls.
async fn who(way: &Upstream) -> Vec<String> {
    let mut names = BTreeSet::new();
    for _ in 0..20 {
        names.insert(way.get::<String>("/name").await.expect("an answer"));
    }
    names.into_iter().collect()
}

/// Until those answer, and nobody else.
async fn until(way: &Upstream, wanted: &[&str]) {
    let began = Instant::now();
    loop {
        let found = who(way).await;
        if found == wanted {
            return;
        }
        assert!(began.elapsed() < RENEWED_MAX, "{found:?} answer, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn srv_names_are_looked_up_again_and_an_address_that_fails_is_left_out() {
    let asked = Arc::new(AtomicUsize::new(0));
    let (one, _first) = served(service("one", asked.clone()), ONE, 0).await;
    let (_, second) = served(service("two", asked.clone()), TWO, one.port()).await;
    let names = Names::start().await;
    names.host("one.test.", ONE).await;
    names.host("two.test.", TWO).await;
    names.service("one.test.", one.port()).await;
    let (_kit, platform) = platform(&[
        ("UPSTREAM_PAYMENT", "srv://_http._tcp.pay.test".to_owned()),
        ("UPSTREAM_NAMESERVER", names.address.to_string()),
    ]);
    let way = platform.upstreams.to(ServiceRole::Payment);
    assert_eq!(who(&way).await, ["one"]);
    names.service("two.test.", one.port()).await;
    until(&way, &["one", "two"]).await;
    // One of them goes: reading calls go to the other, and none fails.
    second.request();
    tokio::time::sleep(Duration::from_millis(200)).await;
    for _ in 0..30 {
        assert_eq!(way.get::<String>("/name").await.expect("the other answers"), "one");
    }
}

#[tokio::test]
async fn hosts_come_and_go_with_their_names_and_outlive_the_name_server() {
    let asked = Arc::new(AtomicUsize::new(0));
    let (one, _first) = served(service("one", asked.clone()), ONE, 0).await;
    let (_, _second) = served(service("two", asked.clone()), TWO, one.port()).await;
    let mut names = Names::start().await;
    names.host("pay.test.", ONE).await;
    names.host("pay.test.", TWO).await;
    let (_kit, platform) = platform(&[
        ("UPSTREAM_PAYMENT", format!("dns://pay.test:{}", one.port())),
        ("UPSTREAM_NAMESERVER", names.address.to_string()),
    ]);
    let way = platform.upstreams.to(ServiceRole::Payment);
    until(&way, &["one", "two"]).await;
    names.forget("pay.test.", RecordType::A).await;
    names.host("pay.test.", TWO).await;
    until(&way, &["two"]).await;
    // What was told last holds while nobody tells.
    names.server.shutdown_gracefully().await.expect("it stops");
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(2 * u64::from(TTL)) {
        assert_eq!(who(&way).await, ["two"]);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
