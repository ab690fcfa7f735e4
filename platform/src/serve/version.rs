//! Which version of HTTP a client speaks, known before its first byte is taken.
//!
//! Where it is not, hyper takes the first bytes apart from the rest, and the buffer that it then reads into is twice as
//! large for as long as the connection lives: much, where thousands only listen.

use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// How a connection of HTTP/2 begins where nothing was agreed before (RFC 9113, 3.4), as far as no request of HTTP/1 does.
const HTTP2_BEGINS: &[u8] = b"PRI ";

/// What is known of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    /// It is HTTP/1.
    Http1,
    /// It is HTTP/2, or may be.
    Either,
}

impl Spoken {
    fn by(first: &[u8]) -> Self {
        let known = first.len().min(HTTP2_BEGINS.len());
        if first[..known] == HTTP2_BEGINS[..known] { Self::Either } else { Self::Http1 }
    }
}

/// Waits for the first bytes, and leaves them; nothing where none come in time, or the client goes away.
pub(super) async fn of(stream: &TcpStream, time: Duration) -> Option<Spoken> {
    let mut first = [0; HTTP2_BEGINS.len()];
    match tokio::time::timeout(time, stream.peek(&mut first)).await {
        Ok(Ok(length)) if length > 0 => Some(Spoken::by(&first[..length])),
        _ => None,
    }
}

/// What was agreed in the handshake; HTTP/1 where nothing was.
pub(super) fn agreed(stream: &TlsStream<TcpStream>) -> Spoken {
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Spoken::Either,
        _ => Spoken::Http1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_http_1_and_what_may_be_a_preface_is_either() {
        for request in ["GET / HTTP/1.1", "POST", "PUT /", "PROPFIND", "G", "\0"] {
            assert_eq!(Spoken::by(request.as_bytes()), Spoken::Http1, "{request}");
        }
        for preface in ["PRI * HTTP/2.0", "PRI ", "PR", "P"] {
            assert_eq!(Spoken::by(preface.as_bytes()), Spoken::Either, "{preface}");
        }
    }
}
