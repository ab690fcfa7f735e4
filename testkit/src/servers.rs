//! Where the servers of a test run come from: `TEST_DATABASE_URL` and `TEST_REDIS_URLS`, else
//! private ones below the target folder, which all test binaries share.

use onsale_engines::shared::{self, Shared};
use std::path::PathBuf;
use tokio::sync::OnceCell;

static PRIVATE: OnceCell<Shared> = OnceCell::const_new();

/// The address of a PostgreSQL superuser's database.
pub(crate) async fn postgres() -> String {
    match setting("TEST_DATABASE_URL") {
        Some(url) => url,
        None => private().await.database_url.clone(),
    }
}

/// The addresses of three Redis servers, without a database number.
pub(crate) async fn redis() -> Vec<String> {
    match setting("TEST_REDIS_URLS") {
        Some(urls) => urls.split(',').map(|url| url.trim().trim_end_matches('/').to_owned()).collect(),
        None => private().await.redis_urls.clone(),
    }
}

async fn private() -> &'static Shared {
    PRIVATE
        .get_or_init(|| async {
            let folder = target().join("engines");
            shared::engines(&folder).await.unwrap_or_else(|error| panic!("the tests' engines cannot be had: {error}"))
        })
        .await
}

/// The target folder that this test binary was built in.
pub(crate) fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a running program has a path");
    let tagged = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    tagged.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from)
}

pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
