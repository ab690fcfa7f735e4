//! Randomness from outside, from a small stand-in for drand.

use crate::stage::{Stage, room, start};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use onsale_core::lineup::bytes::sha256;
use onsale_core::lineup::proof::{LineProof, Verdict, verify};
use serde_json::{Value, json};
use std::time::Duration;

async fn info() -> Json<Value> {
    Json(json!({"hash": "52db", "genesis_time": start().timestamp() - 3_000, "period": 3}))
}

async fn round(Path(round): Path<i64>) -> Json<Value> {
    let signature = [7_u8; 48];
    let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    Json(json!({"round": round, "randomness": sha256(&[&signature]), "signature": hex}))
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn the_first_round_after_the_list_goes_into_the_shuffle() {
    let drand = Router::new().route("/info", get(info)).route("/public/{round}", get(round));
    let stage = Stage::new().await;
    let process = stage.process_with(&[("DRAND_URL", &serve(drand).await)]).await;
    process.set(&room("LOBBY", 60)).await;
    let people = process.join_many(20).await;
    stage.advance(61);
    stage.until_count("gateway.rooms WHERE frozen_at IS NOT NULL", 1).await;
    // The round is not drawn before its time.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(stage.count("gateway.rooms WHERE revealed_at IS NOT NULL").await, 0);
    stage.advance(4);
    stage.until_count("gateway.rooms WHERE revealed_at IS NOT NULL", 1).await;
    process.until_state(&people[0], None, "admitted").await;
    let proof: LineProof = serde_json::from_value(process.proof(&people[0]).await).expect("a proof");
    assert!(proof.revealed.as_ref().is_some_and(|revealed| revealed.drand.is_some()));
    let checks = verify(&proof);
    assert!(checks.iter().all(|check| check.verdict == Verdict::Ok), "{checks:?}");
}

#[tokio::test]
async fn without_drand_the_line_starts_all_the_same_and_says_so() {
    let broken = Router::new().fallback(|| async { StatusCode::INTERNAL_SERVER_ERROR });
    let stage = Stage::new().await;
    let process = stage.process_with(&[("DRAND_URL", &serve(broken).await)]).await;
    process.set(&room("LOBBY", 60)).await;
    let who = process.join().await;
    stage.advance(61);
    stage.until_count("gateway.rooms WHERE frozen_at IS NOT NULL", 1).await;
    stage.advance(21);
    process.until_state(&who, None, "admitted").await;
    let proof: LineProof = serde_json::from_value(process.proof(&who).await).expect("a proof");
    let checks = verify(&proof);
    let open: Vec<_> = checks.iter().filter(|check| check.verdict != Verdict::Ok).map(|check| check.name).collect();
    assert_eq!(open, ["randomness"], "{checks:?}");
}
