//! A mail server that keeps what it gets: RFC 5321 as far as a client needs it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: String,
}

#[derive(Default)]
struct Shared {
    received: Vec<Received>,
    /// What is answered to `RCPT TO`, by address, once each.
    refusals: HashMap<String, Vec<&'static str>>,
}

/// The server; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct SmtpServer {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

impl SmtpServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let server = Self { port: listener.local_addr().expect("an address").port(), shared: Arc::default() };
        let shared = Arc::clone(&server.shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Answers this, once, to a mail for that address.
    pub(crate) fn refuse(&self, address: &str, answer: &'static str) {
        let mut shared = self.shared.lock().expect("not poisoned");
        shared.refusals.entry(address.to_owned()).or_default().push(answer);
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.lock().expect("not poisoned").received.clone()
    }
}

async fn serve(stream: TcpStream, shared: Arc<Mutex<Shared>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut from, mut to) = (String::new(), String::new());
    write.write_all(b"220 test ESMTP\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let answer = if line.starts_with("EHLO") {
            "250-test\r\n250 8BITMIME".to_owned()
        } else if let Some(address) = line.strip_prefix("MAIL FROM:") {
            from = address_of(address);
            "250 ok".to_owned()
        } else if let Some(address) = line.strip_prefix("RCPT TO:") {
            to = address_of(address);
            let mut shared = shared.lock().expect("not poisoned");
            let refusal = shared.refusals.get_mut(&to).and_then(Vec::pop);
            refusal.unwrap_or("250 ok").to_owned()
        } else if line == "DATA" {
            write.write_all(b"354 go on\r\n").await.ok()?;
            let mut data = String::new();
            loop {
                let line = lines.next_line().await.ok()??;
                if line == "." {
                    break;
                }
                data.push_str(line.strip_prefix('.').unwrap_or(&line));
                data.push('\n');
            }
            let mail = Received { from: from.clone(), to: to.clone(), data };
            shared.lock().expect("not poisoned").received.push(mail);
            "250 kept".to_owned()
        } else if line == "QUIT" {
            write.write_all(b"221 bye\r\n").await.ok()?;
            return Some(());
        } else {
            "250 ok".to_owned()
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}

fn address_of(text: &str) -> String {
    text.trim().trim_start_matches('<').split('>').next().unwrap_or_default().to_owned()
}
