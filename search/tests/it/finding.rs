//! Search: relevance, typos, accents, prefixes, filters, facets, pages.

use crate::support::App;
use serde_json::{Value, json};

#[tokio::test]
async fn words_are_found_with_typos_accents_and_prefixes() {
    for app in App::each_with_season().await {
        for (query, first) in [
            ("query=beethoven", "b9"),
            ("query=bethoven", "b9"),
            ("query=Beethovn", "b9"),
            ("query=beeth", "b9"),
            ("query=sinfonia", "b9"),
            ("query=SINFON%C3%8DA", "b9"),
            ("query=vallenato", "v1"),
            ("query=valenato%20concrt", "v1"),
            ("query=halmet", "h1"),
            ("query=hmalet%20madrid", "h1"),
            ("query=sals", "s1"),
            ("query=%E5%A4%AA%E9%BC%93", "t1"),
            ("query=hamlet%20madrid", "h1"),
        ] {
            assert_eq!(app.ids(query).await.first().map(String::as_str), Some(first), "{query}");
        }
        let mut concerts = app.ids("query=concrt").await;
        concerts.sort();
        assert_eq!(concerts, ["t1", "v1", "x1"], "the kind is found with a typo too");
        assert_eq!(app.ids("query=xylophone").await, Vec::<String>::new());
        // What is written as asked never shares its place with what is merely alike.
        assert_eq!(app.ids("query=salsa").await, ["s1"]);
    }
}

#[tokio::test]
async fn names_weigh_more_than_descriptions() {
    for app in App::each_with_season().await {
        // Concerts are a kind of three events, and in the name of two.
        let found = app.ids("query=concert").await;
        assert_eq!(found.len(), 3);
        assert_eq!(found[2], "t1");
    }
}

#[tokio::test]
async fn the_answer_is_as_the_interface_says() {
    for app in App::each_with_season().await {
        let found = app.client.get("/api/search/events?query=bethoven").await.expect(200);
        assert!(found.header("etag").is_some() && found.header("cache-control").is_some());
        insta::assert_json_snapshot!("the_answer_is_as_the_interface_says", found.json());
    }
}

#[tokio::test]
async fn highlights_mark_escaped_text() {
    for app in App::each_with_season().await {
        let found = app.client.get("/api/search/events?query=roll").await.expect(200).json();
        assert_eq!(found["items"][0]["highlight"], "Rock &lt;b&gt;&amp;&lt;/b&gt; <mark>Roll</mark> concert");
    }
}

#[tokio::test]
async fn filters_narrow_and_facets_count_the_alternatives() {
    for app in App::each_with_season().await {
        assert_eq!(app.ids("city=bogota").await, ["v1", "s1"]);
        assert_eq!(app.ids("category=Theatre").await, ["h1", "c1"]);
        assert_eq!(app.ids("from=2099-03-05T00:00:00Z&to=2099-03-06T23:00:00Z").await, ["h1", "s1"]);
        assert_eq!(app.ids("minPrice=50&maxPrice=100").await, ["b9"]);
        assert_eq!(app.ids("maxPrice=20.00").await, ["c1"]);
        assert_eq!(app.ids("minPrice=7000&maxPrice=8000").await, ["t1"], "yen have no minor unit");
        assert_eq!(app.ids("near=40.4168,-3.7038&radiusKm=20").await, ["b9", "h1", "c1"]);
        assert_eq!(app.ids("near=40.4168,-3.7038&radiusKm=100").await, ["b9", "h1", "x1", "c1"]);
        let found = app.client.get("/api/search/events?city=Madrid&category=theatre").await.expect(200).json();
        assert_eq!(found["total"], 2);
        assert_eq!(found["facets"]["city"], json!([{"value": "Madrid", "count": 2}]), "cities of the theatres");
        assert_eq!(
            found["facets"]["category"],
            json!([{"value": "theatre", "count": 2}, {"value": "classical", "count": 1}]),
            "kinds in Madrid"
        );
    }
}

#[tokio::test]
async fn orders_and_pages() {
    for app in App::each_with_season().await {
        assert_eq!(app.ids("sort=date&limit=3").await, ["b9", "v1", "t1"]);
        assert_eq!(app.ids("sort=price&city=Madrid").await, ["c1", "h1", "b9"]);
        let mut seen = Vec::new();
        let mut path = "/api/search/events?limit=3".to_owned();
        loop {
            let page = app.client.get(&path).await.expect(200).json();
            let items = page["items"].as_array().expect("items").clone();
            seen.extend(items.into_iter().map(|item| item["id"].clone()));
            let Some(cursor) = page["nextCursor"].as_str() else { break };
            path = format!("/api/search/events?limit=3&cursor={cursor}");
        }
        assert_eq!(Value::from(seen), json!(["b9", "v1", "t1", "h1", "s1", "x1", "c1"]));
    }
}

#[tokio::test]
async fn what_is_sold_out_is_left_out_when_asked_for() {
    for app in App::each_with_season().await {
        app.left(&"b9".parse().expect("an id"), 100, 0, 3);
        app.wait_for("/api/search/events?query=beethoven", |body| body["items"][0]["availability"]["available"] == 0)
            .await;
        assert_eq!(app.ids("city=Madrid&available=true").await, ["h1", "c1"]);
        let event = app.client.get("/api/events/b9").await.expect(200).json();
        assert_eq!(event["availability"]["soldOut"], false, "what is held may come back");
        app.left(&"b9".parse().expect("an id"), 100, 0, 0);
        app.wait_for("/api/events/b9", |body| body["availability"]["soldOut"] == true).await;
    }
}

#[tokio::test]
async fn the_lowest_price_follows_what_is_left() {
    for app in App::each_with_season().await {
        let id = "h1".parse().expect("an id");
        let offered = app.client.get("/api/events/h1").await.expect(200).json()["priceRange"]["min"]["amount"].clone();
        let lowest = async |left: (i64, i64, i64), lowest: Option<i64>, shown: &Value| {
            app.left_from(&id, left, lowest);
            app.wait_for("/api/search/events?query=hamlet", |body| {
                let event = &body["items"][0];
                event["availability"]["available"] == left.1 && event["priceRange"]["min"]["amount"] == *shown
            })
            .await;
        };
        lowest((100, 7, 3), Some(9_900), &json!("99.00")).await;
        assert_eq!(app.ids("query=hamlet&maxPrice=98").await, Vec::<String>::new());
        assert_eq!(app.ids("query=hamlet&maxPrice=99").await, ["h1"]);
        assert_eq!(app.ids("city=Madrid&sort=price").await.last().map(String::as_str), Some("h1"));
        lowest((100, 6, 3), None, &json!("99.00")).await;
        lowest((100, 0, 0), None, &offered).await;
        lowest((100, 100, 0), None, &offered).await;
    }
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let app = App::new().await;
    let path = "/api/search/events?near=x&radiusKm=0&sort=best&limit=101&minPrice=ten&maxPrice=-1";
    let problem = app.client.get(path).await.expect_problem(422, "invalid");
    let fields: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| e["field"].clone()).collect();
    assert_eq!(Value::from(fields), json!(["sort", "minPrice", "maxPrice", "radiusKm", "near", "limit"]));
    app.client.get("/api/search/events?from=yesterday").await.expect_problem(400, "malformed");
    app.client.get("/api/search/events?cursor=%01").await.expect_problem(400, "malformed");
    for field in ["query", "city", "cursor"] {
        let problem = app.client.get(&format!("/api/search/events?{field}=a%00b")).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], json!(field));
    }
    for strange in ["%01", "%27%3B--", "%26%7C!()%3A*", "%F0%9F%8E%B8", "%E2%80%AE", "a%01b"] {
        let _ = app.client.get(&format!("/api/search/events?query={strange}&city={strange}")).await.expect(200);
        let _ = app.client.get(&format!("/api/search/suggest?q={strange}")).await.expect(200);
    }
}
