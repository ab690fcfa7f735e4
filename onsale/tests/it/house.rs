//! The whole house as one process, with people of every role signed in.

use crate::program::{Running, SECRET};
use onsale_platform::ServiceRole;
use onsale_testkit::{TestDb, TestRedis};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long a start may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const PASSWORD: &str = "Kestrel-on-the-9th-gate";

/// A running house.
pub(crate) struct House {
    pub(crate) db: TestDb,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) client: Client,
    pub(crate) gateway: String,
    _redis: TestRedis,
    _process: Running,
}

/// An address for each role that is free now.
pub(crate) fn addresses() -> Vec<(ServiceRole, String)> {
    let listeners: Vec<_> =
        ServiceRole::ALL.iter().map(|role| (*role, TcpListener::bind("127.0.0.1:0").expect("a port"))).collect();
    listeners.iter().map(|(role, listener)| (*role, listener.local_addr().expect("an address").to_string())).collect()
}

/// The settings of processes that run the roles at these addresses.
pub(crate) fn settings(db: &TestDb, redis: &TestRedis, addresses: &[(ServiceRole, String)]) -> Vec<(String, String)> {
    let of = |role| addresses.iter().find(|(known, _)| *known == role).map(|(_, address)| address.clone());
    let sandbox = of(ServiceRole::Sandbox).expect("an address");
    let mut settings = vec![
        ("DATABASE_URL".to_owned(), db.url().to_owned()),
        ("REDIS_URLS".to_owned(), redis.setting()),
        ("ONSALE_SECRET".to_owned(), SECRET.to_owned()),
        ("METRICS_LISTEN".to_owned(), "off".to_owned()),
        ("PAYMENT_SANDBOX_URL".to_owned(), format!("http://{sandbox}")),
    ];
    for (role, address) in addresses {
        settings.push((format!("LISTEN_{}", role.as_str().to_ascii_uppercase()), address.clone()));
    }
    settings
}

/// Waits until an address answers 200.
pub(crate) async fn eventually(what: &str, client: &Client, url: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if client.get(url).send().await.is_ok_and(|answer| answer.status() == 200) {
            return;
        }
        assert!(Instant::now() < deadline, "{what} was not there within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The client wants a provider of cryptography also where it speaks plain HTTP.
pub(crate) fn install_tls() {
    let _already = rustls::crypto::ring::default_provider().install_default();
}

impl House {
    /// Everything in one process, nothing sown.
    pub(crate) async fn open() -> Self {
        Self::open_with(&[], Stdio::inherit()).await
    }

    /// The same with further settings, and its log elsewhere.
    pub(crate) async fn open_with(more: &[(&str, &str)], log: Stdio) -> Self {
        install_tls();
        let (db, redis, addresses) = (TestDb::new().await, TestRedis::new().await, addresses());
        let mut settings = settings(&db, &redis, &addresses);
        settings.push(("LIMITS".to_owned(), "off".to_owned()));
        settings.push(("ARGON2_PROFILE".to_owned(), "minimal".to_owned()));
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let roles: Vec<_> = ServiceRole::ALL.iter().map(|role| role.as_str()).collect();
        let process = Running::saying_to(&[&["serve"], &roles[..]].concat(), &settings, log);
        let client = Client::new();
        for (role, address) in &addresses {
            eventually(role.as_str(), &client, &format!("http://{address}/health/ready")).await;
        }
        let gateway = format!("http://{}", addresses[0].1);
        Self { db, settings, client, gateway, _redis: redis, _process: process }
    }

    /// A person with these roles, signed in.
    pub(crate) async fn sign_in(&self, name: &str, roles: &[&str]) -> String {
        let account = json!({"email": format!("{name}@example.com"), "password": PASSWORD, "name": name});
        let registered = self.send(Method::POST, "/api/auth/register", None, Some(&account)).await;
        assert_eq!(registered.status(), 201);
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        sqlx::query("UPDATE auth.accounts SET roles = $1 WHERE email_key = $2")
            .bind(&roles)
            .bind(format!("{name}@example.com"))
            .execute(self.db.pool())
            .await
            .expect("the roles are set");
        let login = self.send(Method::POST, "/api/auth/login", None, Some(&account)).await;
        let login: Value = login.json().await.expect("JSON");
        login["token"].as_str().expect("a token").to_owned()
    }

    /// One call.
    pub(crate) async fn send(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Value>) -> Response {
        let mut request = self.client.request(method, format!("{}{path}", self.gateway));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.expect("an answer")
    }
}
