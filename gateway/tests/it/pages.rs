//! The pages, the problems and the document, as browsers and programs get them.

use crate::stage::{BOTH, Place, Stage};
use onsale_core::Role;

#[tokio::test]
async fn the_home_page_holds_the_events_before_any_script() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let answer = stage.client().get("/").await.expect(200);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
        let text = answer.text();
        for part in [
            "Marea &lt;Alta&gt;",
            "Teatro del Faro · Cádiz · 21:00",
            "from €28.00",
            "Last 38 tickets",
            "href=\"/events/EVT001\"",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("<script"), "the site is not built here, and nothing needs a script to be read");
        let spanish = stage.client().with_header("accept-language", "es-CO").get("/").await.expect(200);
        assert!(spanish.text().contains("desde 28,00\u{a0}€") && spanish.text().contains("lang=\"es\""));
        let chosen = stage.client().get("/?lang=es&query=marea").await.expect(200);
        assert!(chosen.text().contains("value=\"marea\"") && chosen.text().contains("/events/EVT001?lang=es"));
        assert!(spanish.text().contains("Este fin de semana"));
        assert!(text.contains("Theatre") && !text.contains(">theatre"), "kinds are words, not codes: {text}");
        let soon = stage.client().get("/?when=month&city=C%C3%A1diz").await.expect(200).text();
        assert!(
            soon.contains("value=\"month\" selected") && soon.contains("/?city=C%C3%A1diz&amp;when=month"),
            "{soon}"
        );
        let results = stage.client().get("/results?query=marea&lang=es").await.expect(200).text();
        assert!(results.starts_with("<section") && results.contains("/events/EVT001?lang=es"), "{results}");
        assert!(!results.contains("/results"), "links in it lead to the home page: {results}");
    }
}

#[tokio::test]
async fn an_events_page_shows_every_price_with_all_that_is_in_it() {
    let stage = Stage::new(Place::Local).await;
    let text = stage.client().get("/events/EVT001").await.expect(200).text();
    for part in [
        "Sat 20 March 2027, 21:00",
        "€108.00",
        "€10.00",
        "€118.00",
        "6 tickets a person",
        "24 hours before",
        "href=\"/events/EVT001/seats\"",
        "Choose seats",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let missing = stage.client().get("/events/NONE").await.expect(404);
    assert!(missing.headers["content-type"].to_str().expect("text").starts_with("text/html"));
    assert!(missing.text().contains("There is nothing here"));
    stage.client().get("/events/a%20b").await.expect(404);
}

#[tokio::test]
async fn when_search_is_away_the_last_list_stands_in_and_else_a_page_says_so() {
    let stage = Stage::new(Place::Local).await;
    *stage.search_up.lock() = false;
    let away = stage.client().get("/").await.expect(503);
    stage.client().get("/results").await.expect_problem(503, "unavailable");
    assert!(away.text().contains("it is our fault") && away.headers.contains_key("retry-after"));
    *stage.search_up.lock() = true;
    stage.client().get("/").await.expect(200);
    *stage.search_up.lock() = false;
    tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
    let old = stage.client().get("/").await.expect(200);
    assert!(old.text().contains("may be some minutes old") && old.text().contains("EVT001"));
}

#[tokio::test]
async fn problems_are_explained_to_people_and_programs() {
    let stage = Stage::new(Place::Local).await;
    let page =
        stage.client().with_header("accept", "text/html,*/*").get("/problems/seats_unavailable").await.expect(200);
    assert!(page.text().contains("Seats are gone"));
    let json =
        stage.client().with_header("accept", "application/json").get("/problems/seats_unavailable").await.expect(200);
    assert_eq!(json.json()["code"], "seats_unavailable");
    let all = stage.client().with_header("accept", "application/json").get("/problems").await.expect(200);
    assert!(all.json()["items"].as_array().map_or(0, Vec::len) > 20);
}

#[tokio::test]
async fn the_document_is_there_for_programs_and_readers() {
    let stage = Stage::new(Place::Local).await;
    let document = stage.client().get("/api/openapi.json").await.expect(200);
    assert_eq!(document.json()["openapi"], "3.1.0");
    let etag = document.headers["etag"].to_str().expect("text");
    stage.client().with_header("if-none-match", etag).get("/api/openapi.json").await.expect(304);
    let page = stage.client().get("/api/docs").await.expect(200);
    assert!(page.text().contains("openapi.json") && !page.text().contains("<script"));
}

#[tokio::test]
async fn the_seats_page_stands_without_booking_and_shows_every_price() {
    let stage = Stage::new(Place::Local).await;
    let text = stage.client().get("/events/EVT001/seats?seats=A-1").await.expect(200).text();
    for part in ["Choose seats: Marea", "Price of a seat", "€118.00", "id=\"map\"", "/api/events/EVT001/plan"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("A-1"), "what is chosen is not in what is kept for all");
    let spanish = stage.client().get("/events/EVT001/seats?lang=es").await.expect(200).text();
    assert!(
        spanish.contains("Precio de un asiento") && spanish.contains("Todos los asientos están también en la lista")
    );
    stage.client().get("/events/NONE/seats").await.expect(404);
}

#[tokio::test]
async fn personal_pages_hold_nothing_personal_and_carry_the_policy() {
    let stage = Stage::new(Place::Local).await;
    let id = "0193f0c4-1111-7222-8333-444455556666";
    for (path, island) in [
        (format!("/checkout/{id}"), "CheckoutRoom_"),
        ("/orders".to_owned(), "MyOrders_"),
        (format!("/orders/{id}?new=1"), "OrderRoom_"),
    ] {
        let answer = stage.client().get(&path).await.expect(200);
        let policy = answer.headers["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.contains("'strict-dynamic'") && policy.contains("img-src 'self' data:"), "{policy}");
        assert_eq!(answer.headers["cache-control"], "private, no-cache");
        let text = answer.text();
        assert!(text.contains(island) && text.contains("<noscript>"), "{island} is not in {text}");
        let way_back = format!("/sign-in?next={}", path.split('?').next().expect("a path").replace('/', "%2F"));
        assert!(text.contains(&way_back), "{way_back} is not in {text}");
        let spanish = stage.client().with_header("accept-language", "es").get(&path).await.expect(200);
        assert!(spanish.text().contains("JavaScript"));
    }
    for path in ["/checkout/none", "/orders/1"] {
        let missing = stage.client().get(path).await.expect(404);
        assert!(missing.text().contains("There is nothing here"));
    }
}

#[tokio::test]
async fn tickets_without_seats_are_chosen_on_the_events_page() {
    let stage = Stage::new(Place::Local).await;
    let text = stage.client().get("/events/EVT002").await.expect(200).text();
    assert!(text.contains("TicketPicker_") && text.contains("id=\"tickets\""), "{text}");
    assert!(text.contains("href=\"/events/EVT002#tickets\"") && !text.contains("/EVT002/seats"), "{text}");
}

#[tokio::test]
async fn organisers_pages_hold_nothing_of_theirs() {
    let stage = Stage::new(Place::Local).await;
    let (event, order) = ("/organiser/events/EVT001", "/organiser/events/EVT001/orders");
    let order = format!("{order}/018f0000-0000-7000-8000-000000000000");
    for path in ["/organiser", event, &order] {
        let page = stage.client().get(path).await.expect(200);
        let text = page.text();
        assert!(text.contains("<leptos-island") && text.contains("class=\"adm stack\""), "{text}");
        assert!(text.contains("This page needs JavaScript"), "{text}");
        assert!(!text.contains("Marea"), "not even the name of a published event is in it: {text}");
        let next = path.replace('/', "%2F");
        assert!(text.contains(&format!("/sign-in?next={next}")), "{text}");
    }
    let spanish = stage.client().get("/organiser?lang=es").await.expect(200).text();
    assert!(spanish.contains("Tus eventos"), "{spanish}");
    for missing in ["/organiser/events/a%20b", "/organiser/events/EVT001/orders/x", "/organiser/x"] {
        stage.client().with_header("accept", "text/html").get(missing).await.expect(404);
    }
}

#[tokio::test]
async fn the_page_at_the_gate_names_the_key_and_may_be_kept_by_its_worker() {
    let stage = Stage::new(Place::Local).await;
    let page = stage.client().get("/organiser/events/EVT001/check-in").await.expect(200);
    let policy = page.headers["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("worker-src 'self'"), "{policy}");
    assert!(page.headers["permissions-policy"].to_str().expect("text").contains("camera=(self)"));
    let text = page.text();
    let (_, key) = text.split_once("ticket_key").expect("the key is an argument of the island");
    let key: String = key.chars().skip_while(|c| !c.is_ascii_alphanumeric()).take(43).collect();
    assert!(onsale_core::gate::key_of(&key).is_ok() || text.contains("&quot;ticket_key&quot;"), "{key}");
    let worker = stage.client().get("/organiser/gate-worker.js").await.expect(200);
    assert_eq!(worker.headers["cache-control"], "no-cache");
    assert!(worker.headers["content-type"].to_str().expect("text").starts_with("text/javascript"));
    stage.client().get("/organiser/events/a%20b/check-in").await.expect(404);
}

#[tokio::test]
async fn pages_of_staff_are_the_same_for_everybody_and_lead_back_after_signing_in() {
    let stage = Stage::new(Place::Local).await;
    let (account, own) = ("/account/security", "/organiser/organisation");
    let pages = [account, own, "/organiser/keys", "/organiser/audit", "/organiser/settings", "/organiser/users"];
    for path in pages {
        let text = stage.client().get(&format!("{path}?of=1&query=x")).await.expect(200).text();
        assert!(text.contains("data-component=\"StaffNav_") && text.contains("class=\"adm stack\""), "{text}");
        assert!(text.contains(&format!("/sign-in?next={}", path.replace('/', "%2F"))), "{text}");
        assert!(!text.contains("of=1"), "what is asked for is the island's: {text}");
    }
    let invitation = stage.client().get("/invitation?token=osi_secret").await.expect(200).text();
    assert!(invitation.contains("You are invited") && !invitation.contains("osi_secret"), "{invitation}");
    let spanish = stage.client().get("/invitation?lang=es").await.expect(200).text();
    assert!(spanish.contains("Tienes una invitación"), "{spanish}");
}

#[tokio::test]
async fn programs_are_told_of_an_event_and_nothing_in_it_ends_the_script() {
    let stage = Stage::new(Place::Local).await;
    let text = stage.client().get("/events/EVT001?lang=es").await.expect(200).text();
    for part in [
        "<link rel=\"canonical\" href=\"http://localhost:8080/events/EVT001?lang=es\">",
        "<meta property=\"og:title\" content=\"Marea &lt;Alta&gt;\">",
        "<meta property=\"og:locale\" content=\"es_ES\">",
        "openstreetmap.org/directions?to=36.53%2C-6.29",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let (_, rest) = text.split_once("<script type=\"application/ld+json\"").expect("a description");
    let (json, _) = rest.split_once('>').and_then(|(_, rest)| rest.split_once("</script>")).expect("its end");
    assert!(!json.contains('<'), "{json}");
    let told: serde_json::Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(told["@type"], "MusicEvent");
    assert_eq!(told["name"], "Marea <Alta>");
    assert_eq!(told["startDate"], "2027-03-20T21:00:00+01:00");
    assert_eq!(told["offers"][0]["price"], "118.00");
    assert_eq!(told["offers"][0]["availability"], "https://schema.org/InStock");
}

#[tokio::test]
async fn cities_and_kinds_have_pages_and_the_map_of_the_site_has_all() {
    let stage = Stage::new(Place::Local).await;
    let city = stage.client().get("/cities/C%C3%A1diz").await.expect(200).text();
    assert!(city.contains("<title>Events in Cádiz · Onsale</title>"), "{city}");
    assert!(city.contains("href=\"http://localhost:8080/cities/C%C3%A1diz\""), "{city}");
    let kind = stage.client().get("/kinds/concert?lang=es").await.expect(200).text();
    assert!(kind.contains("<title>Conciertos · Onsale</title>"), "{kind}");
    let same = stage.client().get("/?city=C%C3%A1diz").await.expect(200).text();
    assert!(same.contains("rel=\"canonical\" href=\"http://localhost:8080/cities/C%C3%A1diz\""), "{same}");
    let map = stage.client().get("/sitemap.xml").await.expect(200);
    assert_eq!(map.headers["content-type"], "application/xml; charset=utf-8");
    for path in ["/", "/cities/C%C3%A1diz", "/kinds/concert", "/events/EVT001"] {
        assert!(map.text().contains(&format!("<loc>http://localhost:8080{path}</loc>")), "{path}: {}", map.text());
    }
    let robots = stage.client().get("/robots.txt").await.expect(200).text();
    assert!(robots.contains("Sitemap: http://localhost:8080/sitemap.xml"), "{robots}");
}

#[tokio::test]
async fn dates_go_into_calendars() {
    let stage = Stage::new(Place::Local).await;
    let one = stage.client().get("/events/EVT001/calendar.ics").await.expect(200);
    assert_eq!(one.headers["content-type"], "text/calendar; charset=utf-8");
    for part in ["UID:EVT001@localhost", "DTSTART:20270320T200000Z", "GEO:36.53;-6.29", "SUMMARY:Marea <Alta>"] {
        assert!(one.text().contains(part), "{part} is not in {}", one.text());
    }
    assert!(stage.client().get("/calendar.ics?city=C%C3%A1diz").await.expect(200).text().contains("UID:EVT001@"));
    stage.client().get("/events/NONE/calendar.ics").await.expect(404);
}

#[tokio::test]
async fn a_preview_is_whose_draft_admin_says() {
    let stage = Stage::new(Place::Local).await;
    let client = stage.client().signed_in(&stage.kit.user(&[Role::Organiser]).token);
    let seen = client.get("/organiser/events/EVT001/preview/page").await.expect(200).text();
    assert!(seen.contains("Marea &lt;Alta&gt;") && seen.contains("€118.00"), "{seen}");
    assert!(!seen.contains("/events/EVT001/seats"), "nothing can be bought there: {seen}");
    stage.client().get("/organiser/events/EVT001/preview/page").await.expect_problem(401, "unauthenticated");
    let shell = stage.client().get("/organiser/events/EVT001/preview").await.expect(200).text();
    assert!(!shell.contains("Marea"), "what is the organiser's is not in the page: {shell}");
}

#[tokio::test]
async fn what_is_found_is_a_list_or_a_month() {
    let stage = Stage::new(Place::Local).await;
    let list = stage.client().get("/?city=C%C3%A1diz").await.expect(200).text();
    assert!(list.contains("href=\"/?city=C%C3%A1diz&amp;month=2027-03#results\""), "it leads to the soonest: {list}");
    let month = stage.client().get("/?city=C%C3%A1diz&month=2027-03").await.expect(200).text();
    for part in
        ["March 2027", "href=\"/?city=C%C3%A1diz&amp;month=2027-04#results\"", "href=\"/?city=C%C3%A1diz#results\""]
    {
        assert!(month.contains(part), "{part} is not in {month}");
    }
    let (_, day) = month.split_once("<b class=\"num\">20</b>").expect("the twentieth, by the venue's clocks");
    assert!(day.contains("href=\"/events/EVT001\""), "{day}");
    assert_eq!(month.matches("<td").count(), 35, "five weeks");
    let other = stage.client().get("/?month=2027-04&lang=es").await.expect(200).text();
    assert!(other.contains("abril 2027") && !other.contains("<b class=\"num\">"), "{other}");
}
