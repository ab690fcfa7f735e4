//! An index of its own for each test, on the Elasticsearch that all tests share.

use onsale_testkit::{AtEnd, cluster};
use std::collections::BTreeMap;

/// Names that no other test's indices have; they are removed when it goes.
pub(crate) struct TestIndex {
    pub url: String,
    pub name: String,
    _removed: AtEnd,
}

impl TestIndex {
    /// Nothing when there is no Elasticsearch: said loudly.
    pub(crate) async fn new() -> Option<Self> {
        let url = cluster::elasticsearch().await?;
        let _another_test_was_first = rustls::crypto::ring::default_provider().install_default();
        let name = format!("test-{:032x}", u128::from_be_bytes(onsale_platform::random::secret_bytes()));
        let (at, of) = (url.clone(), name.clone());
        let _removed = AtEnd::look(move || async move { remove(&at, &of).await });
        Some(Self { url, name, _removed })
    }

    /// Those that exist now.
    pub(crate) async fn indices(&self) -> Vec<String> {
        indices(&self.url, &self.name).await
    }

    /// Loses them all, as an engine does that comes back empty.
    pub(crate) async fn lose(&self) {
        remove(&self.url, &self.name).await;
    }
}

async fn indices(url: &str, name: &str) -> Vec<String> {
    let answer = reqwest::get(format!("{url}/_alias/{name}-*")).await.expect("Elasticsearch answers");
    if !answer.status().is_success() {
        return Vec::new();
    }
    answer.json::<BTreeMap<String, serde_json::Value>>().await.expect("aliases").into_keys().collect()
}

async fn remove(url: &str, name: &str) {
    for index in indices(url, name).await {
        let removed = reqwest::Client::new().delete(format!("{url}/{index}")).send().await;
        assert!(removed.expect("Elasticsearch answers").status().is_success(), "{index} is removed");
    }
}
