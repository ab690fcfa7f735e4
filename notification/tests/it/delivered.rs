//! booking hears of an order's confirmation once it is done, whatever became of the mail.

use crate::smtp_server::SmtpServer;
use crate::stage::{ENGLISH, GONE, Stage};
use onsale_core::UserId;
use onsale_core::events::Topic;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Mails that confirm an order of which booking knows by now.
const TOLD: &str = "notification.mails WHERE order_id IS NOT NULL AND tell_at IS NULL AND status <> 'pending'";

impl Stage {
    fn delivered(&self) -> usize {
        self.booking.delivered.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn it_is_told_once_after_the_mail_server_took_the_mail() {
    let server = SmtpServer::start().await;
    let stage = Stage::start(&[("SMTP_URL", &server.url())]).await;
    server.refuse("person1@example.org", "451 come again");
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count("notification.mails WHERE status = 'pending' AND last_error IS NOT NULL", 1).await;
    assert_eq!(stage.delivered(), 0, "the mail has not gone out");
    sqlx::query("UPDATE notification.mails SET next_attempt_at = now()")
        .execute(stage.db.pool())
        .await
        .expect("time passes");
    stage.until_count(TOLD, 1).await;
    // The same order once more, a cancellation, and a mail that is about no order.
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.publish_tickets(Topic::TicketCancelled, ENGLISH).await;
    stage.publish_reset(UserId(ENGLISH)).await;
    stage.until_count("notification.mails WHERE status = 'sent'", 3).await;
    assert_eq!(stage.count("notification.mails WHERE tell_at IS NOT NULL").await, 0);
    assert_eq!(stage.delivered(), 1);
}

#[tokio::test]
async fn it_is_told_as_well_where_no_mail_can_reach_the_buyer() {
    let stage = Stage::start(&[]).await;
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count(TOLD, 1).await;
    assert_eq!(stage.delivered(), 1, "without a mail server");

    let server = SmtpServer::start().await;
    let stage = Stage::start(&[("SMTP_URL", &server.url())]).await;
    server.refuse("person1@example.org", "550 nobody here");
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count(TOLD, 1).await;
    assert_eq!(stage.delivered(), 1, "the mail was given up");

    let stage = Stage::start(&[]).await;
    stage.publish_tickets(Topic::TicketConfirmed, GONE).await;
    stage.until_count("notification.inbox", 1).await;
    assert_eq!(stage.delivered(), 1, "the account is gone");
}

#[tokio::test]
async fn it_is_told_again_until_it_hears() {
    let stage = Stage::start(&[]).await;
    stage.booking.is_away.store(true, Ordering::SeqCst);
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count("notification.mails WHERE tell_at > now() + interval '5 seconds'", 1).await;
    let start = Instant::now();
    while stage.booking.refused.load(Ordering::SeqCst) == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "booking was never asked");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stage.booking.is_away.store(false, Ordering::SeqCst);
    assert_eq!((stage.count(TOLD).await, stage.delivered()), (0, 0));
    sqlx::query("UPDATE notification.mails SET tell_at = now()").execute(stage.db.pool()).await.expect("time passes");
    stage.until_count(TOLD, 1).await;
    assert_eq!(stage.delivered(), 1);
}
