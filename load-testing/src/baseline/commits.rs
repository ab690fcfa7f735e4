//! PostgreSQL's own rate of commits: one row in each, and 256 rows in each as the house's group commit writes them.

use super::postgres::{Baseline, CLIENTS};
use anyhow::{Context, ensure};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// Rows that a batch writes by one statement.
const BATCH: u16 = 256;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS rows (
        id uuid NOT NULL PRIMARY KEY, place bigint NOT NULL, data jsonb NOT NULL, at timestamptz NOT NULL);
    TRUNCATE rows";
const SINGLE: &str = "INSERT INTO rows (id, place, data, at)
    VALUES (gen_random_uuid(), :client_id, '{\"seats\": [[1, 0, 1], [2, 0, 1]], \"total\": 10000}', now());\n";
const BATCHED: &str = "INSERT INTO rows (id, place, data, at)
    SELECT gen_random_uuid(), place, '{\"seats\": [[1, 0, 1], [2, 0, 1]], \"total\": 10000}', now()
    FROM unnest($1::bigint[]) AS place";

impl Baseline {
    /// Commits of one row each, a second: the better of two numbers of clients, by `pgbench`.
    ///
    /// # Errors
    /// When pgbench fails, or no row is there afterwards.
    pub async fn commits_per_second(&self, seconds: u64) -> anyhow::Result<f64> {
        let mut bench = self.rows().await?;
        std::fs::write(self.scripts.join("commit.sql"), SINGLE)?;
        let mut best = 0.0_f64;
        for clients in CLIENTS {
            let rate = self.pgbench("commit.sql", clients, 0, 0, &[format!("--time={seconds}")]).await?;
            best = best.max(rate);
        }
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM rows").fetch_one(&mut bench).await?;
        ensure!(rows > 0, "pgbench told {best} commits a second and left no row");
        Ok(best)
    }

    /// Rows a second where each commit has 256 of them, one after the other over one connection, as one batcher does.
    ///
    /// # Errors
    /// When a batch is refused, or rows are missing afterwards.
    pub async fn batched_rows_per_second(&self, time: Duration) -> anyhow::Result<f64> {
        let mut bench = self.rows().await?;
        let places: Vec<i64> = (0..i64::from(BATCH)).collect();
        let (began, mut batches) = (Instant::now(), 0_u32);
        while began.elapsed() < time {
            sqlx::query(BATCHED).bind(&places).execute(&mut bench).await.context("write a batch")?;
            batches += 1;
        }
        let took = began.elapsed();
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM rows").fetch_one(&mut bench).await?;
        let written = f64::from(batches) * f64::from(BATCH);
        ensure!(i64::from(batches) * i64::from(BATCH) == rows, "{written} rows were written, {rows} are there");
        Ok(written / took.as_secs_f64())
    }

    async fn rows(&self) -> anyhow::Result<PgConnection> {
        let mut bench = PgConnection::connect(&self.url).await.context("reach the baseline's database")?;
        sqlx::raw_sql(TABLE).execute(&mut bench).await.context("make the table of rows")?;
        Ok(bench)
    }
}
