//! Those who stand in line: they join, ask where they are, and come in; some leave, some of these come back.

use crate::proof::faults::Faults;
use crate::proof::tell;
use crate::proof::visitor::Visitor;
use onsale_core::api::queue::{QueueState, QueueStatus};
use onsale_core::lineup::proof::Receipt;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// People who join at once.
const JOINING_MAX: usize = 512;
/// All of them together ask so often a second at most: they share the machine with the house.
const ASKED_A_SECOND: u64 = 600;
/// How long whoever leaves and comes back is away.
const AWAY: Duration = Duration::from_secs(4);
/// Only who is so far from their turn leaves.
const LEAVES_BEFORE: u32 = 40;
const LOOK_EVERY: Duration = Duration::from_millis(500);
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Somebody, and what they were told.
pub(super) struct Person {
    visitor: Visitor,
    habit: Habit,
    /// They know that it is their turn, and are signed in from then on.
    is_called: bool,
    /// What they got when they joined.
    pub receipt: Receipt,
    /// Their place, once they were told one.
    pub number: Option<u32>,
    /// Their admission's token, once they were told one.
    pub admission: Option<String>,
    /// They left and did not come back.
    pub left: bool,
    /// They were away for a while.
    pub was_away: bool,
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    Stays,
    Leaves,
    ComesBack,
}

impl Person {
    /// How often a call had to be made again.
    #[must_use]
    pub(super) fn tried_again(&self) -> usize {
        self.visitor.tried_again
    }

    /// To ask by.
    pub(super) fn visitor(&mut self) -> &mut Visitor {
        &mut self.visitor
    }

    /// Takes note of a status; what it says that cannot be.
    fn hear(&mut self, status: &QueueStatus) -> Result<(), String> {
        let position = self.receipt.position;
        if let (Some(before), Some(now)) = (self.number, status.number)
            && before != now
        {
            return Err(format!("position {position} was told the place {before} and then {now}"));
        }
        self.number = self.number.or(status.number);
        match status.state {
            QueueState::Admitted if status.number.is_none_or(|number| number > status.now_serving) => {
                Err(format!("place {:?} is let in while {} are called", status.number, status.now_serving))
            }
            QueueState::Lobby | QueueState::Waiting if self.admission.is_some() => {
                Err(format!("place {:?} had come in and is told to wait", self.number))
            }
            QueueState::Lobby | QueueState::Waiting | QueueState::Admitted => self.keep(status),
            state => Err(format!("place {:?} is told {state:?}", self.number)),
        }
    }

    fn keep(&mut self, status: &QueueStatus) -> Result<(), String> {
        let Some(told) = &status.admission else { return Ok(()) };
        let kept = self.admission.get_or_insert_with(|| told.token.clone());
        if *kept == told.token { Ok(()) } else { Err(format!("place {:?} is told two admissions", self.number)) }
    }

    /// Whether this is when they leave.
    fn leaves_now(&self, status: &QueueStatus) -> bool {
        status.state == QueueState::Waiting
            && self.habit != Habit::Stays
            && !self.was_away
            && self.number.is_some_and(|number| number > status.now_serving + LEAVES_BEFORE)
    }
}

/// All join; gives them with their receipts.
pub(super) async fn join(visitors: Vec<Visitor>) -> anyhow::Result<Vec<Person>> {
    let turns = Rc::new(Semaphore::new(JOINING_MAX));
    let joining = visitors.into_iter().enumerate().map(|(n, mut visitor)| {
        let turns = Rc::clone(&turns);
        tokio::task::spawn_local(async move {
            let _turn = turns.acquire().await?;
            let receipt = visitor.join().await?.receipt;
            let habit = match n % 40 {
                7 => Habit::Leaves,
                27 => Habit::ComesBack,
                _ => Habit::Stays,
            };
            let (number, admission) = (None, None);
            let (is_called, left, was_away) = (false, false, false);
            anyhow::Ok(Person { visitor, habit, is_called, receipt, number, admission, left, was_away })
        })
    });
    let mut people = Vec::new();
    for joined in joining.collect::<Vec<_>>() {
        people.push(joined.await??);
    }
    Ok(people)
}

/// All of them, asking where they are.
pub(super) struct Crowd {
    tasks: Vec<JoinHandle<Person>>,
    shared: Rc<Shared>,
    end: watch::Sender<bool>,
}

/// What they share.
struct Shared {
    /// Who is still to come in.
    out: Cell<usize>,
    faults: RefCell<Faults>,
    /// Between two questions of one of them, at least.
    pace: Duration,
}

impl Crowd {
    /// Sends them; in a [`tokio::task::LocalSet`].
    pub(super) fn send(people: Vec<Person>) -> Self {
        let pace = Duration::from_secs_f64(super::rate(people.len(), Duration::from_secs(ASKED_A_SECOND)));
        let shared = Rc::new(Shared { out: Cell::new(people.len()), faults: RefCell::default(), pace });
        let (end, ended) = watch::channel(false);
        let stand = |person: Person| tokio::task::spawn_local(person.stand(Rc::clone(&shared), ended.clone()));
        let tasks = people.into_iter().map(stand).collect();
        Self { tasks, shared, end }
    }

    /// Waits until everybody has come in who did not leave, or for so long.
    pub(super) async fn until_all_are_in(&self, patience: Duration) {
        let (began, mut told) = (Instant::now(), Instant::now());
        while self.shared.out.get() > 0 && began.elapsed() < patience {
            if told.elapsed() > TELL_EVERY {
                tell(&format!("{} people are still in line", self.shared.out.get()));
                told = Instant::now();
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// All of them with what they were told; and what was wrong in it.
    ///
    /// # Errors
    /// When one of them died.
    pub(super) async fn end(self, faults: &mut Faults) -> anyhow::Result<Vec<Person>> {
        self.end.send_replace(true);
        let mut people = Vec::new();
        for task in self.tasks {
            people.push(task.await?);
        }
        faults.absorb(self.shared.faults.take());
        Ok(people)
    }
}

impl Person {
    /// Asks until the end: whoever is in goes on asking, as a page does.
    async fn stand(mut self, shared: Rc<Shared>, mut ended: watch::Receiver<bool>) -> Self {
        while !*ended.borrow() && !self.left {
            let was_out = self.admission.is_none();
            let rest = match self.ask().await {
                Ok(seconds) => Duration::from_secs(u64::from(seconds)),
                Err(fault) => {
                    shared.faults.borrow_mut().add(fault.to_string());
                    LOOK_EVERY
                }
            };
            if was_out && (self.admission.is_some() || self.left) {
                shared.out.set(shared.out.get().saturating_sub(1));
            }
            // Whoever is called comes in at once.
            let rest = if rest.is_zero() { rest } else { rest.max(shared.pace) };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = ended.changed() => {}
            }
        }
        self
    }

    /// Asks once; gives after how many seconds to ask again.
    async fn ask(&mut self) -> anyhow::Result<u32> {
        let Some(status) = self.visitor.status(self.is_called).await? else { return Ok(1) };
        self.hear(&status).map_err(anyhow::Error::msg)?;
        if self.leaves_now(&status) {
            self.go_away().await?;
            return Ok(1);
        }
        let is_called_now = status.state == QueueState::Admitted && !self.is_called;
        self.is_called |= is_called_now;
        Ok(if is_called_now { 0 } else { status.ask_again_seconds })
    }

    async fn go_away(&mut self) -> anyhow::Result<()> {
        self.visitor.leave().await?;
        self.was_away = true;
        if self.habit == Habit::Leaves {
            self.left = true;
            return Ok(());
        }
        tokio::time::sleep(AWAY).await;
        let again = self.visitor.join().await?;
        anyhow::ensure!(
            again.receipt == self.receipt && again.number.is_none_or(|number| Some(number) == self.number),
            "place {:?} came back after {AWAY:?} and got the place {:?} of position {}",
            self.number,
            again.number,
            again.receipt.position,
        );
        Ok(())
    }
}
