//! Public pages kept as bytes for a moment, by address, language and theme: at an opening, thousands ask for the
//! same one in the same second.

use super::answer::Written;
use futures::future::BoxFuture;
use moka::future::Cache;
use onsale_platform::problem::Problem;
use onsale_ui::Page;
use std::time::Duration;

/// What is left changes; a page tells of a second ago at most, and of what its data tells.
const FRESH_FOR: Duration = Duration::from_secs(1);
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The pages.
pub(crate) struct KeptPages(Cache<String, Written>);

impl KeptPages {
    pub(crate) fn new() -> Self {
        let weight = |key: &String, page: &Written| u32::try_from(key.len() + page.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(BYTES_MAX).weigher(weight).time_to_live(FRESH_FOR).build())
    }

    /// The page, written by one of those who want it at once.
    pub(crate) async fn get(
        &self,
        kind: &str,
        page: &Page,
        write: BoxFuture<'_, Result<Written, Problem>>,
    ) -> Result<Written, Problem> {
        let chosen = if page.chosen { "!" } else { "" };
        let key = format!("{kind} {} {}{chosen} {}", page.path, page.language.tag(), page.theme.name());
        self.0.try_get_with(key, write).await.map_err(|problem| Problem::clone(&problem))
    }
}
