//! Makes what is bought and who buys: a hall, events in it, signed-in people. All through the public API; only the
//! first admin's role is given in the database, since nobody could give it yet.

use crate::client::{Answer, Connection, request, text_member};
use crate::load::{self, Pace};
use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const PASSWORD: &str = "Kestrel-on-the-9th-gate";
/// People who register at once.
const REGISTERING_MAX: usize = 16;
/// How long an event may take from publishing until it can be reserved.
const PUBLISHED_MAX: Duration = Duration::from_secs(60);

const ROWS: usize = 26;
const SEATS_PER_ROW: usize = 50;
/// Seats of a zone.
pub const ZONE_SEATS: usize = ROWS * SEATS_PER_ROW;

/// A signed-in admin.
pub struct Admin {
    address: SocketAddr,
    token: String,
}

/// A hall that events can be in.
pub struct Hall {
    plan_id: String,
    zones: usize,
}

impl Hall {
    /// How many seats it has.
    #[must_use]
    pub fn seats(&self) -> usize {
        self.zones * ZONE_SEATS
    }

    /// The id of its `n`th seat, from 0.
    #[must_use]
    pub fn seat_id(&self, n: usize) -> String {
        let (zone, place) = (n / ZONE_SEATS + 1, n % ZONE_SEATS);
        let row = char::from(b'A' + u8::try_from(place / SEATS_PER_ROW).unwrap_or(0));
        format!("Z{zone}-{row}{}", place % SEATS_PER_ROW + 1)
    }
}

/// What an event sells, and for how long it holds.
pub struct Sale<'a> {
    /// Its seats, where it has some.
    pub hall: Option<&'a Hall>,
    /// How long a hold lasts: 60 to 3600.
    pub hold_seconds: u32,
    /// How many places to stand there are, as ticket type `standing`.
    pub standing: Option<u32>,
}

impl Sale<'_> {
    fn ticket_types(&self) -> Vec<Value> {
        let face = json!({"amount": "50.00", "currency": "EUR"});
        let price = json!({"total": face, "lines": [{"kind": "face", "label": "Ticket", "amount": face}]});
        let seats = self.hall.map(|_| {
            json!({"ticketType": "adult", "name": "Adult", "category": "STANDARD", "price": price, "capacity": null})
        });
        let standing = self.standing.map(|capacity| {
            json!({"ticketType": "standing", "name": "Standing", "category": null, "price": price, "capacity": capacity})
        });
        seats.into_iter().chain(standing).collect()
    }
}

/// Where the `n`th of some people is reached.
#[must_use]
pub fn email(who: &str, n: usize) -> String {
    format!("{who}{n}@loadtest.com")
}

/// Signs in somebody whom [`sign_up`] registered; gives the token.
///
/// # Errors
/// When that is refused, or there is no answer.
pub async fn sign_in(address: SocketAddr, email: &str) -> anyhow::Result<String> {
    let body = json!({"email": email, "password": PASSWORD}).to_string();
    let answer = Connection::new(address).call(&request("POST", "/api/auth/login", None, Some(&body))).await?;
    text_member(&answer.body, "token").with_context(|| format!("the sign-in was answered {}", describe(&answer)))
}

/// Registers people and signs them in; gives their tokens, in order.
///
/// # Errors
/// When one cannot be registered.
pub async fn sign_up(address: SocketAddr, people: usize, who: &str) -> anyhow::Result<Vec<String>> {
    let requests = (0..people)
        .map(|n| {
            let body = json!({"email": email(who, n), "password": PASSWORD, "name": format!("Load {n}")});
            request("POST", "/api/auth/register", None, Some(&body.to_string()))
        })
        .collect();
    let keep = |answer: &Answer| if answer.status == 201 { text_member(&answer.body, "token") } else { None };
    let outcome = load::run(address, requests, REGISTERING_MAX, Pace::Closed, keep).await?;
    ensure!(outcome.kept.len() == people, "{people} registrations were answered {:?}", outcome.by_status);
    Ok(outcome.kept.into_iter().map(|(_, token)| token).collect())
}

impl Admin {
    /// Registers an account and makes it an admin.
    ///
    /// # Errors
    /// When it cannot be registered or signed in.
    pub async fn create(address: SocketAddr, database_url: &str) -> anyhow::Result<Self> {
        sign_up(address, 1, "bench-admin").await?;
        let mut database = PgConnection::connect(database_url).await.context("reach the house's database")?;
        let grant =
            "UPDATE auth.accounts SET roles = ARRAY['customer', 'admin'] WHERE email_key = 'bench-admin0@loadtest.com'";
        let granted = sqlx::query(grant).execute(&mut database).await?.rows_affected();
        ensure!(granted == 1, "the admin's account was not found");
        let token = sign_in(address, &email("bench-admin", 0)).await?;
        Ok(Self::new(address, token))
    }

    /// An admin who is signed in already.
    #[must_use]
    pub fn new(address: SocketAddr, token: String) -> Self {
        Self { address, token }
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send("POST", path, body).await
    }

    /// Sends a change and gives the answer's body.
    ///
    /// # Errors
    /// When it is refused, or there is no answer.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let body = body.to_string();
        let answer = Connection::new(self.address).call(&request(method, path, Some(&self.token), Some(&body))).await?;
        ensure!((200..300).contains(&answer.status), "{method} {path} was answered {}", describe(&answer));
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }

    /// Sets up an event's waiting room, or changes it.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn set_line(&self, event: &str, room: &Value) -> anyhow::Result<()> {
        self.send("PUT", &format!("/api/admin/events/{event}/queue"), room).await.map(drop)
    }

    /// Makes a venue with a plan of at least so many seats, in zones of 26 rows of 50.
    ///
    /// # Errors
    /// When admin refuses it.
    pub async fn create_hall(&self, seats: usize) -> anyhow::Result<Hall> {
        let zones = seats.div_ceil(ZONE_SEATS).max(1);
        let venue = json!({"id": "BENCH", "name": "Bench Hall", "city": "Lisboa", "country": "PT",
            "timeZone": "Europe/Lisbon", "latitude": 38.7, "longitude": -9.1});
        self.post("/api/admin/venues", &venue).await?;
        let zone = |n: usize| {
            json!({"zoneId": n, "name": format!("Zone {n}"), "category": "STANDARD", "rows": ROWS,
                "seatsPerRow": SEATS_PER_ROW, "seatIdPrefix": format!("Z{n}-")})
        };
        let plan = json!({"name": "Bench", "zones": (1..=zones).map(zone).collect::<Vec<_>>()});
        let made = self.post("/api/admin/venues/BENCH/plans", &plan).await?;
        let plan_id = made["planId"].as_str().context("the plan has no planId")?.to_owned();
        Ok(Hall { plan_id, zones })
    }

    /// Makes an event in the hall, publishes it, and waits until it is listed. Its holds last an hour.
    ///
    /// # Errors
    /// When admin refuses it, or it is not listed within a minute.
    pub async fn publish_event(&self, hall: &Hall, id: &str) -> anyhow::Result<()> {
        self.publish(id, &Sale { hall: Some(hall), hold_seconds: 3600, standing: None }).await
    }

    /// The same with rules of its own.
    ///
    /// # Errors
    /// When admin refuses it, or it is not listed within a minute.
    pub async fn publish(&self, id: &str, sale: &Sale<'_>) -> anyhow::Result<()> {
        let event = json!({"id": id, "venueId": "BENCH", "planId": sale.hall.map(|hall| &hall.plan_id),
            "name": format!("Bench concert {id}"),
            "description": "A concert to measure by.", "type": "concert", "startsAt": "2035-01-01T20:00:00Z",
            "sale": {"currency": "EUR", "onSaleAt": "2020-01-01T00:00:00Z", "offSaleAt": null,
                "holdSeconds": sale.hold_seconds, "maxPerAccount": null,
                "refund": {"untilHoursBefore": 24, "feesRefunded": false}},
            "ticketTypes": sale.ticket_types()});
        self.post("/api/admin/events", &event).await?;
        self.go_public(id).await
    }

    /// Publishes an event and waits until it is listed.
    ///
    /// # Errors
    /// When admin refuses it, or it is not listed within a minute.
    pub async fn go_public(&self, id: &str) -> anyhow::Result<()> {
        self.post(&format!("/api/admin/events/{id}/publish"), &json!({})).await?;
        let began = Instant::now();
        let ask = request("GET", &format!("/api/events/{id}"), None, None);
        let mut connection = Connection::new(self.address);
        while began.elapsed() < PUBLISHED_MAX {
            if connection.call(&ask).await?.status == 200 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the event {id} was not listed {PUBLISHED_MAX:?} after it was published")
    }
}

fn describe(answer: &Answer) -> String {
    let text: String = String::from_utf8_lossy(&answer.body).chars().take(500).collect();
    format!("{} {text}", answer.status)
}
