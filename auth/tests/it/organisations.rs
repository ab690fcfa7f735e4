//! Organisations: members, invitations, and that nobody reaches another one's.

use crate::app::{Person, TestApp};
use chrono::TimeDelta;
use onsale_core::api::accounts::{Account, ApiKey, SignedIn};
use onsale_core::api::organisations::{Invitation, Member, Organisation};
use onsale_core::api::page::Page;
use onsale_core::{OrganisationId, Role};
use onsale_platform::identity::Identity;
use onsale_testkit::TestClient;
use serde_json::json;

/// Founded by an admin, with a first organiser who came by an invitation.
async fn founded(app: &TestApp, admin: &TestClient, name: &str) -> (OrganisationId, Person) {
    let made: Organisation = admin.post("/api/admin/organisations", &json!({"name": name})).await.expect(201).parse();
    let email = format!("{name}@example.org");
    let token = invited(admin, made.id, &email, &["organiser"]).await;
    let person = app.register(&email).await;
    let _ = app.of(&person).post("/api/auth/invitations/accept", &json!({"token": token})).await.expect(200);
    // The tokens of before are refused; the session goes on.
    app.of(&person).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
    (made.id, Person::of(&app.refresh(&person.refresh).await.expect(200)))
}

async fn invited(client: &TestClient, id: OrganisationId, email: &str, roles: &[&str]) -> String {
    let body =
        json!({"email": email, "roles": roles, "organisationId": OrganisationId::DEFAULT, "expiresAt": "2099-01-01"});
    let path = format!("/api/admin/organisations/{id}/invitations");
    let made: Invitation = client.post(&path, &body).await.expect(201).parse();
    let listed: Page<Invitation> = client.get(&path).await.expect(200).parse();
    assert!(listed.items.iter().any(|known| known.id == made.id && known.token.is_none()), "told once");
    made.token.expect("a token")
}

#[tokio::test]
async fn staff_of_before_are_members_of_the_default_organisation() {
    let app = TestApp::new().await;
    let person = app.staff("olga@example.org", &[Role::Customer, Role::Organiser]).await;
    let me: Account = app.of(&person).get("/api/auth/me").await.expect(200).parse();
    assert_eq!(me.organisation, Some(OrganisationId::DEFAULT));
    assert_eq!(me.memberships[0].roles, [Role::Organiser]);
    let identity = app.platform.verifier.verify(&person.token).await.expect("good");
    assert!(matches!(identity, Identity::User { organisation: OrganisationId::DEFAULT, .. }));
    // What the version before this one writes is followed.
    sqlx::query("UPDATE auth.accounts SET roles = '{customer}' WHERE id = $1")
        .bind(person.id.0)
        .execute(app.db.pool())
        .await
        .expect("written");
    let me: Account = app.of(&person).get("/api/auth/me").await.expect(200).parse();
    assert_eq!((me.roles, me.memberships.len()), (vec![Role::Customer], 0));
}

#[tokio::test]
async fn an_organiser_reaches_their_own_organisation_only() {
    let app = TestApp::new().await;
    let admin = app.of(&app.staff("admin@example.org", &[Role::Admin]).await);
    let (first, one) = founded(&app, &admin, "first").await;
    let (second, two) = founded(&app, &admin, "second").await;
    let (one, other) = (app.of(&one), app.of(&two));
    let listed: Page<Organisation> = one.get("/api/admin/organisations").await.expect(200).parse();
    assert_eq!(listed.items.iter().map(|known| known.id).collect::<Vec<_>>(), [first]);
    let of = |id: OrganisationId, rest: &str| format!("/api/admin/organisations/{id}{rest}");
    let invite = json!({"email": "x@example.org", "roles": ["gate"]});
    let member = of(second, &format!("/members/{}", two.id));
    one.patch(&of(second, ""), &json!({"name": "mine"})).await.expect_problem(404, "not_found");
    one.get(&of(second, "/members")).await.expect_problem(404, "not_found");
    one.put(&member, &json!({"roles": ["gate"]})).await.expect_problem(404, "not_found");
    one.delete(&member).await.expect_problem(404, "not_found");
    one.post(&of(second, "/invitations"), &invite).await.expect_problem(404, "not_found");
    one.get(&of(second, "/invitations")).await.expect_problem(404, "not_found");

    let key: ApiKey = other
        .post("/api/admin/api-keys", &json!({"name": "till", "scopes": ["tickets:read"]}))
        .await
        .expect(201)
        .parse();
    assert_eq!(key.organisation_id, second);
    let none: Page<ApiKey> = one.get("/api/admin/api-keys").await.expect(200).parse();
    assert!(none.items.is_empty());
    one.delete(&format!("/api/admin/api-keys/{}", key.id)).await.expect_problem(404, "not_found");
    let _ = other.delete(&format!("/api/admin/api-keys/{}", key.id)).await.expect(204);

    // Admins reach all of them.
    let members: Page<Member> = admin.get(&of(second, "/members")).await.expect(200).parse();
    assert_eq!(members.items[0].email, "second@example.org");
    assert_eq!(
        admin.get("/api/admin/organisations").await.expect(200).json()["items"].as_array().map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn an_invitation_is_for_one_address_and_one_time() {
    let app = TestApp::new().await;
    let admin = app.of(&app.staff("admin@example.org", &[Role::Admin]).await);
    let (id, organiser) = founded(&app, &admin, "club").await;
    let client = app.of(&organiser);
    let accept = async |person: &Person, token: &str| {
        app.of(person).post("/api/auth/invitations/accept", &json!({"token": token, "roles": ["organiser"]})).await
    };
    let stranger = app.register("stranger@example.org").await;
    let friend = app.register("friend@example.org").await;
    let first = invited(&client, id, "Friend@example.org", &["gate"]).await;
    accept(&stranger, &first).await.expect_problem(409, "other_address");
    let second = invited(&client, id, "friend@example.org", &["gate", "box_office"]).await;
    accept(&friend, &first).await.expect_problem(422, "invalid");
    let account: Account = accept(&friend, &second).await.expect(200).parse();
    assert_eq!(
        account.roles,
        [Role::BoxOffice, Role::Customer, Role::Gate],
        "what was offered, not what was asked for"
    );
    let friend = Person::of(&app.refresh(&friend.refresh).await.expect(200));
    accept(&friend, &second).await.expect_problem(422, "invalid");
    accept(&friend, "oin_nonsense").await.expect_problem(422, "invalid");

    let path = format!("/api/admin/organisations/{id}/invitations");
    for roles in [json!([]), json!(["admin"]), json!(["organiser", "sre"]), json!(["customer"])] {
        let body = json!({"email": "x@example.org", "roles": roles});
        client.post(&path, &body).await.expect_problem(422, "invalid");
    }
    let _ = invited(&client, id, "late@example.org", &["gate"]).await;
    let listed: Page<Invitation> = client.get(&path).await.expect(200).parse();
    let open = listed.items.iter().find(|known| known.accepted_at.is_none()).expect("an open one");
    let _ = client.delete(&format!("{path}/{}", open.id)).await.expect(204);
    client.delete(&format!("{path}/{}", open.id)).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn members_change_at_once_and_the_last_organiser_stays() {
    let app = TestApp::at_rest().await;
    let admin = app.of(&app.staff("admin@example.org", &[Role::Admin]).await);
    let (id, organiser) = founded(&app, &admin, "club").await;
    let client = app.of(&organiser);
    let own = format!("/api/admin/organisations/{id}/members/{}", organiser.id);
    client.put(&own, &json!({"roles": ["gate"]})).await.expect_problem(409, "state_conflict");
    client.delete(&own).await.expect_problem(409, "state_conflict");
    client.put(&own, &json!({"roles": ["admin"]})).await.expect_problem(422, "invalid");
    let stranger = app.register("stranger@example.org").await;
    let other = format!("/api/admin/organisations/{id}/members/{}", stranger.id);
    client.put(&other, &json!({"roles": ["gate"]})).await.expect_problem(404, "not_found");

    let token = invited(&client, id, "stranger@example.org", &["organiser"]).await;
    let _ = app.of(&stranger).post("/api/auth/invitations/accept", &json!({"token": token})).await.expect(200);
    // Tokens tell their making to the second.
    app.platform.clock.advance(TimeDelta::seconds(2));
    let _ = client.put(&own, &json!({"roles": ["gate"]})).await.expect(204);
    client.get("/api/auth/me").await.expect_problem(401, "unauthenticated");
    let now = Person::of(&app.refresh(&organiser.refresh).await.expect(200));
    app.of(&now).get(&format!("/api/admin/organisations/{id}/members")).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn whoever_is_in_two_organisations_acts_for_one_at_a_time() {
    let app = TestApp::new().await;
    let admin = app.of(&app.staff("admin@example.org", &[Role::Admin]).await);
    let (first, person) = founded(&app, &admin, "first").await;
    let second: Organisation =
        admin.post("/api/admin/organisations", &json!({"name": "second"})).await.expect(201).parse();
    let token = invited(&admin, second.id, "first@example.org", &["box_office"]).await;
    let _ = app.of(&person).post("/api/auth/invitations/accept", &json!({"token": token})).await.expect(200);
    let person = Person::of(&app.refresh(&person.refresh).await.expect(200));
    let client = app.of(&person);
    let me: Account = client.get("/api/auth/me").await.expect(200).parse();
    assert_eq!((me.organisation, me.memberships.len()), (Some(first), 2));
    let choose = async |id: OrganisationId| client.post("/api/auth/organisation", &json!({"organisationId": id})).await;
    choose(OrganisationId::DEFAULT).await.expect_problem(404, "not_found");
    let chosen: SignedIn = choose(second.id).await.expect(200).parse();
    assert_eq!(chosen.user.roles, [Role::BoxOffice, Role::Customer]);
    // The session stays with it.
    let refreshed: SignedIn = app.refresh(&person.refresh).await.expect(200).parse();
    assert_eq!(refreshed.user.organisation, Some(second.id));
}
