//! The client's address: the peer's, or what trusted proxies say.

use crate::config::TrustedProxies;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use onsale_platform::serve::PeerAddress;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The header in which services read it; only the gateway sets it.
pub static CLIENT_ADDRESS: HeaderName = HeaderName::from_static("x-onsale-client-address");
static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// More proxies than this in a row are not believed.
const PROXIES_MAX: usize = 16;

/// The client's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl Default for ClientAddress {
    fn default() -> Self {
        Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

impl ClientAddress {
    /// What is limited as one: an IPv4 address, or the /64 network that one IPv6 customer has.
    #[must_use]
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let bits = address.to_bits() & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from_bits(bits))
            }
        }
    }

    /// Tells the services and the later steps.
    pub(super) fn tell(self, request: &mut Request) {
        if let Ok(value) = HeaderValue::try_from(self.to_string()) {
            request.headers_mut().insert(&CLIENT_ADDRESS, value);
        }
        request.extensions_mut().insert(self);
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The address at the other end of the connection.
pub(super) fn peer(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<PeerAddress>().map(|peer| peer.0.ip().to_canonical())
}

/// The nearest address that is not a trusted proxy's, read from the right of `X-Forwarded-For`:
/// what stands left of it was written by the client.
pub(super) fn client(headers: &HeaderMap, peer: Option<IpAddr>, trusted: &TrustedProxies) -> ClientAddress {
    let Some(mut address) = peer else { return ClientAddress::default() };
    let lines: Vec<&str> = headers.get_all(&FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).take(PROXIES_MAX);
    for hop in hops {
        if !trusted.contains(address) {
            break;
        }
        let Ok(next) = hop.trim().parse::<IpAddr>() else { break };
        address = next.to_canonical();
    }
    ClientAddress(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn seen(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let env = [("TRUSTED_PROXIES".to_owned(), trusted.to_owned())].into_iter().collect();
        let trusted = Config::of(&env).expect("settings").trusted_proxies;
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(&FORWARDED_FOR, HeaderValue::from_str(line).expect("a value"));
        }
        client(&headers, peer.parse().ok(), &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.0/8", "10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        // The client wrote the left one itself.
        assert_eq!(seen("10.0.0.0/8", "10.1.2.3", &["127.0.0.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.0/8", "10.1.2.3", &["192.0.2.1", "198.51.100.1, 10.9.9.9"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.0/8", "10.1.2.3", &["nonsense"]), "10.1.2.3");
        assert_eq!(seen("10.0.0.0/8", "::ffff:10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn one_customer_of_ipv6_is_one() {
        let network = |text: &str| ClientAddress(text.parse().expect("an address")).network();
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
