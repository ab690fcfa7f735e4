//! PostgreSQL: stop, crash, replacement, and data of another version.

use crate::{folder, remove};
use onsale_engines::{Durability, Postgres, PostgresConfig, postgres_programs};
use std::process::Command;

fn config(home: &std::path::Path) -> PostgresConfig {
    let mut config = PostgresConfig::new(home.join("postgres"));
    config.durability = Durability::None;
    config
}

fn ask(postgres: &Postgres, sql: &str) -> String {
    let psql = postgres_programs(None).expect("PostgreSQL is installed").join("psql");
    let output = Command::new(psql).args(["-At", "-c", sql, &postgres.superuser_url()]).output().expect("psql runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test]
async fn its_data_survives_a_stop_and_a_crash() {
    let home = folder();
    let first = Postgres::start(config(&home)).await.expect("it starts");
    assert_eq!(ask(&first, "CREATE TABLE kept AS SELECT 7 AS seats; SELECT seats FROM kept"), "SELECT 1\n7");
    let again = first.config().clone();
    first.stop().await;

    let second = Postgres::start(again.clone()).await.expect("it starts again");
    assert_eq!(ask(&second, "SELECT seats FROM kept"), "7");
    second.kill().await;

    let third = Postgres::start(again).await.expect("it recovers");
    assert_eq!(ask(&third, "SELECT seats FROM kept"), "7");
    drop(third);
    remove(&home);
}

#[tokio::test]
async fn one_that_was_left_running_is_replaced() {
    let home = folder();
    let first = Postgres::start(config(&home)).await.expect("it starts");
    let began = ask(&first, "SELECT pg_postmaster_start_time()");
    let second = Postgres::start(config(&home)).await.expect("another takes its place");
    let ended = first.failed().await.to_string();
    assert!(ended.contains("ended by itself"), "{ended}");
    assert_ne!(ask(&second, "SELECT pg_postmaster_start_time()"), began);
    second.stop().await;
    remove(&home);
}

#[tokio::test]
async fn data_of_another_version_is_named_with_the_remedy() {
    let home = folder();
    std::fs::create_dir_all(home.join("postgres")).expect("a folder");
    std::fs::write(home.join("postgres/PG_VERSION"), "9\n").expect("a file");
    let Err(error) = Postgres::start(config(&home)).await else { panic!("it started on version 9's data") };
    let text = error.to_string();
    assert!(text.contains("made by PostgreSQL 9") && text.contains("make reset"), "{text}");
    remove(&home);
}
