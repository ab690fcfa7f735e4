//! `UPSTREAM_<ROLE>`: where a service is.

use axum::http::uri::Authority;
use std::str::FromStr;

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// In this process.
    Local,
    /// `http://host:port`: one address.
    Http(Authority),
    /// `dns://name:port`: every address of the name.
    Dns {
        /// The name, as it is asked for.
        name: String,
        /// The port at each address.
        port: u16,
    },
    /// `srv://name`: addresses, ports, priorities and weights from SRV records (RFC 2782).
    Srv(String),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("use local, http://host:port, dns://name:port or srv://name, not {text:?}");
        if text == "local" {
            return Ok(Self::Local);
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.is_empty() || rest.contains(['/', '?', '#', '@']) {
            return Err(wrong());
        }
        match scheme {
            "http" => rest.parse().map(Self::Http).map_err(|_| wrong()),
            "dns" => {
                let (name, port) = rest.rsplit_once(':').ok_or_else(wrong)?;
                let port = port.parse().map_err(|_| wrong())?;
                Ok(Self::Dns { name: name.to_owned(), port })
            }
            "srv" if !rest.contains(':') => Ok(Self::Srv(rest.to_owned())),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_read_and_others_are_refused_with_the_remedy() {
        assert_eq!("local".parse(), Ok(Target::Local));
        assert_eq!("http://booking:8080/".parse(), Ok(Target::Http(Authority::from_static("booking:8080"))));
        assert_eq!(
            "dns://booking.internal:8080".parse(),
            Ok(Target::Dns { name: "booking.internal".to_owned(), port: 8080 })
        );
        assert_eq!("srv://_http._tcp.booking".parse(), Ok(Target::Srv("_http._tcp.booking".to_owned())));
        for text in ["", "booking:8080", "https://booking", "dns://booking", "dns://b:x", "srv://a:1", "http://a/b"] {
            let error = text.parse::<Target>().expect_err(text);
            assert!(error.contains("use local, http://host:port"), "{error}");
        }
    }
}
