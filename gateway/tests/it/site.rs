//! What pages load and how they are sent: files for ever, nonces once, languages and themes by choice.

use crate::stage::{Place, Stage, settings};
use axum::body::Body;
use axum::http::Method;
use onsale_testkit::TestClient;
use std::path::PathBuf;

const SITE: &str = r#"{"source":"1","bundles":{
    "front":{"start":"start-1.js","module":"front-2.js","wasm":"front-3.wasm","packed":4},
    "room":{"start":"start-1.js","module":"room-2.js","wasm":"room-3.wasm","packed":4}}}"#;

/// A folder as `cargo xtask site` builds it, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("onsale-gateway-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let files = [
            ("site.json", SITE),
            ("start-1.js", "start()"),
            ("start-1.js.br", "packed start"),
            ("front-2.js", "module"),
            ("front-3.wasm", "\0asm"),
            ("room-2.js", "module"),
            ("room-3.wasm", "\0asm"),
            ("notes.txt", "not for readers"),
        ];
        for (file, content) in files {
            std::fs::write(folder.join(file), content).expect("a file");
        }
        Self(folder)
    }

    async fn stage(&self) -> Stage {
        let folder = self.0.to_str().expect("a name");
        Stage::with(settings(Place::Local, &[("SITE_DIR", folder)])).await
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _not_there = std::fs::remove_dir_all(&self.0);
    }
}

fn between<'a>(text: &'a str, start: &str, end: char) -> Vec<&'a str> {
    text.match_indices(start).filter_map(|(at, start)| text[at + start.len()..].split(end).next()).collect()
}

async fn post(client: &TestClient, form: &str) -> onsale_testkit::Answer {
    let client = client.with_header("content-type", "application/x-www-form-urlencoded");
    client.send(Method::POST, "/preferences", Body::from(form.to_owned())).await
}

#[tokio::test]
async fn files_are_kept_for_ever_and_packed_for_those_who_can_unpack_them() {
    let folder = Folder::new("files");
    let stage = folder.stage().await;
    let client = stage.client();
    for (path, content_type, content) in [
        ("/assets/start-1.js", "text/javascript; charset=utf-8", "start()"),
        ("/assets/front-3.wasm", "application/wasm", "\0asm"),
    ] {
        let plain = client.get(path).await.expect(200);
        assert_eq!(plain.headers["content-type"], content_type);
        assert_eq!(plain.headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(plain.text(), content);
        assert!(!plain.headers.contains_key("content-encoding"));
    }
    let packed = client.with_header("accept-encoding", "gzip, br").get("/assets/start-1.js").await.expect(200);
    assert_eq!(packed.headers["content-encoding"], "br");
    assert_eq!(packed.text(), "packed start");
    assert!(packed.headers.get_all("vary").iter().any(|value| value == "accept-encoding"));
    for path in ["/assets/notes.txt", "/assets/site.json", "/assets/start-1.js.br", "/assets/front-0000.css"] {
        client.get(path).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn each_style_and_the_font_are_small_and_there_without_the_folder() {
    let stage = Stage::with(settings(Place::Local, &[("SITE_DIR", "/nowhere/at/all")])).await;
    let mut styles = std::collections::HashSet::new();
    for path in ["/", "/events/EVT001/seats", "/orders"] {
        let text = stage.client().get(path).await.expect(200).text();
        let files = between(&text, "/assets/", '"');
        let style = files.iter().find(|file| file.ends_with(".css")).expect("a style");
        let font = files.iter().find(|file| file.ends_with(".woff2")).expect("a font");
        styles.insert((*style).to_owned());
        let style = stage.client().get(&format!("/assets/{style}")).await.expect(200);
        assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
        assert!(style.body.len() <= 25_000, "{path}: {} bytes of style", style.body.len());
        assert!(style.text().contains(font), "the style refers to the font");
        let font = stage.client().get(&format!("/assets/{font}")).await.expect(200);
        assert_eq!(font.headers["content-type"], "font/woff2");
        assert!(font.body.len() <= 90_000 && font.body.starts_with(b"wOF2"), "{} bytes of font", font.body.len());
        assert!(!text.contains("<script"), "without the folder nothing wakes, and all can be read");
    }
    assert_eq!(styles.len(), 3, "a style a bundle");
}

#[tokio::test]
async fn scripts_run_by_a_nonce_that_is_never_the_same() {
    let folder = Folder::new("nonce");
    let stage = folder.stage().await;
    let mut seen = std::collections::HashSet::new();
    for path in ["/", "/", "/events/EVT001", "/sign-in", "/nowhere"] {
        let page = stage.client().with_header("accept", "text/html").get(path).await;
        let policy = page.headers["content-security-policy"].to_str().expect("text").to_owned();
        let nonce = between(&policy, "'nonce-", '\'')[0].to_owned();
        let text = page.text();
        assert!(!policy.contains("unsafe-inline'; script") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(text.matches("<script type=\"module\"").count(), 1, "{path}: {text}");
        assert_eq!(text.matches("<script").count(), 1 + text.matches("ld+json").count(), "{path}: {text}");
        let used = between(&text, "nonce=\"", '"');
        assert!(used.len() == 2 && used.iter().all(|used| *used == nonce), "{path}: {used:?} {nonce}");
        assert!(text.contains("src=\"/assets/start-1.js\"") && text.contains("href=\"/assets/front-3.wasm\""));
        assert!(seen.insert(nonce), "a nonce came twice");
    }
    let seats = stage.client().get("/events/EVT001/seats").await.expect(200).text();
    assert!(seats.contains("href=\"/assets/room-3.wasm\"") && !seats.contains("front-3.wasm"), "a page's own bundle");
}

#[tokio::test]
async fn an_organisers_colour_takes_the_place_of_ours() {
    let stage = Stage::with(settings(Place::Local, &[("ACCENT", "#8fd400")])).await;
    for path in ["/", "/events/EVT001/seats"] {
        let text = stage.client().get(path).await.expect(200).text();
        assert!(text.contains("style=\"--yours:#8fd400;--on-yours:#14181f"), "{path}: {text}");
    }
}

#[tokio::test]
async fn what_is_chosen_by_hand_is_kept_and_wins_over_the_browsers_wish() {
    let stage = Stage::new(Place::Local).await;
    let client = stage.client();
    let answer = post(&client, "language=es&theme=dark&next=%2Fevents%2FEVT001").await.expect(303);
    assert_eq!(answer.headers["location"], "/events/EVT001");
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().expect("text")).collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    assert!(cookies.iter().all(|cookie| cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax")));
    let chosen = client.with_header("cookie", "onsale_language=es; onsale_theme=dark; other=1");
    let page = chosen.with_header("accept-language", "en").get("/events/EVT001").await.expect(200);
    assert!(page.text().contains("lang=\"es\" data-theme=\"dark\"") && page.text().contains("118,00\u{a0}€"));
    // The same address, kept as bytes a moment ago, still speaks to others in their own language.
    let page = client.with_header("accept-language", "en").get("/events/EVT001").await.expect(200);
    assert!(page.text().contains("<html lang=\"en\">") && page.text().contains("€118.00"));
    let refused = post(&client, "language=xx&theme=pink&next=%2F%2Fevil.example").await.expect(303);
    assert!(refused.headers["location"] == "/" && !refused.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn pages_are_nobodys_to_keep_and_say_what_they_depend_on() {
    let stage = Stage::new(Place::Local).await;
    for path in ["/", "/events/EVT001", "/sign-in", "/sign-up", "/forgot-password", "/reset-password?token=x"] {
        let page = stage.client().get(path).await.expect(200);
        assert_eq!(page.headers["cache-control"], "private, no-cache", "{path}");
        let vary = page.headers.get_all("vary").iter().map(|value| value.to_str().expect("text")).collect::<String>();
        assert!(vary.contains("accept-language") && vary.contains("cookie"), "{path}: {vary}");
        assert!(!page.headers.contains_key("set-cookie"), "{path}");
        assert!(
            !page.text().contains("token=x"),
            "a page kept as bytes repeats nothing that only one reader asked for"
        );
    }
}
