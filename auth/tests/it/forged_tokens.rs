//! Thirty tokens that are none of ours, and one that is (RFC 8725; RELIABILITY.md, I6).

use crate::app::TestApp;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use onsale_core::{Role, SessionId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::tokens::{AccessClaims, SigningKeyPair, TokenConfig};
use onsale_testkit::{TestClient, TestKit};
use serde_json::{Value, json};
use sha2::Sha256;

struct Forger {
    kit: TestKit,
    key: SigningKey,
    header: Value,
    claims: Value,
}

impl Forger {
    fn encode(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    /// Rightly signed, whatever it says.
    fn signed(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", Self::encode(header), Self::encode(claims));
        let signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    fn genuine(&self) -> String {
        self.signed(&self.header, &self.claims)
    }

    fn header_with(&self, member: &str, value: Value) -> String {
        let mut header = self.header.clone();
        header[member] = value;
        self.signed(&header, &self.claims)
    }

    fn claims_with(&self, claim: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[claim] = value;
        self.signed(&self.header, &claims)
    }

    fn without(&self, claim: &str) -> String {
        let mut claims = self.claims.clone();
        claims.as_object_mut().expect("an object").remove(claim);
        self.signed(&self.header, &claims)
    }

    fn hs256(&self, key: &[u8]) -> String {
        let mut header = self.header.clone();
        header["alg"] = json!("HS256");
        let signed = format!("{}.{}", Self::encode(&header), Self::encode(&self.claims));
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("any length");
        mac.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let stranger = SigningKeyPair::generate().jwk(None);
        let mut bare = self.header.clone();
        bare.as_object_mut().expect("an object").remove("kid");
        let mut untyped = self.header.clone();
        untyped.as_object_mut().expect("an object").remove("typ");
        let none = format!(
            "{}.{}.",
            Self::encode(&json!({"alg": "none", "typ": "at+jwt", "kid": self.header["kid"]})),
            Self::encode(&self.claims)
        );
        vec![
            ("alg none without a signature", none),
            ("alg none with one", self.header_with("alg", json!("none"))),
            ("alg NONE", self.header_with("alg", json!("NONE"))),
            ("HS256 with the public key's bytes", self.hs256(self.key.verifying_key().as_bytes())),
            (
                "HS256 with the public key's text",
                self.hs256(URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()).as_bytes()),
            ),
            ("RS256", self.header_with("alg", json!("RS256"))),
            ("ES256", self.header_with("alg", json!("ES256"))),
            ("jku", self.header_with("jku", json!("https://evil.example/jwks.json"))),
            ("x5u", self.header_with("x5u", json!("https://evil.example/cert.pem"))),
            ("jwk", self.header_with("jwk", serde_json::to_value(stranger).expect("JSON"))),
            ("crit", self.header_with("crit", json!(["exp"]))),
            ("typ JWT", self.header_with("typ", json!("JWT"))),
            ("typ of a service token", self.header_with("typ", json!("svc+jwt"))),
            ("no typ", self.signed(&untyped, &self.claims)),
            ("no kid", self.signed(&bare, &self.claims)),
            ("unknown kid", self.header_with("kid", json!("unknown"))),
            ("kid of a service token", self.header_with("kid", json!("svc"))),
        ]
    }

    fn claims(&self) -> Vec<(&'static str, String)> {
        let now = self.kit.platform().clock.now().timestamp();
        vec![
            ("iss of another", self.claims_with("iss", json!("https://evil.example"))),
            ("aud of another", self.claims_with("aud", json!("other-api"))),
            ("aud as a list", self.claims_with("aud", json!([self.claims["aud"], "other-api"]))),
            ("ended", self.claims_with("exp", json!(now - 1))),
            ("ends as a text", self.claims_with("exp", json!((now + 60).to_string()))),
            ("not begun", self.claims_with("nbf", json!(now + 60))),
            ("no iss", self.without("iss")),
            ("no aud", self.without("aud")),
            ("no exp", self.without("exp")),
            ("no jti", self.without("jti")),
            ("no sub", self.without("sub")),
            ("no sid", self.without("sid")),
            ("an unknown role", self.claims_with("roles", json!(["god"]))),
            ("a person's and a key's at once", self.claims_with("key", self.claims["sub"].clone())),
        ]
    }

    fn texts(&self, refresh: &str) -> Vec<(&'static str, String)> {
        let genuine = self.genuine();
        let (signed, signature) = genuine.rsplit_once('.').expect("three parts");
        let mut flipped = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        flipped[10] ^= 1;
        let (header, _) = signed.split_once('.').expect("three parts");
        let mut promoted = self.claims.clone();
        promoted["roles"] = json!(["admin"]);
        let stranger = SigningKeyPair::generate();
        let claims: AccessClaims = serde_json::from_value(self.claims.clone()).expect("claims");
        vec![
            ("a refresh token", refresh.to_owned()),
            ("a flipped bit in the signature", format!("{signed}.{}", URL_SAFE_NO_PAD.encode(flipped))),
            ("other claims under the same signature", format!("{header}.{}.{signature}", Self::encode(&promoted))),
            ("no signature", format!("{signed}.")),
            (
                "a signature in padded base64",
                format!("{signed}.{}", STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).expect("base64url"))),
            ),
            ("four parts", format!("{genuine}.x")),
            ("nothing", ".".to_owned()),
            ("another's key", stranger.sign(&claims)),
            ("a service's token", self.kit.service_token(ServiceRole::Gateway, ServiceRole::Sandbox).replace('a', "b")),
            ("longer than any of ours", self.claims_with("name", json!("x".repeat(5_000)))),
        ]
    }
}

async fn forger(app: &TestApp, account: UserId) -> (Forger, TestClient) {
    // The same auth, checking tokens with a pair whose private half the forger has.
    let kit = TestKit::builder(&app.db).await.setting("ARGON2_PROFILE", "minimal").build();
    let state = onsale_auth::start(kit.platform()).await.expect("auth starts");
    let client = TestClient::new(onsale_auth::router(state));
    let (key, kid) = (SigningKey::from_bytes(&kit.keys().seed()), kit.keys().kid().to_owned());
    let session = SessionId(uuid::Uuid::from_u128(7));
    let now = kit.platform().clock.now();
    let claims = AccessClaims::of_user(&TokenConfig::default(), account, session, &[Role::Customer], now);
    let claims = serde_json::to_value(claims).expect("JSON");
    (Forger { kit, key, header: json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid}), claims }, client)
}

#[tokio::test]
async fn security_1_forged_tokens_are_401() {
    let app = TestApp::new().await;
    let person = app.register("ada@example.org").await;
    let (forger, client) = forger(&app, person.id).await;
    let _answer = client.signed_in(&forger.genuine()).get("/api/auth/me").await.expect(200);
    let _answer = client.signed_in(&forger.claims_with("unknown", json!(1))).get("/api/auth/me").await.expect(200);
    let forged = [forger.headers(), forger.claims(), forger.texts(&person.refresh)].concat();
    assert!(forged.len() >= 30, "only {}", forged.len());
    for (what, token) in &forged {
        let answer = client.signed_in(token).get("/api/auth/me").await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{what}");
        assert!(!answer.text().contains("\"internal\""), "{what}");
    }
    // A token that came after a good one of the same claims is not taken from the cache.
    let _answer = client.signed_in(&forger.genuine()).get("/api/auth/me").await.expect(200);
    for (what, token) in &forged {
        assert_eq!(client.signed_in(token).get("/api/auth/me").await.status, 401, "{what}, again");
    }
}

#[tokio::test]
async fn security_1_a_token_ends_in_time_also_from_the_cache() {
    let app = TestApp::at_rest().await;
    let person = app.register("ada@example.org").await;
    let _answer = app.of(&person).get("/api/auth/me").await.expect(200);
    app.platform.clock.advance(chrono::TimeDelta::minutes(15) - chrono::TimeDelta::seconds(1));
    let _answer = app.of(&person).get("/api/auth/me").await.expect(200);
    app.platform.clock.advance(chrono::TimeDelta::seconds(1));
    app.of(&person).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
}
