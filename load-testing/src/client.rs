//! HTTP/1.1 over one kept connection, with as little work as can be: the load shares the machine's cores with
//! what it loads.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// An answer that takes longer counts as lost.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// The longest answer that is read.
const BODY_MAX: usize = 64 << 20;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// The last cookie that it sets, `name=value`.
    pub cookie: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A connection that is opened when needed and kept.
pub struct Connection {
    address: SocketAddr,
    source: Option<IpAddr>,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    /// Not yet open.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, source: None, stream: None, buffer: Vec::with_capacity(8 << 10) }
    }

    /// The same from an address of this machine.
    #[must_use]
    pub fn from_source(self, source: IpAddr) -> Self {
        Self { source: Some(source), ..self }
    }

    /// Whether it is open, as far as is known here.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    /// Sends a request as made by [`request`] and reads its answer. Nothing is sent twice.
    ///
    /// # Errors
    /// When there is no whole answer: then its outcome is unknown.
    pub async fn call(&mut self, request: &[u8]) -> io::Result<Answer> {
        let outcome = tokio::time::timeout(ANSWER_MAX, self.exchange(request)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()));
        if outcome.is_err() {
            self.stream = None;
        }
        outcome
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.address, self.source).await?,
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(head) = Head::parse(&self.buffer)? {
                break head;
            }
            fill(&mut stream, &mut self.buffer).await?;
        };
        let body = match head.length {
            Length::Bytes(length) => {
                while self.buffer.len() < head.end + length {
                    fill(&mut stream, &mut self.buffer).await?;
                }
                self.buffer[head.end..head.end + length].to_vec()
            }
            Length::Chunks => loop {
                match chunks(&self.buffer[head.end..])? {
                    Some(body) => break body,
                    None => fill(&mut stream, &mut self.buffer).await?,
                }
            },
        };
        if !head.closes {
            self.stream = Some(stream);
        }
        Ok(Answer { status: head.status, retry_after: head.retry_after, cookie: head.cookie, body })
    }
}

/// A connection, from a certain address of this machine where one is named: each has ports of its own.
pub(crate) async fn connect(address: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpStream> {
    let stream = match source {
        Some(source) => {
            let socket = if source.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
            socket.bind(SocketAddr::new(source, 0))?;
            socket.connect(address).await?
        }
        None => TcpStream::connect(address).await?,
    };
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    if buffer.len() > BODY_MAX {
        return Err(ErrorKind::FileTooLarge.into());
    }
    match stream.read_buf(buffer).await? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

enum Length {
    Bytes(usize),
    Chunks,
}

/// What is read of an answer's head.
pub(crate) struct Head {
    /// The status.
    pub(crate) status: u16,
    /// Where the body begins.
    pub(crate) end: usize,
    length: Length,
    closes: bool,
    retry_after: Option<u32>,
    cookie: Option<String>,
}

impl Head {
    /// The answer's head, once it is there as a whole.
    pub(crate) fn parse(bytes: &[u8]) -> io::Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let text = std::str::from_utf8(&bytes[..end]).map_err(|_| ErrorKind::InvalidData)?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.get(9..12)).and_then(|code| code.parse().ok());
        let status: u16 = status.ok_or(ErrorKind::InvalidData)?;
        let mut length = Length::Bytes(0);
        let mut closes = false;
        let (mut retry_after, mut cookie) = (None, None);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                length = Length::Bytes(value.parse().map_err(|_| ErrorKind::InvalidData)?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
                length = Length::Chunks;
            } else if name.eq_ignore_ascii_case("connection") {
                closes = value.eq_ignore_ascii_case("close");
            } else if name.eq_ignore_ascii_case("retry-after") {
                retry_after = value.parse().ok();
            } else if name.eq_ignore_ascii_case("set-cookie") {
                cookie = value.split(';').next().map(str::to_owned);
            }
        }
        Ok(Some(Self { status, end: end + 4, length, closes, retry_after, cookie }))
    }
}

/// The body of all chunks, once the last one is there.
fn chunks(mut bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(line_end) = bytes.windows(2).position(|window| window == b"\r\n") else { return Ok(None) };
        let size = std::str::from_utf8(&bytes[..line_end]).ok().and_then(|text| text.split(';').next());
        let size = size.and_then(|text| usize::from_str_radix(text.trim(), 16).ok()).ok_or(ErrorKind::InvalidData)?;
        let start = line_end + 2;
        if bytes.len() < start.saturating_add(size).saturating_add(2) {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(&bytes[start..start + size]);
        bytes = &bytes[start + size + 2..];
    }
}

/// The bytes of a request.
#[must_use]
pub fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    keyed_request(method, path, token, None, body)
}

/// The bytes of a request with an `Idempotency-Key`.
#[must_use]
pub fn keyed_request(method: &str, path: &str, token: Option<&str>, key: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let bearer = bearer.iter().map(|bearer| ("authorization", bearer.as_str()));
    let headers: Vec<_> = bearer.chain(key.map(|key| ("idempotency-key", key))).collect();
    headed_request(method, path, &headers, body)
}

/// The bytes of a request with these headers.
#[must_use]
pub fn headed_request(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(body) = body {
        text.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
    } else {
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// The value of the first text member of that name in a JSON text, without reading the rest.
#[must_use]
pub fn text_member(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let after = text.split_once(&format!("\"{name}\":\""))?.1;
    after.split_once('"').map(|(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together_when_the_last_is_there() {
        assert_eq!(chunks(b"4\r\nsold\r\n").expect("readable"), None);
        assert_eq!(chunks(b"4\r\nsold\r\n3;x=y\r\nout\r\n0\r\n\r\n").expect("readable"), Some(b"soldout".to_vec()));
        assert!(chunks(b"zz\r\n").is_err());
    }

    #[test]
    fn a_member_is_found_without_reading_the_rest() {
        let body = br#"{"reservationId":"r-1","seats":[{"seatId":"A1"}]}"#;
        assert_eq!(text_member(body, "reservationId").as_deref(), Some("r-1"));
        assert_eq!(text_member(body, "token"), None);
    }
}
