//! Completions.

use crate::support::App;

#[tokio::test]
async fn completions_are_cities_venues_and_events() {
    for app in App::each_with_season().await {
        let texts = async |q: &str| {
            let answer = app.client.get(&format!("/api/search/suggest?q={q}")).await.expect(200).json();
            let items = answer["items"].as_array().expect("items").clone();
            items
                .into_iter()
                .map(|item| {
                    format!(
                        "{} {}",
                        item["kind"].as_str().unwrap_or_default(),
                        item["text"].as_str().unwrap_or_default()
                    )
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(texts("mad").await, ["city Madrid", "venue Gran Teatro de Madrid"]);
        assert_eq!(texts("BOGOT%C3%81").await.first().map(String::as_str), Some("city Bogotá"));
        assert_eq!(texts("sinf").await, ["event Beethoven: Sinfonía n.º 9"]);
        assert_eq!(texts("bethoven").await, ["event Beethoven: Sinfonía n.º 9"]);
        assert!(texts("").await.is_empty());
        assert!(texts("%25").await.is_empty());
        let answer = app.client.get("/api/search/suggest?q=hamlet").await.expect(200).json();
        let hamlet = serde_json::json!({"items": [{"id": "h1", "kind": "event", "text": "Hamlet"}]});
        assert_eq!(answer, hamlet);
    }
}
