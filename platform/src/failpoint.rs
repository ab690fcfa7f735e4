//! Places at which a test lets the process die as by `kill -9`: before and after each commit and each call of a saga,
//! and each call to the payment provider.
//!
//! They are nothing unless the feature `failpoints` is on, which no release has. Then `FAILPOINT` names the place, and
//! `FAILPOINT=saga.capture.after:3` the third time that it is reached.

/// Dies here when this is the place that was chosen.
#[cfg(feature = "failpoints")]
pub fn reach(place: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static CHOSEN: LazyLock<Option<(String, u32)>> = LazyLock::new(|| chosen(&std::env::var("FAILPOINT").ok()?));
    static REACHED: AtomicU32 = AtomicU32::new(0);
    if let Some((name, time)) = &*CHOSEN
        && name == place
        && REACHED.fetch_add(1, Ordering::Relaxed) + 1 == *time
    {
        // No destructor runs and nothing is flushed.
        std::process::abort();
    }
}

/// Nothing, without the feature.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub fn reach(_place: &str) {}

/// A place and the how manieth time that it is reached.
#[cfg(feature = "failpoints")]
fn chosen(setting: &str) -> Option<(String, u32)> {
    if setting.is_empty() {
        return None;
    }
    let (name, time) = setting.split_once(':').map_or((setting, Some(1)), |(name, time)| (name, time.parse().ok()));
    time.map(|time| (name.to_owned(), time))
}
