//! Whose venues and events are: an organisation's, for all of its organisers and for nobody else's.

use crate::support::{App, hall, seated, venue};
use onsale_core::OrganisationId;
use onsale_platform::random;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn organisers_share_what_is_their_organisations() {
    let app = App::new().await;
    let house: OrganisationId = random::new_id(&app.kit.platform().clock);
    let (one, colleague, stranger) = (app.organiser_of(house), app.organiser_of(house), app.organiser());
    let plan = hall(&one).await;
    let _ = colleague.post("/api/admin/events", &seated(&plan)).await.expect(201);
    let _ = one.get("/api/admin/events/E1").await.expect(200);
    assert_eq!(one.get("/api/admin/events").await.expect(200).json()["items"].as_array().map(Vec::len), Some(1));
    let _ = colleague.put("/api/admin/venues/hall", &venue()).await.expect(200);
    stranger.get("/api/admin/events/E1").await.expect_problem(404, "not_found");
    stranger.put("/api/admin/venues/hall", &venue()).await.expect_problem(404, "not_found");
    assert_eq!(stranger.get("/api/admin/venues").await.expect(200).json()["items"], json!([]));
    assert_eq!(stranger.get("/api/admin/events").await.expect(200).json()["items"], json!([]));
}

#[tokio::test]
async fn an_event_is_its_venues_organisations_whoever_drafts_it() {
    let app = App::new().await;
    let house: OrganisationId = random::new_id(&app.kit.platform().clock);
    let plan = hall(&app.organiser_of(house)).await;
    let mut draft = seated(&plan);
    draft["organisationId"] = json!(Uuid::nil());
    let _ = app.admin().post("/api/admin/events", &draft).await.expect(201);
    // A venue of another organisation cannot be put in the place of it, by anybody.
    let mut other = venue();
    other["id"] = json!("elsewhere");
    let _ = app.organiser().post("/api/admin/venues", &other).await.expect(201);
    draft["venueId"] = json!("elsewhere");
    app.admin().put("/api/admin/events/E1", &draft).await.expect_problem(422, "invalid");
    let _ = app.organiser_of(house).post("/api/admin/events/E1/publish", &json!({})).await.expect(200);
    let offer = app.booking().get("/internal/events/E1/offers/1").await.expect(200).json();
    assert_eq!(offer["organisationId"], json!(house));
    let noted: Vec<(String, Uuid)> =
        sqlx::query_as("SELECT action, organisation_id FROM admin.acts WHERE object_id = 'E1' ORDER BY position")
            .fetch_all(app.db.pool())
            .await
            .expect("noted");
    let expected: Vec<(String, Uuid)> =
        ["event.create", "event.publish"].map(|action| (action.to_owned(), house.0)).to_vec();
    assert_eq!(noted, expected);
}

#[tokio::test]
async fn what_the_version_before_wrote_is_the_default_organisations() {
    let app = App::new().await;
    sqlx::query(
        "INSERT INTO admin.venues (id, owner_id, name, city, country, time_zone, latitude, longitude, created_at, updated_at)
         VALUES ('old', gen_random_uuid(), 'Old Hall', 'Madrid', 'ES', 'Europe/Madrid', 40, -3, now(), now())",
    )
    .execute(app.db.pool())
    .await
    .expect("written");
    let seen: Value = app.organiser_of(OrganisationId::DEFAULT).get("/api/admin/venues/old").await.expect(200).json();
    assert_eq!(seen["name"], "Old Hall");
    app.organiser().get("/api/admin/venues/old").await.expect_problem(404, "not_found");
}
