//! Kept mails on a page of their own, in development.

use crate::smtp_server::SmtpServer;
use crate::stage::{ENGLISH, GONE, SPANISH, Stage};
use onsale_core::UserId;
use onsale_core::events::Topic;

#[tokio::test]
async fn it_shows_what_would_have_been_sent_and_lets_none_of_it_act() {
    let stage = Stage::start(&[]).await;
    let event = stage.publish_tickets(Topic::TicketConfirmed, SPANISH).await;
    stage.publish_reset(UserId(ENGLISH)).await;
    stage.until_count("notification.mails", 2).await;

    let list = stage.client.get("/dev/mail").await.expect(200).text();
    assert!(list.contains("person2@example.org") && list.contains("Tus entradas: Rock &amp; &lt;Roll&gt;"), "{list}");
    let path = format!("/dev/mail/{}", event.id);
    let shown = stage.client.get(&path).await.expect(200);
    assert!(shown.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")));
    let shown = shown.text();
    assert!(shown.contains("sandbox=") && shown.contains("Hola Ana &lt;b&gt;Díaz&lt;/b&gt;,"), "{shown}");

    let mail = stage.client.get(&format!("{path}/html")).await.expect(200);
    let policy = mail.header("content-security-policy").expect("a policy").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox allow-popups"), "{policy}");
    assert_eq!(mail.text().matches("src=\"data:image/png;base64,").count(), 2);
    assert!(!mail.text().contains("cid:"));

    let file = stage.client.get(&format!("{path}/files/entradas-K7M4-22QX.pdf")).await.expect(200);
    assert!(file.body.starts_with(b"%PDF-") && file.header("content-disposition") == Some("attachment"));
    stage.client.get(&format!("{path}/files/K7M4-22QX.ics")).await.expect(200);
    stage.client.get(&format!("{path}/files/none")).await.expect_problem(404, "not_found");
    stage.client.get(&format!("/dev/mail/{GONE}")).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn there_is_none_in_production_or_where_mails_are_sent() {
    let stage = Stage::start(&[("ONSALE_ENV", "production")]).await;
    stage.client.get("/dev/mail").await.expect(404);
    let server = SmtpServer::start().await;
    let stage = Stage::start(&[("SMTP_URL", &server.url())]).await;
    stage.client.get("/dev/mail").await.expect(404);
}
