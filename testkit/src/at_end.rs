//! A last look that a test takes when what it worked with goes.

use std::panic;
use std::pin::Pin;

/// Looks when it is dropped, in a thread and a runtime of its own, and waits for it; what panics there fails the
/// test. A test that failed before is not looked at. Let it stand before the database among a struct's fields:
/// these are dropped in their order.
pub struct AtEnd(Option<Look>);

type Look = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl AtEnd {
    /// Will take this look.
    pub fn look<F>(look: impl FnOnce() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self(Some(Box::new(move || Box::pin(look()))))
    }

    /// Takes no look after all: the test moves what cannot be moved in earnest.
    pub fn spare(&mut self) {
        self.0 = None;
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        let Some(look) = self.0.take().filter(|_| !std::thread::panicking()) else { return };
        let looking = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime for the last look").block_on(look());
        });
        if let Err(why) = looking.join() {
            panic::resume_unwind(why);
        }
    }
}
