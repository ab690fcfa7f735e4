//! PostgreSQL's own rate: the rows of one hold, or of one paid order, as one statement, by `pgbench`, on the
//! server that the house runs on and in tables made by the house's own migrations.

use anyhow::{Context, ensure};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// Rates are taken with each of these; the better one counts.
pub(super) const CLIENTS: [usize; 2] = [8, 32];

const BOOKING: &str = include_str!("../../../migration/sql/booking/V0001__holds_orders_tickets.sql");
const PAYMENT: &str = include_str!("../../../migration/sql/payment/V0001__payments.sql");
const RESERVE: &str = include_str!("reserve.sql");
const CONFIRM: &str = include_str!("confirm.sql");

/// A database beside the house's own, on the same server.
pub struct Baseline {
    pub(super) url: String,
    pub(super) scripts: PathBuf,
}

impl Baseline {
    /// Makes the database and its tables.
    ///
    /// # Errors
    /// When the server refuses, or would not write to disk what it commits.
    pub async fn create(house_url: &str, home: &Path) -> anyhow::Result<Self> {
        let mut house = PgConnection::connect(house_url).await.context("reach PostgreSQL")?;
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let value: String =
                sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut house).await?;
            ensure!(value == "on", "{setting} is {value}: nothing would be durable, and nothing compared");
        }
        sqlx::raw_sql("DROP DATABASE IF EXISTS bench").execute(&mut house).await?;
        sqlx::raw_sql("CREATE DATABASE bench").execute(&mut house).await?;
        let mut url = url::Url::parse(house_url)?;
        url.set_path("/bench");
        let mut bench = PgConnection::connect(url.as_str()).await?;
        sqlx::raw_sql("CREATE SCHEMA booking; CREATE SCHEMA payment").execute(&mut bench).await?;
        sqlx::raw_sql(BOOKING).execute(&mut bench).await.context("make booking's tables")?;
        sqlx::raw_sql(PAYMENT).execute(&mut bench).await.context("make payment's tables")?;
        for (name, script) in [("reserve.sql", RESERVE), ("confirm.sql", CONFIRM)] {
            std::fs::write(home.join(name), script)?;
        }
        Ok(Self { url: url.into(), scripts: home.to_owned() })
    }

    /// Two-seat holds a second.
    ///
    /// # Errors
    /// When pgbench fails, or a hold is missing afterwards.
    pub async fn holds_per_second(&self, holds: usize) -> anyhow::Result<f64> {
        self.fill(holds, "").await?;
        self.measure("reserve.sql", holds, "SELECT count(*) FROM booking.reservations WHERE live = 2").await
    }

    /// The latency in milliseconds that 99 of 100 two-seat holds do not exceed when `rate` of them come a second, by
    /// the clock, for `seconds`: what the disk and the machine allow by themselves.
    ///
    /// # Errors
    /// When pgbench fails or tells nothing.
    pub async fn holds_p99_ms(&self, rate: f64, seconds: u64) -> anyhow::Result<f64> {
        // A count of operations: small and positive.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are small and positive")]
        let holds = (rate * 1.2) as usize * usize::try_from(seconds)?;
        self.fill(holds, "").await?;
        let prefix = self.scripts.join("pgbench-log");
        let clients = CLIENTS[1];
        let log = format!("--log-prefix={}", prefix.display());
        let paced = [format!("--rate={rate:.0}"), format!("--time={seconds}"), "--log".to_owned(), log];
        self.pgbench("reserve.sql", clients, holds / clients, 0, &paced).await?;
        let mut micros: Vec<f64> = Vec::new();
        for entry in std::fs::read_dir(&self.scripts)? {
            let path = entry?.path();
            if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("pgbench-log")) {
                // client, transaction, latency in micros from when it was due, …
                let text = std::fs::read_to_string(&path)?;
                micros.extend(text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok()));
                std::fs::remove_file(&path)?;
            }
        }
        micros.sort_unstable_by(f64::total_cmp);
        let place = micros.len() * 99 / 100;
        micros.get(place).map(|micros| micros / 1000.0).context("pgbench logged nothing")
    }

    /// Paid two-seat orders a second, of holds made before.
    ///
    /// # Errors
    /// When pgbench fails, or an order is missing afterwards.
    pub async fn orders_per_second(&self, orders: usize) -> anyhow::Result<f64> {
        let held = "UPDATE booking.seats SET state = 1, fence = 1, ends_at = now() + interval '1 hour',
                reservation_id = ('00000000-0000-7000-8000-' || lpad(to_hex(seat_no / 2), 12, '0'))::uuid;
            INSERT INTO booking.reservations (id, event_no, account_id, offer_version, status, content, live, total,
                hold_ends_at, version, sequence)
            SELECT reservation_id, 1, gen_random_uuid(), 1, 'ACTIVE', jsonb_build_object('seats',
                jsonb_agg(jsonb_build_array(seat_no, 0, 1)), 'tickets', '[]'::jsonb, 'draws', '[]'::jsonb), 2, 10000,
                now() + interval '1 hour', 1, 1
            FROM booking.seats GROUP BY reservation_id;";
        self.fill(orders, held).await?;
        self.measure("confirm.sql", orders, "SELECT count(*) FROM booking.orders").await
    }

    /// Empties the tables and makes seats for both of pgbench's runs.
    async fn fill(&self, operations: usize, then: &str) -> anyhow::Result<()> {
        let seats = (operations + CLIENTS[1] + 2) * 2 * CLIENTS.len();
        let sql = format!(
            "TRUNCATE booking.inventories, booking.events, payment.payments, payment.events CASCADE;
             INSERT INTO booking.inventories (event_no, event_id, version) OVERRIDING SYSTEM VALUE VALUES (1, 'BENCH', 1);
             INSERT INTO booking.seats (event_no, seat_no) SELECT 1, n FROM generate_series(0, {seats} - 1) AS n;
             {then}"
        );
        let mut bench = PgConnection::connect(&self.url).await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut bench).await.context("fill the tables")?;
        sqlx::raw_sql("VACUUM ANALYZE").execute(&mut bench).await?;
        sqlx::raw_sql("CHECKPOINT").execute(&mut bench).await?;
        Ok(())
    }

    async fn measure(&self, script: &str, operations: usize, count: &'static str) -> anyhow::Result<f64> {
        let mut best = 0.0_f64;
        let mut base = 0;
        let mut expected = 0;
        for clients in CLIENTS {
            let each = (operations / clients).max(1);
            best = best.max(self.pgbench(script, clients, each, base, &[format!("--transactions={each}")]).await?);
            base += each * clients + 1;
            expected += each * clients;
        }
        let mut bench = PgConnection::connect(&self.url).await?;
        let made: i64 = sqlx::query_scalar(count).fetch_one(&mut bench).await?;
        ensure!(usize::try_from(made) == Ok(expected), "{script}: {expected} were sent, {made} are there");
        Ok(best)
    }

    pub(super) async fn pgbench(
        &self,
        script: &str,
        clients: usize,
        each: usize,
        base: usize,
        how: &[String],
    ) -> anyhow::Result<f64> {
        let mut command = Command::new(program()?);
        command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--define=i=-1"]);
        command.arg(format!("--client={clients}")).args(how);
        command.args([format!("--define=each={each}"), format!("--define=base={base}")]);
        command.arg("--file").arg(self.scripts.join(script)).arg(&self.url);
        let output = command.stdin(Stdio::null()).output().await.context("run pgbench; it comes with PostgreSQL")?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "pgbench failed: {text}{}", String::from_utf8_lossy(&output.stderr));
        rate(&text).with_context(|| format!("pgbench told no rate: {text}"))
    }
}

/// `pgbench` beside the server's programs, else on the path.
fn program() -> anyhow::Result<PathBuf> {
    let beside = onsale_engines::postgres_programs(None)?.join("pgbench");
    Ok(if beside.exists() { beside } else { PathBuf::from("pgbench") })
}

fn rate(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let text = "latency average = 0.6 ms\ntps = 12984.193000 (without initial connection time)\n";
        assert_eq!(rate(text), Some(12984.193));
        assert_eq!(rate("pgbench: error: connection failed"), None);
    }
}
