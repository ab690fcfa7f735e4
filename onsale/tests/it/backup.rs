//! A private PostgreSQL is copied, brought back to a moment, and to its end.

use crate::program::{onsale, said};
use onsale_engines::{Engines, Wanted};
use sqlx::{Connection, PgConnection};
use std::path::Path;
use std::time::Duration;

const ALONE: Wanted = Wanted { postgres: true, redis: false, kafka: false, elasticsearch: false, on_ports: false };

async fn open(home: &Path) -> (Engines, PgConnection) {
    let engines = Engines::start(home, ALONE).await.expect("PostgreSQL starts");
    let url = engines.addresses().database_url.expect("an address");
    let database = PgConnection::connect(&url).await.expect("it answers");
    (engines, database)
}

async fn note(database: &mut PgConnection, number: i32) {
    sqlx::query("INSERT INTO public.noted VALUES ($1)").bind(number).execute(database).await.expect("noted");
}

async fn noted(database: &mut PgConnection) -> Vec<i32> {
    sqlx::query_scalar("SELECT number FROM public.noted ORDER BY number").fetch_all(database).await.expect("read")
}

fn run(home: &Path, arguments: &[&str]) -> String {
    let output = onsale(arguments, &[]).env("ONSALE_HOME", home).output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

#[tokio::test]
async fn what_was_committed_comes_back_up_to_the_moment_that_is_asked_for() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("backup");
    onsale_engines::remove_data(&home).expect("nothing is there");
    let (engines, mut database) = open(&home).await;
    run(&home, &["migrate"]);
    sqlx::raw_sql("CREATE TABLE public.noted (number int)").execute(&mut database).await.expect("made");
    note(&mut database, 1).await;
    run(&home, &["backup"]);
    note(&mut database, 2).await;
    let now = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    let moment: String = sqlx::query_scalar(now).fetch_one(&mut database).await.expect("a time");
    tokio::time::sleep(Duration::from_millis(50)).await;
    note(&mut database, 3).await;
    let refused = onsale(&["restore"], &[]).env("ONSALE_HOME", &home).output().expect("it runs");
    assert!(!refused.status.success() && said(&refused).contains("stop it first"), "{}", said(&refused));
    drop(database);
    engines.stop().await;

    let told = run(&home, &["restore", "--to", &moment]);
    assert!(told.contains("before-1"), "{told}");
    let (engines, mut database) = open(&home).await;
    assert_eq!(noted(&mut database).await, [1, 2], "3 was noted after {moment}");
    note(&mut database, 4).await;
    drop(database);
    engines.stop().await;

    run(&home, &["restore"]);
    let (engines, mut database) = open(&home).await;
    assert_eq!(noted(&mut database).await, [1, 2, 4], "all that was committed since, on the new line of history");
    assert_eq!(run(&home, &["backup", "--list"]).lines().count(), 1);
    let told = run(&home, &["drill"]);
    assert!(told.contains("can be brought back"), "{told}");
    assert!(!home.join("drill").exists(), "nothing of the drill is left");
    drop(database);
    engines.stop().await;
    onsale_engines::remove_data(&home).expect("removed");
}
