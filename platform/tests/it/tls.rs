//! TLS in front of a listener: versions of HTTP, resumption at any gateway, new certificates, and what is refused.

use axum::Router;
use axum::routing::get;
use chrono::DateTime;
use onsale_platform::clock::Clock;
use onsale_platform::env::Env;
use onsale_platform::serve::tls::Tls;
use onsale_platform::serve::{Bounds, serve_by};
use onsale_platform::shutdown::Shutdown;
use onsale_platform::tokens::DeploymentSecret;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, HandshakeKind, RootCertStore};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

const NAME: &str = "tickets.test";

/// A certificate for [`NAME`] in files of its own, as settings name them.
struct Files {
    folder: PathBuf,
    certificate: CertificateDer<'static>,
}

impl Files {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("onsale-tls-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut files = Self { folder, certificate: CertificateDer::from(Vec::new()) };
        files.renew();
        files
    }

    fn renew(&mut self) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([NAME.to_owned()]).expect("a certificate");
        self.write("certificate.pem", &cert.pem());
        self.write("key.pem", &signing_key.serialize_pem());
        self.certificate = cert.der().clone();
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).expect("written");
    }

    fn env(&self) -> Env {
        let file = |name: &str| self.folder.join(name).display().to_string();
        [("TLS_CERTIFICATE_FILE", file("certificate.pem")), ("TLS_KEY_FILE", file("key.pem"))]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    }

    fn tls(&self) -> Result<Tls, String> {
        let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
        let secret = DeploymentSecret::new("s".repeat(32)).expect("long enough");
        let tls = Tls::of(&self.env(), &secret, &clock).map_err(|error| error.to_string())?;
        Ok(tls.expect("a certificate is named"))
    }

    fn client(&self, protocols: &[&str]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a root");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let mut config = versions.expect("versions").with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        TlsConnector::from(Arc::new(config))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _may_be_gone = std::fs::remove_dir_all(&self.folder);
    }
}

async fn served(tls: Tls) -> (SocketAddr, Shutdown) {
    let router = Router::new().route("/", get(|| async { "here" }));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let shutdown = Shutdown::new();
    tokio::spawn(serve_by(Bounds::public(), Some(tls), listener, router, shutdown.clone()));
    (address, shutdown)
}

/// One request; what was agreed on, and the answer.
async fn asked(client: &TlsConnector, address: SocketAddr) -> Result<(HandshakeKind, String), std::io::Error> {
    let stream = TcpStream::connect(address).await?;
    let mut stream = client.connect(ServerName::try_from(NAME).expect("a name"), stream).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await?;
    let kind = stream.get_ref().1.handshake_kind().expect("it is over");
    Ok((kind, String::from_utf8_lossy(&text).into_owned()))
}

#[tokio::test]
async fn a_session_is_resumed_at_another_gateway() {
    let files = Files::new("resumed");
    let (one, _stop_one) = served(files.tls().expect("usable")).await;
    let (other, _stop_other) = served(files.tls().expect("usable")).await;
    let client = files.client(&["http/1.1"]);
    let (kind, answer) = asked(&client, one).await.expect("an answer");
    assert_eq!(kind, HandshakeKind::Full);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
    for address in [one, other] {
        let (kind, answer) = asked(&client, address).await.expect("an answer");
        assert_eq!(kind, HandshakeKind::Resumed);
        assert!(answer.ends_with("here"), "{answer}");
    }
}

#[tokio::test]
async fn http2_is_agreed_on_where_the_client_knows_it() {
    let files = Files::new("http2");
    let (address, _stop) = served(files.tls().expect("usable")).await;
    for (known, agreed) in [(&["h2", "http/1.1"][..], "h2"), (&["http/1.1"], "http/1.1")] {
        let stream = TcpStream::connect(address).await.expect("it listens");
        let name = ServerName::try_from(NAME).expect("a name");
        let stream = files.client(known).connect(name, stream).await.expect("a handshake");
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(agreed.as_bytes()));
    }
}

#[tokio::test]
async fn a_new_certificate_is_shown_once_it_can_be_used() {
    let mut files = Files::new("renewed");
    let tls = files.tls().expect("usable");
    let (address, _stop) = served(tls.clone()).await;
    let of_old = files.client(&["http/1.1"]);
    asked(&of_old, address).await.expect("an answer");
    files.write("key.pem", &KeyPair::generate().expect("a key").serialize_pem());
    assert!(!tls.look_again().await, "the key is another one's");
    asked(&files.client(&[]), address).await.expect("the old one stays");
    files.renew();
    assert!(tls.look_again().await);
    assert!(!tls.look_again().await, "nothing changed since");
    let (kind, _) = asked(&files.client(&["http/1.1"]), address).await.expect("the new one is shown");
    assert_eq!(kind, HandshakeKind::Full);
}

#[tokio::test]
async fn whoever_does_not_shake_hands_is_cut_off() {
    let files = Files::new("slow");
    let (address, _stop) = served(files.tls().expect("usable").handshake_within(Duration::from_millis(300))).await;
    let began = Instant::now();
    let mut silent = TcpStream::connect(address).await.expect("it listens");
    let mut text = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(3), silent.read_to_end(&mut text)).await;
    assert!(read.is_ok() && text.is_empty() && began.elapsed() >= Duration::from_millis(250), "{:?}", began.elapsed());
    let mut plain = TcpStream::connect(address).await.expect("it listens");
    plain.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it reads");
    let read = tokio::time::timeout(Duration::from_secs(3), plain.read_to_end(&mut text)).await;
    assert!(read.is_ok() && !text.starts_with(b"HTTP"), "{text:?}");
}

#[test]
fn files_that_cannot_be_used_stop_the_start_by_their_setting() {
    let files = Files::new("wrong");
    let error = |files: &Files| files.tls().err().expect("refused");
    let certificate = std::fs::read_to_string(files.folder.join("certificate.pem")).expect("there");
    files.write("certificate.pem", "nothing");
    assert!(error(&files).starts_with("TLS_CERTIFICATE="), "{}", error(&files));
    files.write("certificate.pem", &certificate);
    files.write("key.pem", &KeyPair::generate().expect("a key").serialize_pem());
    let told = error(&files);
    assert!(told.starts_with("TLS_KEY=") && told.contains("not the key of") && !told.contains("PRIVATE"), "{told}");
    std::fs::remove_file(files.folder.join("key.pem")).expect("there");
    assert!(error(&files).starts_with("TLS_KEY_FILE="), "{}", error(&files));
    let secret = DeploymentSecret::new("s".repeat(32)).expect("long enough");
    let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
    let alone = [("TLS_CERTIFICATE".to_owned(), certificate)].into_iter().collect();
    let told = Tls::of(&alone, &secret, &clock).err().expect("refused").to_string();
    assert!(told.starts_with("TLS_KEY is not set"), "{told}");
    assert!(Tls::of(&Env::default(), &secret, &clock).expect("nothing is wrong").is_none());
}
