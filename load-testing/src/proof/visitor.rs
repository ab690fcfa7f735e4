//! Somebody in line, over HTTP: a device with its cookie, an account, and two gateways that it knows.

use crate::client::{Answer, Connection, headed_request, text_member};
use onsale_core::api::queue::{JoinedQueue, QueueStatus};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::PgConnection;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Before the next try, where nobody answers.
const PAUSE: Duration = Duration::from_millis(250);
/// How long whoever turned to another gateway stays there.
const AWAY_FOR: Duration = Duration::from_secs(10);
/// A line that was set is known everywhere within it.
const KNOWN_WITHIN: Duration = Duration::from_secs(5);
/// So long is something tried until it is given up.
const TRIED_FOR: Duration = Duration::from_secs(120);

/// Waits until every gateway knows the event's line: each reads by itself what the organiser set at one of them.
///
/// # Errors
/// When one does not within seconds.
pub async fn until_known(event: &str, gateways: &[SocketAddr]) -> anyhow::Result<()> {
    let ask = headed_request("GET", &format!("/api/queue/{event}"), &[], None);
    for gateway in gateways {
        let (began, mut connection) = (Instant::now(), Connection::new(*gateway));
        while connection.call(&ask).await.map_or(true, |answer| answer.status != 200) {
            anyhow::ensure!(began.elapsed() < KNOWN_WITHIN, "{gateway} does not know the line of {event}");
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// Somebody in line.
pub struct Visitor {
    event: &'static str,
    cookie: String,
    account: String,
    gateways: [SocketAddr; 2],
    away_since: Option<Instant>,
    connection: Connection,
    /// Of joining; empty before.
    pub queue_token: String,
    /// Calls that got no answer, or were told to come later.
    pub tried_again: usize,
}

impl Visitor {
    /// The `n`th one, with the account's token; every other one is at home at the other gateway.
    #[must_use]
    pub fn new(event: &'static str, n: usize, account: String, gateways: [SocketAddr; 2]) -> Self {
        let [first, second] = gateways;
        let gateways = if n.is_multiple_of(2) { gateways } else { [second, first] };
        // 16 bytes in base64url, so that the device is known whatever becomes of its first call.
        let cookie = format!("onsale_line={:021}A", n + 1);
        let connection = Connection::new(gateways[0]);
        Self {
            event,
            cookie,
            account,
            gateways,
            away_since: None,
            connection,
            queue_token: String::new(),
            tried_again: 0,
        }
    }

    /// Joins, or comes back to its place.
    ///
    /// # Errors
    /// When it is refused, or nobody answers for minutes.
    pub async fn join(&mut self) -> anyhow::Result<JoinedQueue> {
        let path = format!("/api/queue/{}/join", self.event);
        let joined: JoinedQueue = read(&self.persistently("POST", &path, 201).await?)?;
        self.queue_token.clone_from(&joined.queue_token);
        Ok(joined)
    }

    /// Leaves the line.
    ///
    /// # Errors
    /// When it is refused, or nobody answers for minutes.
    pub async fn leave(&mut self) -> anyhow::Result<()> {
        let path = format!("/api/queue/{}/leave", self.event);
        self.persistently("POST", &path, 204).await.map(drop)
    }

    /// What `GET` of a path below the event's line answers.
    ///
    /// # Errors
    /// When it is refused, or nobody answers for minutes.
    pub async fn read<T: DeserializeOwned>(&mut self, below: &str) -> anyhow::Result<T> {
        read(&self.persistently("GET", &format!("/api/queue/{}/{below}", self.event), 200).await?)
    }

    /// Where it is; nothing while nobody can say.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn status(&mut self, signed_in: bool) -> anyhow::Result<Option<QueueStatus>> {
        let path = format!("/api/queue/{}/status", self.event);
        match self.once("GET", &path, signed_in, &[], None).await {
            Ok(answer) if answer.status == 200 => read(&answer).map(Some),
            Ok(answer) if !may_be_tried_again(&answer) => {
                anyhow::bail!("its status was answered {}", describe(&answer))
            }
            _ => {
                self.tried_again += 1;
                Ok(None)
            }
        }
    }

    /// A call of the account's, once.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> io::Result<Answer> {
        self.once(method, path, true, headers, body.map(Value::to_string).as_deref()).await
    }

    async fn persistently(&mut self, method: &str, path: &str, wanted: u16) -> anyhow::Result<Answer> {
        let began = Instant::now();
        loop {
            match self.once(method, path, false, &[], None).await {
                Ok(answer) if answer.status == wanted => return Ok(answer),
                Ok(answer) if !may_be_tried_again(&answer) => {
                    anyhow::bail!("{path} was answered {}", describe(&answer))
                }
                outcome => {
                    anyhow::ensure!(began.elapsed() < TRIED_FOR, "nobody answered {path}: {outcome:?}");
                    self.tried_again += 1;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn once(
        &mut self,
        method: &str,
        path: &str,
        signed_in: bool,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> io::Result<Answer> {
        let bearer = format!("Bearer {}", self.account);
        let mut all = vec![("cookie", self.cookie.as_str())];
        if !self.queue_token.is_empty() {
            all.push(("x-queue-token", &self.queue_token));
        }
        if signed_in {
            all.push(("authorization", &bearer));
        }
        all.extend(headers);
        let request = headed_request(method, path, &all, body);
        if self.away_since.is_some_and(|since| since.elapsed() > AWAY_FOR) {
            self.turn();
        }
        let answer = self.connection.call(&request).await;
        if answer.is_err() {
            self.turn();
        }
        answer
    }

    /// To the other gateway.
    fn turn(&mut self) {
        self.away_since = if self.away_since.is_some() { None } else { Some(Instant::now()) };
        self.connection = Connection::new(self.gateways[usize::from(self.away_since.is_some())]);
    }
}

fn may_be_tried_again(answer: &Answer) -> bool {
    matches!(answer.status, 429 | 502 | 503 | 504)
}

fn read<T: DeserializeOwned>(answer: &Answer) -> anyhow::Result<T> {
    serde_json::from_slice(&answer.body).map_err(|error| anyhow::anyhow!("{error}: {}", describe(answer)))
}

/// The time in so many seconds by the database's clock, as the API takes it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn in_seconds(database: &mut PgConnection, seconds: u32) -> anyhow::Result<String> {
    let sql = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC' + make_interval(secs => $1),
        'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    Ok(sqlx::query_scalar(sql).bind(f64::from(seconds)).fetch_one(database).await?)
}

/// An answer in a few words.
#[must_use]
pub fn describe(answer: &Answer) -> String {
    let code = text_member(&answer.body, "code").unwrap_or_default();
    let text: String = String::from_utf8_lossy(&answer.body).chars().take(200).collect();
    format!("{} {code} {text}", answer.status)
}
