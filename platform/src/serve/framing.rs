//! Refuses HTTP/1 requests that two readers could cut in different places (RFC 9112, 6.3 and 11.2).
//!
//! hyper reads such requests in one safe way and goes on; whoever stands in front of us may have read
//! them in the other. So a head with both `Content-Length` and `Transfer-Encoding`, with either of
//! them twice, or with a line that ends by LF alone is spoilt before hyper sees it, and hyper answers
//! 400 and closes. HTTP/2 has frames of its own and passes untouched.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Of a line no more than this is needed: the longest name and a number.
const LINE_BYTES_MAX: usize = 64;
const HTTP2_PREFACE_LINE: &[u8] = b"PRI * HTTP/2.0\r";

/// A connection whose requests' heads are watched while they are read.
pub(super) struct Framed<T> {
    io: T,
    watch: Watch,
}

impl<T> Framed<T> {
    pub(super) fn new(io: T) -> Self {
        Self { io, watch: Watch::default() }
    }
}

/// Where in the stream of requests the reader is.
#[derive(Default)]
struct Watch {
    place: Place,
    /// The start of the line that is being read.
    line: Vec<u8>,
    /// The last byte of that line so far, which may lie beyond what is kept of it.
    last: u8,
    /// What the head said so far.
    length: Option<u64>,
    encoded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// Before or in the request line.
    #[default]
    Start,
    /// In the header lines.
    Head,
    /// In a body of so many more bytes.
    Body(u64),
    /// In the line that tells a chunk's size.
    ChunkSize,
    /// In a chunk and the CR LF after it: so many more bytes.
    Chunk(u64),
    /// In the lines after the last chunk.
    Trailers,
    /// Not HTTP/1 any more, or refused.
    Opaque,
}

impl Watch {
    /// Reads along; spoils the byte at which a head became ambiguous.
    fn read(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match self.place {
                Place::Opaque => return,
                Place::Body(left) | Place::Chunk(left) => {
                    let here = left.min(rest.len() as u64);
                    at += usize::try_from(here).unwrap_or(rest.len());
                    self.pass(left - here);
                }
                _ => {
                    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                        self.keep(rest);
                        return;
                    };
                    let line = &rest[..end];
                    self.keep(line);
                    at += end + 1;
                    if !self.end_line() {
                        self.place = Place::Opaque;
                        // No line may end like this: the parser refuses it.
                        bytes[at - 1] = 0;
                        return;
                    }
                }
            }
        }
    }

    fn pass(&mut self, left: u64) {
        self.place = match self.place {
            Place::Body(_) if left > 0 => Place::Body(left),
            Place::Chunk(_) if left > 0 => Place::Chunk(left),
            Place::Chunk(_) => Place::ChunkSize,
            _ => Place::Start,
        };
    }

    fn keep(&mut self, part: &[u8]) {
        let room = LINE_BYTES_MAX - self.line.len();
        self.line.extend_from_slice(&part[..part.len().min(room)]);
        self.last = part.last().copied().unwrap_or(self.last);
    }

    /// A line is complete but for its LF; `false` when the request must be refused.
    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        let ended_by_cr = std::mem::take(&mut self.last) == b'\r';
        let good = ended_by_cr && self.take_line(&line);
        // The memory is used again for the next line.
        self.line = line;
        self.line.clear();
        good
    }

    fn take_line(&mut self, line: &[u8]) -> bool {
        let empty = line == b"\r";
        match self.place {
            // Empty lines before a request are skipped, as hyper does.
            Place::Start if empty => {}
            Place::Start if line == HTTP2_PREFACE_LINE => self.place = Place::Opaque,
            Place::Start => {
                self.place = Place::Head;
                (self.length, self.encoded) = (None, false);
            }
            Place::Head if empty => self.place = self.after_head(),
            Place::Head => return self.take_header(line),
            Place::ChunkSize => match chunk_size(line) {
                Some(0) => self.place = Place::Trailers,
                // With the CR LF after it.
                Some(size) => self.place = Place::Chunk(size.saturating_add(2)),
                // hyper refuses it as well.
                None => self.place = Place::Opaque,
            },
            Place::Trailers if empty => self.place = Place::Start,
            Place::Trailers | Place::Body(_) | Place::Chunk(_) | Place::Opaque => {}
        }
        true
    }

    fn take_header(&mut self, line: &[u8]) -> bool {
        if let Some(value) = value_of(line, b"content-length:") {
            let first = self.length.is_none() && !self.encoded;
            let text = std::str::from_utf8(value).unwrap_or_default().trim();
            match text.parse() {
                Ok(length) if first && text.bytes().all(|byte| byte.is_ascii_digit()) => self.length = Some(length),
                _ => return false,
            }
        } else if value_of(line, b"transfer-encoding:").is_some() {
            if self.encoded || self.length.is_some() {
                return false;
            }
            self.encoded = true;
        }
        true
    }

    fn after_head(&self) -> Place {
        match self.length {
            _ if self.encoded => Place::ChunkSize,
            None | Some(0) => Place::Start,
            Some(length) => Place::Body(length),
        }
    }
}

/// The value of a header line of that name.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then_some(value)
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| matches!(byte, b';' | b'\r' | b' ' | b'\t')).next()?;
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

impl<T: AsyncRead + Unpin> AsyncRead for Framed<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, buffer))?;
        self.watch.read(&mut buffer.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Framed<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the bytes pass untouched, read in parts of each length.
    #[track_caller]
    fn passes(text: &str) -> bool {
        let outcomes: Vec<bool> = (1..=text.len())
            .map(|length| {
                let mut watch = Watch::default();
                text.as_bytes().chunks(length).all(|part| {
                    let mut read = part.to_vec();
                    watch.read(&mut read);
                    read == part
                })
            })
            .collect();
        assert!(outcomes.iter().all(|one| *one == outcomes[0]), "the outcome depends on how it is cut: {text:?}");
        outcomes[0]
    }

    #[test]
    fn clear_requests_pass_one_after_another() {
        let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\ncontent-length: 1\r\n\nnot a head";
        let chunked =
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\na\nb\nc\r\n0\r\nTrailer: x\r\n\r\n";
        assert!(passes(&format!("{post}{chunked}{post}\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n")));
        assert!(passes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\n\n\ncontent-length: x\n"));
        let long = "x".repeat(500);
        assert!(passes(&format!(
            "GET /{long} HTTP/1.1\r\nCookie: {long}\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n"
        )));
    }

    #[test]
    fn ambiguous_requests_are_spoilt_also_behind_clear_ones() {
        for head in [
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
            "Content-Length: 3\r\nContent-Length: 3\r\n",
            "Content-Length: 3\r\nContent-Length: 4\r\n",
            "content-length: 3, 3\r\n",
            "Content-Length: +3\r\n",
            "Content-Length:\r\n",
            "Transfer-Encoding: chunked\r\ntransfer-encoding: identity\r\n",
            "A: b\nC: d\r\n",
        ] {
            let one = format!("POST / HTTP/1.1\r\nHost: a\r\n{head}\r\n");
            assert!(!passes(&one), "{head:?}");
            assert!(!passes(&format!("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi{one}")), "{head:?}");
        }
    }
}
