//! TLS handshakes of one processor: both sides of TLS 1.3 by the house's library, over memory.

use super::pure::per_second;
use anyhow::{Context, ensure};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig, ServerConnection};
use std::sync::Arc;
use std::time::Duration;

const NAME: &str = "localhost";
/// A handshake is over after fewer flights than this.
const FLIGHTS_MAX: usize = 8;

/// Whole handshakes a second: neither side has met the other.
///
/// # Errors
/// When one fails.
pub fn handshakes(time: Duration) -> anyhow::Result<f64> {
    let (server, client) = sides()?;
    per_second(time, || shake(&server, &client))
}

fn sides() -> anyhow::Result<(Arc<ServerConfig>, Arc<ClientConfig>)> {
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).context("make a certificate")?;
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(anyhow::Error::msg)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate)?;
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.resumption = rustls::client::Resumption::disabled();
    Ok((Arc::new(server), Arc::new(client)))
}

fn shake(server: &Arc<ServerConfig>, client: &Arc<ClientConfig>) -> anyhow::Result<()> {
    let name = ServerName::try_from(NAME)?;
    let mut client = Connection::Client(ClientConnection::new(client.clone(), name)?);
    let mut server = Connection::Server(ServerConnection::new(server.clone())?);
    for _ in 0..FLIGHTS_MAX {
        pass(&mut client, &mut server)?;
        pass(&mut server, &mut client)?;
        if !client.is_handshaking() && !server.is_handshaking() {
            return Ok(());
        }
    }
    ensure!(!server.is_handshaking(), "the handshake did not end");
    Ok(())
}

/// Carries what one side has to say to the other.
fn pass(from: &mut Connection, to: &mut Connection) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes)?;
    }
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        to.read_tls(&mut rest)?;
        to.process_new_packets()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sides_agree_and_strangers_do_not() {
        let (server, client) = sides().expect("two sides");
        shake(&server, &client).expect("a handshake");
        let (_, stranger) = sides().expect("two more");
        assert!(shake(&server, &stranger).is_err(), "a certificate that nobody vouches for was taken");
    }
}
