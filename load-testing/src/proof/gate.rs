//! A gate that everybody passes before each hold: closed, all come to rest at what they were told last.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Open at first. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    closed: Rc<Cell<bool>>,
    inside: Rc<Cell<usize>>,
}

/// Somebody who is inside until this is dropped.
#[derive(Debug)]
pub struct Turn(Rc<Cell<usize>>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Gate {
    /// Waits until it is open.
    pub async fn pass(&self) -> Turn {
        while self.closed.get() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.inside.set(self.inside.get() + 1);
        Turn(Rc::clone(&self.inside))
    }

    /// Lets nobody pass any more and waits until nobody is inside, for so long at most; says how many still are.
    pub async fn close(&self, within: Duration) -> usize {
        self.closed.set(true);
        let began = Instant::now();
        while self.inside.get() > 0 && began.elapsed() < within {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.inside.get()
    }

    /// Lets everybody pass again.
    pub fn open(&self) {
        self.closed.set(false);
    }
}
