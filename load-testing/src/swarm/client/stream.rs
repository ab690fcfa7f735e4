//! A stream of server-sent events over a socket of its own. What comes is read into one buffer that all share; only a
//! message that is not there as a whole is kept.

use crate::client::{Head, connect};
use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// A stream that does not begin within it is lost.
const BEGIN_MAX: Duration = Duration::from_secs(30);
/// The longest message: the states of a large hall.
const MESSAGE_MAX: usize = 4 << 20;
/// Room that is not given back after a long message.
const KEPT: usize = 256;

/// An open stream.
pub struct Stream {
    socket: TcpStream,
    chunks: Chunks,
    /// The beginning of a message whose end has not come.
    rest: Vec<u8>,
}

/// Why there is no stream.
#[derive(Debug)]
pub enum NoStream {
    /// There was no answer.
    Lost,
    /// It was answered with another status.
    Refused(u16),
}

impl Stream {
    /// Opens it and waits for the head of the answer.
    ///
    /// # Errors
    /// When it is refused, or does not begin.
    pub async fn open(address: SocketAddr, source: IpAddr, path: &str) -> Result<Self, NoStream> {
        let opened = tokio::time::timeout(BEGIN_MAX, Self::begin(address, source, path)).await;
        match opened {
            Ok(Ok((200, stream))) => Ok(stream),
            Ok(Ok((status, _))) => Err(NoStream::Refused(status)),
            Ok(Err(_)) | Err(_) => Err(NoStream::Lost),
        }
    }

    async fn begin(address: SocketAddr, source: IpAddr, path: &str) -> io::Result<(u16, Self)> {
        let mut socket = connect(address, Some(source)).await?;
        let ask = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n");
        socket.write_all(ask.as_bytes()).await?;
        let mut head = Vec::with_capacity(1_024);
        let (status, end) = loop {
            socket.readable().await?;
            match socket.try_read_buf(&mut head) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            }
            if let Some(read) = Head::parse(&head)? {
                break (read.status, read.end);
            }
        };
        let mut stream = Self { socket, chunks: Chunks::default(), rest: Vec::new() };
        // The first message may have come with it: it is told with the next ones.
        if status == 200 {
            let rest = &mut stream.rest;
            stream.chunks.take(&head[end..], |data| rest.extend_from_slice(data))?;
        }
        Ok((status, stream))
    }

    /// Waits for more, and tells each whole message. May be given up and called again.
    ///
    /// # Errors
    /// When the stream ended.
    pub async fn next(&mut self, scratch: &RefCell<Box<[u8]>>, mut heard: impl FnMut(&[u8])) -> io::Result<()> {
        if !self.rest.is_empty() && split(&mut self.rest, &mut heard) {
            return Ok(());
        }
        loop {
            self.socket.readable().await?;
            let mut scratch = scratch.borrow_mut();
            let read = match self.socket.try_read(&mut scratch) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            let (chunks, rest) = (&mut self.chunks, &mut self.rest);
            chunks.take(&scratch[..read], |data| messages(rest, data, &mut heard))?;
            if self.rest.len() > MESSAGE_MAX {
                return Err(ErrorKind::FileTooLarge.into());
            }
            return Ok(());
        }
    }
}

/// Tells the whole messages of what was kept and of what came.
fn messages(rest: &mut Vec<u8>, data: &[u8], heard: &mut impl FnMut(&[u8])) {
    if !rest.is_empty() {
        rest.extend_from_slice(data);
        split(rest, heard);
        return;
    }
    let mut left = data;
    while let Some(end) = end_of(left) {
        heard(&left[..end]);
        left = &left[end + 2..];
    }
    rest.extend_from_slice(left);
}

/// Tells and drops the whole messages; whether there was one.
fn split(rest: &mut Vec<u8>, heard: &mut impl FnMut(&[u8])) -> bool {
    let mut told = 0;
    while let Some(end) = end_of(&rest[told..]) {
        heard(&rest[told..told + end]);
        told += end + 2;
    }
    rest.drain(..told);
    if rest.is_empty() && rest.capacity() > KEPT {
        *rest = Vec::new();
    }
    told > 0
}

fn end_of(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair == b"\n\n")
}

/// Takes the framing of chunks off (RFC 9112, 7.1), however the bytes are cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Chunks {
    /// In the line of a chunk's length, so far.
    #[default]
    Begin,
    Length(usize),
    /// So many bytes are to come.
    Data(usize),
    /// Before the line's end that follows them: so many bytes of it are to come.
    End(u8),
    Over,
}

impl Chunks {
    fn take(&mut self, mut bytes: &[u8], mut data: impl FnMut(&[u8])) -> io::Result<()> {
        while let Some(first) = bytes.first() {
            let used = match *self {
                Self::Begin | Self::Length(_) => {
                    *self = self.lengthened(*first)?;
                    1
                }
                Self::Data(left) => {
                    let here = left.min(bytes.len());
                    data(&bytes[..here]);
                    *self = if here == left { Self::End(2) } else { Self::Data(left - here) };
                    here
                }
                Self::End(left) => {
                    *self = if left == 1 { Self::Begin } else { Self::End(left - 1) };
                    1
                }
                Self::Over => return Err(ErrorKind::UnexpectedEof.into()),
            };
            bytes = &bytes[used..];
        }
        if *self == Self::Over { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// One more byte of the length's line.
    fn lengthened(self, byte: u8) -> io::Result<Self> {
        let so_far = if let Self::Length(so_far) = self { so_far } else { 0 };
        match char::from(byte) {
            '\r' => Ok(Self::Length(so_far)),
            '\n' if so_far == 0 => Ok(Self::Over),
            '\n' => Ok(Self::Data(so_far)),
            digit => {
                let digit = digit.to_digit(16).and_then(|digit| usize::try_from(digit).ok());
                let longer = so_far.checked_mul(16).zip(digit).map(|(so_far, digit)| so_far + digit);
                longer.filter(|length| *length <= MESSAGE_MAX).map(Self::Length).ok_or(ErrorKind::InvalidData.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(cuts: &[&[u8]]) -> Vec<String> {
        let (mut chunks, mut rest, mut told) = (Chunks::default(), Vec::new(), Vec::new());
        let mut heard = |message: &[u8]| told.push(String::from_utf8_lossy(message).into_owned());
        for cut in cuts {
            chunks.take(cut, |data| messages(&mut rest, data, &mut heard)).expect("framed well");
        }
        told
    }

    #[test]
    fn messages_are_the_same_however_the_bytes_are_cut() {
        let bytes = b"9\r\ndata: 1\n\n\r\n5\r\ndata:\r\n10\r\n 2\n\ndata: 3\n\ndat\r\n4\r\na4\n\n\r\n";
        let whole = told(&[bytes]);
        assert_eq!(whole, ["data: 1", "data: 2", "data: 3", "data4"]);
        for cut in 1..bytes.len() {
            assert_eq!(told(&[&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(told(&single), whole);
    }

    #[test]
    fn the_last_chunk_ends_the_stream_and_nonsense_is_refused() {
        assert!(Chunks::default().take(b"0\r\n", |_| {}).is_err());
        assert!(Chunks::default().take(b"zz\r\n", |_| {}).is_err());
    }
}
