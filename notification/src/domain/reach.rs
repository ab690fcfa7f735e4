//! Which addresses a webhook may reach: those of the public internet, so that nobody makes this house call its own
//! neighbours (RELIABILITY 5.19).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// What may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The public internet, by https.
    Public,
    /// That, and this machine by http as well: for development and tests.
    PublicAndLoopback,
}

/// Why an address cannot be a webhook's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UrlError {
    /// It is no address.
    #[error("write an address such as https://example.org/hooks")]
    Unreadable,
    /// It would be sent in the clear.
    #[error("use https")]
    NotHttps,
    /// A name or a password stands in it.
    #[error("leave out name and password: the signature says who sends")]
    Credentials,
    /// It is not on the public internet.
    #[error("use an address of the public internet")]
    NotPublic,
}

impl Reach {
    /// Reads an address; whether its name leads to the public internet shows when it is called.
    pub(crate) fn url(self, text: &str) -> Result<Url, UrlError> {
        let url = Url::parse(text).map_err(|_| UrlError::Unreadable)?;
        let literal = match url.host().ok_or(UrlError::Unreadable)? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        if !(url.username().is_empty() && url.password().is_none()) {
            return Err(UrlError::Credentials);
        }
        let here = literal.is_some_and(is_loopback) || url.host_str() == Some("localhost");
        match url.scheme() {
            "https" => {}
            "http" if here && self == Self::PublicAndLoopback => {}
            "http" => return Err(UrlError::NotHttps),
            _ => return Err(UrlError::Unreadable),
        }
        if literal.is_some_and(|address| !self.takes(address)) {
            return Err(UrlError::NotPublic);
        }
        Ok(url)
    }

    /// Whether a connection may be made to this address.
    pub(crate) fn takes(self, address: IpAddr) -> bool {
        let is_public = match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        };
        is_public || self == Self::PublicAndLoopback && is_loopback(address)
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.is_loopback()
}

/// Not one of the special-purpose addresses (RFC 6890 and IANA's registry).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = a == 0
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 100 && (64..128).contains(&b)
        || a == 192 && b == 0 && c == 0
        || a == 192 && b == 88 && c == 99
        || a == 198 && (18..20).contains(&b)
        || a >= 224;
    !is_special
}

/// Global unicast, without the parts of it that are for documents or carry addresses of IPv4 inside. What is mapped,
/// translated, local, or a cloud's metadata is not in it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_special = first == 0x2001 && (second < 0x0200 || second == 0x0db8) || first == 0x2002 || first >> 4 == 0x3ff;
    first >> 13 == 1 && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOT_PUBLIC: &[&str] = &[
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "ff02::1",
    ];

    #[test]
    fn only_the_public_internet_is_reached() {
        for text in NOT_PUBLIC {
            let address: IpAddr = text.parse().expect("an address");
            assert!(!Reach::Public.takes(address), "{text}");
            let is_here = matches!(*text, "127.0.0.1" | "127.9.9.9" | "::1");
            assert_eq!(Reach::PublicAndLoopback.takes(address), is_here, "{text}");
        }
        for text in ["8.8.8.8", "100.63.0.1", "172.32.0.1", "198.20.0.1", "223.255.255.1", "2606:4700::1111", "2a00::1"]
        {
            assert!(Reach::Public.takes(text.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn addresses_that_cannot_be_called_are_refused_as_they_are_written() {
        for (text, error) in [
            ("nowhere", UrlError::Unreadable),
            ("ftp://example.org/", UrlError::Unreadable),
            ("http://example.org/", UrlError::NotHttps),
            ("http://localhost/", UrlError::NotHttps),
            ("https://me:secret@example.org/", UrlError::Credentials),
            ("https://127.0.0.1/", UrlError::NotPublic),
            // Other ways to write addresses of IPv4.
            ("https://2130706433/", UrlError::NotPublic),
            ("https://0x7f.1/", UrlError::NotPublic),
            ("https://[::ffff:169.254.169.254]/", UrlError::NotPublic),
        ] {
            assert_eq!(Reach::Public.url(text), Err(error), "{text}");
        }
        for text in ["https://example.org/hooks?a=b", "https://example.org:8443/", "https://localhost/"] {
            assert!(Reach::Public.url(text).is_ok(), "{text}");
        }
        for text in ["http://localhost:1/", "http://127.0.0.1:1/", "http://[::1]:1/"] {
            assert!(Reach::PublicAndLoopback.url(text).is_ok(), "{text}");
        }
        assert_eq!(Reach::PublicAndLoopback.url("http://10.0.0.1/"), Err(UrlError::NotHttps));
    }
}
