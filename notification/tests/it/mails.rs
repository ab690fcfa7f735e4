//! Events become mails, each once, and reach the mail server.

use crate::smtp_server::{Received, SmtpServer};
use crate::stage::{ENGLISH, GONE, SPANISH, Stage};
use onsale_core::UserId;
use onsale_core::events::Topic;
use onsale_platform::env::Env;
use serde_json::json;

/// The mail with what differs at each run taken out, and of files only their headers.
fn stable(mail: &Received) -> String {
    let mut data = mail.data.clone();
    for (place, rest) in mail.data.split("boundary=\"").skip(1).enumerate() {
        let boundary = rest.split('"').next().expect("a boundary");
        data = data.replace(boundary, &format!("BOUNDARY-{place}"));
    }
    let mut lines = Vec::new();
    let mut in_file = false;
    for line in data.lines() {
        in_file = match line {
            "Content-Transfer-Encoding: base64" => true,
            line if line.starts_with("--BOUNDARY") => false,
            _ => in_file,
        };
        match line.split_once(": ") {
            Some((name @ ("Date" | "Message-ID"), _)) => lines.push(format!("{name}: …")),
            None if in_file => {}
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

#[tokio::test]
async fn a_confirmed_order_reaches_the_mail_server_once() {
    let server = SmtpServer::start().await;
    let stage = Stage::start(&[("SMTP_URL", &server.url()), ("MAIL_FROM", "Onsale <tickets@onsale.example>")]).await;
    let event = stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    // The same once more, and the same order by another event.
    stage.bus.publish(vec![event.clone()]).await.expect("published");
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count("notification.inbox", 2).await;
    stage.until_count("notification.mails WHERE status = 'sent' AND body_text IS NULL AND body_html IS NULL", 1).await;

    let received = server.received();
    assert_eq!(received.len(), 1, "{received:#?}");
    assert_eq!((received[0].from.as_str(), received[0].to.as_str()), ("tickets@onsale.example", "person1@example.org"));
    assert!(received[0].data.contains(&format!("Message-ID: <{}@onsale.example>", event.id)), "{}", received[0].data);
    insta::assert_snapshot!("order_confirmed_on_the_wire", stable(&received[0]));
}

#[tokio::test]
async fn what_the_server_cannot_take_now_is_tried_again_and_what_it_never_takes_is_given_up() {
    let server = SmtpServer::start().await;
    let stage = Stage::start(&[("SMTP_URL", &server.url())]).await;
    server.refuse("person1@example.org", "451 come again");
    server.refuse("person2@example.org", "550 nobody here");
    stage.publish_reset(UserId(ENGLISH)).await;
    stage.publish_reset(UserId(SPANISH)).await;
    stage.until_count("notification.mails WHERE status = 'failed' AND last_error LIKE '%nobody here%'", 1).await;
    stage.until_count("notification.mails WHERE status = 'pending' AND last_error LIKE '%come again%'", 1).await;
    let pause: Option<f64> = sqlx::query_scalar(
        "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM notification.mails WHERE status = 'pending'",
    )
    .fetch_optional(stage.db.pool())
    .await
    .expect("a look");
    // On a machine that stood still it has been tried again by now.
    assert!(pause.is_none_or(|pause| (0.0..4.0).contains(&pause)), "a pause of {pause:?} s");

    sqlx::query("UPDATE notification.mails SET next_attempt_at = now() WHERE status = 'pending'")
        .execute(stage.db.pool())
        .await
        .expect("time passes");
    stage.until_count("notification.mails WHERE status = 'sent' AND attempts = 2", 1).await;
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_mail_server_that_is_away_costs_no_mail() {
    // A port that nobody listens on.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let stage = Stage::start(&[("SMTP_URL", &format!("smtp://{address}"))]).await;
    stage.publish_reset(UserId(ENGLISH)).await;
    stage
        .until_count("notification.mails WHERE status = 'pending' AND attempts = 1 AND last_error IS NOT NULL", 1)
        .await;
}

#[tokio::test]
async fn without_a_mail_server_mails_are_kept_in_the_accounts_language() {
    let stage = Stage::start(&[]).await;
    stage.publish_tickets(Topic::TicketConfirmed, SPANISH).await;
    stage.publish_tickets(Topic::TicketCancelled, SPANISH).await;
    stage.publish_reset(UserId(ENGLISH)).await;
    stage.publish_reset(UserId(GONE)).await;
    stage.until_count("notification.mails WHERE status = 'kept'", 3).await;
    stage.until_count("notification.inbox", 4).await;
    let mails: Vec<(String, String, String)> =
        sqlx::query_as("SELECT template, language, body_text FROM notification.mails ORDER BY template")
            .fetch_all(stage.db.pool())
            .await
            .expect("mails");
    let kinds: Vec<_> = mails.iter().map(|mail| (mail.0.as_str(), mail.1.as_str())).collect();
    assert_eq!(kinds, [("order_cancelled", "es"), ("order_confirmed", "es"), ("reset_password", "en")]);
    assert!(mails[2].2.contains("https://onsale.example/reset-password?token=single-use"), "{}", mails[2].2);
}

#[tokio::test]
async fn what_cannot_be_a_mail_is_set_aside() {
    let stage = Stage::start(&[]).await;
    stage.publish(Topic::NotificationRequested, json!({"userId": ENGLISH, "template": "verify_email"})).await;
    stage.publish(Topic::TicketConfirmed, json!({"orderId": "none"})).await;
    stage.until_count("bus.messages WHERE topic LIKE '%.dlq'", 2).await;
    stage.until_count("bus.messages WHERE topic LIKE '%.dlq' AND value LIKE '%parameter token is missing%'", 1).await;
    assert_eq!(stage.count("notification.mails").await, 0);
}

#[test]
fn settings_name_the_remedy_and_hide_the_password() {
    let settings = |more: &[(&str, &str)]| -> Env {
        let base = [("DATABASE_URL", "postgres://nowhere/none")];
        base.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let config = onsale_notification::Config::of(&settings(&[("SMTP_URL", "smtp://u:hunter2@host")])).expect("usable");
    assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");
    assert_eq!(config.public_url, "http://localhost:8080");
    let error = onsale_notification::Config::of(&settings(&[("PUBLIC_URL", "onsale.example")])).expect_err("no scheme");
    assert!(error.to_string().contains("https://tickets.example.org"), "{error}");
    onsale_notification::Config::of(&settings(&[("MAIL_FROM", "not an address")])).expect_err("no address");
}
