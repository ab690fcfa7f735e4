//! Where the servers of a test run come from: `TEST_DATABASE_URL` and `TEST_REDIS_URLS`, else
//! private ones.

/// The address of a PostgreSQL superuser's database.
pub(crate) async fn postgres() -> String {
    match setting("TEST_DATABASE_URL") {
        Some(url) => url,
        None => panic!("TEST_DATABASE_URL is not set: give the address of a PostgreSQL superuser's database"),
    }
}

/// The addresses of three Redis servers, without a database number.
pub(crate) async fn redis() -> Vec<String> {
    match setting("TEST_REDIS_URLS") {
        Some(urls) => urls.split(',').map(|url| url.trim().trim_end_matches('/').to_owned()).collect(),
        None => panic!("TEST_REDIS_URLS is not set: give the addresses of three Redis servers, with commas between"),
    }
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
