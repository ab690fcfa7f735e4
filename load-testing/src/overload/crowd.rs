//! People who come: each when one has been served (closed), or by the clock whatever becomes of them (open).

use super::person;
use super::pool::Pool;
use super::tally::{Tally, count};
use crate::client::Answer;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep_until};

/// How long those who are still there at the end are waited for.
const LAST_MAX: Duration = Duration::from_secs(15);
/// Arrivals are drawn together so often.
const TICK: Duration = Duration::from_millis(2);

/// Who may come, and where to.
pub(super) struct Crowd {
    address: SocketAddr,
    events: Rc<[String]>,
    tokens: Rc<[String]>,
    connections: usize,
    next: Cell<usize>,
}

/// What the people of one phase share.
pub(super) struct Shared {
    pub(super) began: Instant,
    pub(super) events: Rc<[String]>,
    pub(super) tokens: Rc<[String]>,
    pub(super) tally: RefCell<Tally>,
    pool: Pool,
    retries: Cell<usize>,
}

impl Shared {
    pub(super) fn since_start(&self) -> Duration {
        self.began.elapsed()
    }

    /// Asks over a kept connection; nothing when no whole answer came.
    pub(super) async fn call(&self, request: &[u8]) -> Option<Answer> {
        let mut connection = self.pool.take()?;
        let answer = connection.call(request).await;
        self.pool.give_back(connection);
        answer.ok()
    }

    /// Whether there may be one more retry, after so many first requests for each; it is counted.
    pub(super) fn may_retry(&self, firsts_per_retry: usize) -> bool {
        let firsts = self.tally.borrow().asked.len().saturating_sub(self.retries.get());
        let may = (self.retries.get() + 1) * firsts_per_retry <= firsts;
        self.retries.set(self.retries.get() + usize::from(may));
        may
    }
}

impl Crowd {
    pub(super) fn new(address: SocketAddr, events: &[String], tokens: &[String], connections: usize) -> Self {
        Self { address, events: events.into(), tokens: tokens.into(), connections, next: Cell::new(0) }
    }

    /// So many at once, each followed by the next.
    pub(super) async fn closed(&self, at_once: usize, lasts: Duration) -> anyhow::Result<Tally> {
        let shared = self.shared();
        let local = LocalSet::new();
        let end = shared.began + lasts;
        let next = Rc::new(Cell::new(self.next.get()));
        let mut people = JoinSet::new();
        for _ in 0..at_once {
            let (shared, next) = (shared.clone(), next.clone());
            people.spawn_local_on(
                async move {
                    while Instant::now() < end {
                        next.set(next.get() + 1);
                        person::buy(&shared, next.get(), Instant::now()).await;
                    }
                },
                &local,
            );
        }
        local.run_until(all_gone(people)).await?;
        self.next.set(next.get());
        Ok(shared.tally.take())
    }

    /// So many a second, for so long.
    pub(super) async fn open(&self, a_second: f64, lasts: Duration) -> anyhow::Result<Tally> {
        let shared = self.shared();
        let local = LocalSet::new();
        let come = async {
            let mut people = JoinSet::new();
            let mut came = 0_usize;
            let mut now = shared.began;
            while now < shared.began + lasts {
                sleep_until(now).await;
                loop {
                    let due = shared.began + Duration::from_secs_f64(count(came) / a_second);
                    if due > now {
                        break;
                    }
                    came += 1;
                    let (shared, number) = (shared.clone(), self.next.get() + came);
                    people.spawn_local(async move { person::buy(&shared, number, due).await });
                }
                while people.try_join_next().is_some() {}
                now += TICK;
            }
            self.next.set(self.next.get() + came);
            all_gone(people).await
        };
        local.run_until(come).await?;
        Ok(shared.tally.take())
    }

    fn shared(&self) -> Rc<Shared> {
        Rc::new(Shared {
            began: Instant::now(),
            events: self.events.clone(),
            tokens: self.tokens.clone(),
            tally: RefCell::default(),
            pool: Pool::new(self.address, self.connections),
            retries: Cell::new(0),
        })
    }
}

/// Waits for the last ones; who takes longer than that is dropped, and has not bought.
async fn all_gone(mut people: JoinSet<()>) -> anyhow::Result<()> {
    let gone = tokio::time::timeout(LAST_MAX, async {
        while let Some(person) = people.join_next().await {
            person?;
        }
        Ok::<_, tokio::task::JoinError>(())
    });
    gone.await.unwrap_or(Ok(())).map_err(Into::into)
}
