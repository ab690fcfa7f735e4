//! Which message is to be handled next: one of an aggregate at a time, and, where order matters, by
//! their sequence without holes. Pure: no I/O, time is a parameter.

use crate::bus::{Progress, Record, Settlement};
use onsale_core::events::CloudEvent;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How long a hole is waited for where the group has met the aggregate before.
pub(super) const HOLE_MAX: Duration = Duration::from_secs(600);
/// How long the beginning is waited for where it has not: what the bus has forgotten never comes.
pub(super) const BEGINNING_MAX: Duration = Duration::from_secs(5);

/// How long a dead letter that was put back waits for those before it.
pub(super) const RETURN_MAX: Duration = Duration::from_secs(30);

/// A message in hand.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Where it is.
    pub(super) record: Record,
    /// What it says.
    pub(super) event: CloudEvent,
    /// It was a dead letter, and is put back for this.
    pub(super) returned: Option<Settlement>,
}

/// What to do with a message.
#[derive(Debug)]
pub(super) enum Step {
    /// Handle it.
    Handle(Item),
    /// It was done long ago.
    Skip(Item),
    /// It cannot be handled: set it aside.
    SetAside(Item, String),
}

/// The messages in hand, by aggregate.
#[derive(Debug, Default)]
pub(super) struct Dispatch {
    ordered: bool,
    queues: HashMap<String, Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    /// One of its messages is being handled.
    busy: bool,
    waiting: VecDeque<Item>,
    order: Option<Order>,
}

#[derive(Debug)]
struct Order {
    progress: Progress,
    /// The group has met the aggregate before.
    known: bool,
    /// Since when what waits is behind a hole.
    hole_since: Option<Instant>,
    /// Progress that is not saved yet.
    unsaved: bool,
}

impl Dispatch {
    pub(super) fn new(ordered: bool) -> Self {
        Self { ordered, queues: HashMap::new() }
    }

    /// Those of these aggregates whose progress is to be given with [`Dispatch::put`].
    pub(super) fn unknown<'a>(&self, subjects: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut unknown: Vec<String> =
            subjects.filter(|subject| self.ordered && !self.queues.contains_key(*subject)).map(str::to_owned).collect();
        unknown.sort_unstable();
        unknown.dedup();
        unknown
    }

    /// Takes a message in hand. `progress` holds what is saved of aggregates that were [`Dispatch::unknown`].
    pub(super) fn put(&mut self, item: Item, progress: &HashMap<String, Progress>) {
        let ordered = self.ordered;
        let queue = self.queues.entry(item.event.subject.clone()).or_insert_with(|| {
            let saved = progress.get(&item.event.subject);
            let order = Order {
                progress: saved.copied().unwrap_or_default(),
                known: saved.is_some(),
                hole_since: None,
                unsaved: false,
            };
            Queue { order: ordered.then_some(order), ..Queue::default() }
        });
        if ordered {
            let sequence = item.event.sequence_number();
            let place = queue.waiting.partition_point(|other| other.event.sequence_number() <= sequence);
            queue.waiting.insert(place, item);
        } else {
            queue.waiting.push_back(item);
        }
    }

    /// What can be done now. What is given out must be reported by [`Dispatch::finished`].
    pub(super) fn next(&mut self, subject: &str, now: Instant) -> Option<Step> {
        let queue = self.queues.get_mut(subject)?;
        if queue.busy {
            return None;
        }
        let head = queue.waiting.front()?;
        let verdict = match &mut queue.order {
            None if head.returned == Some(Settlement::Drop) => Verdict::Skip,
            None => Verdict::Handle,
            Some(order) => order.judge(head, now),
        };
        if verdict == Verdict::Wait {
            return None;
        }
        let item = queue.waiting.pop_front()?;
        queue.busy = true;
        Some(match verdict {
            Verdict::Skip => Step::Skip(item),
            Verdict::SetAside(reason) => Step::SetAside(item, reason),
            Verdict::Handle | Verdict::Wait => Step::Handle(item),
        })
    }

    /// A message that was given out is done with: its effect is there, or it was set aside.
    pub(super) fn finished(&mut self, event: &CloudEvent, set_aside: bool) {
        let Some(queue) = self.queues.get_mut(&event.subject) else { return };
        queue.busy = false;
        if let Some(order) = &mut queue.order {
            order.finished(event.sequence_number(), set_aside);
        } else if queue.waiting.is_empty() {
            self.queues.remove(&event.subject);
        }
    }

    /// Progress that is not saved yet.
    pub(super) fn unsaved(&self) -> Vec<(String, Progress)> {
        let orders = self.queues.iter().filter_map(|(subject, queue)| Some((subject, queue.order.as_ref()?)));
        orders.filter(|(_, order)| order.unsaved).map(|(subject, order)| (subject.clone(), order.progress)).collect()
    }

    /// All progress is saved: aggregates without messages in hand need not be remembered.
    pub(super) fn saved(&mut self) {
        self.queues.retain(|_, queue| {
            if let Some(order) = &mut queue.order {
                order.known |= order.unsaved;
                order.unsaved = false;
            }
            queue.busy || !queue.waiting.is_empty()
        });
    }

    /// Aggregates whose messages wait for a hole to be filled.
    pub(super) fn behind_holes(&self) -> Vec<String> {
        let mut subjects: BTreeMap<&str, ()> = BTreeMap::new();
        for (subject, queue) in &self.queues {
            if queue.order.as_ref().is_some_and(|order| order.hole_since.is_some()) {
                subjects.insert(subject, ());
            }
        }
        subjects.into_keys().map(str::to_owned).collect()
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Handle,
    Skip,
    SetAside(String),
    Wait,
}

impl Order {
    fn judge(&mut self, item: &Item, now: Instant) -> Verdict {
        let (last, sequence) = (self.progress.sequence, item.event.sequence_number());
        if sequence <= last {
            return Verdict::Skip;
        }
        match item.returned {
            Some(returned) if sequence == last + 1 => {
                // What the others lie behind comes back: they may follow.
                self.progress.parked = false;
                self.hole_since = None;
                return if returned == Settlement::Drop { Verdict::Skip } else { Verdict::Handle };
            }
            // Over several topics they may come in another order than they were sent in.
            Some(_) if self.progress.parked && self.has_waited(now) < RETURN_MAX => return Verdict::Wait,
            _ => {}
        }
        if self.progress.parked {
            return Verdict::SetAside(format!("behind a dead letter: sequence {last} was the last one handled"));
        }
        if sequence == last + 1 {
            self.hole_since = None;
            return Verdict::Handle;
        }
        let waited = self.has_waited(now);
        if !self.known && waited >= BEGINNING_MAX {
            // The bus has forgotten how it began.
            self.progress.sequence = sequence - 1;
            self.hole_since = None;
            return Verdict::Handle;
        }
        if self.known && waited >= HOLE_MAX {
            return Verdict::SetAside(format!("sequence {} did not come within {HOLE_MAX:?}", last + 1));
        }
        Verdict::Wait
    }

    /// How long what waits has been behind a hole; from now on, if it was not before.
    fn has_waited(&mut self, now: Instant) -> Duration {
        now.saturating_duration_since(*self.hole_since.get_or_insert(now))
    }

    fn finished(&mut self, sequence: i64, set_aside: bool) {
        if set_aside {
            self.progress.parked = true;
            self.hole_since = None;
        } else {
            self.progress.sequence = self.progress.sequence.max(sequence);
        }
        self.unsaved = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::events::Topic;
    use serde_json::json;

    fn item(subject: &str, sequence: i64) -> Item {
        let event = serde_json::from_value(json!({
            "specversion": "1.0", "id": "0190a000-0000-7000-8000-000000000001", "source": "/test",
            "type": "ticket-created", "subject": subject, "time": "2026-11-21T12:00:00Z",
            "datacontenttype": "application/json", "dataschema": "", "sequence": format!("{sequence:020}"), "data": {}
        }));
        let record = Record {
            topic: Topic::TicketCreated,
            partition: 0,
            offset: sequence,
            key: subject.to_owned(),
            value: String::new(),
        };
        Item { record, event: event.expect("a CloudEvent"), returned: None }
    }

    #[test]
    fn what_comes_back_frees_what_lies_behind_it() {
        let now = Instant::now();
        for (how, step) in [(Settlement::Replay, "handle 3"), (Settlement::Drop, "skip 3")] {
            let mut dispatch = dispatch(Some(Progress { sequence: 2, parked: true }), &[6]);
            assert_eq!(run(&mut dispatch, now), ["set aside 6"]);
            dispatch.put(Item { returned: Some(how), ..item("order", 5) }, &HashMap::new());
            assert!(run(&mut dispatch, now).is_empty(), "it waits for those before it");
            assert_eq!(run(&mut dispatch, now + RETURN_MAX), ["set aside 5"]);
            for sequence in [3, 4] {
                dispatch.put(Item { returned: Some(how), ..item("order", sequence) }, &HashMap::new());
            }
            let after = if how == Settlement::Drop { "skip 4" } else { "handle 4" };
            assert_eq!(run(&mut dispatch, now), [step, after]);
            assert_eq!(dispatch.unsaved(), [("order".to_owned(), Progress { sequence: 4, parked: false })]);
        }
    }

    fn dispatch(known: Option<Progress>, sequences: &[i64]) -> Dispatch {
        let mut dispatch = Dispatch::new(true);
        let progress = known.map(|progress| ("order".to_owned(), progress)).into_iter().collect();
        for sequence in sequences {
            dispatch.put(item("order", *sequence), &progress);
        }
        dispatch
    }

    /// What is given out until nothing more is, all of it with success.
    fn run(dispatch: &mut Dispatch, now: Instant) -> Vec<String> {
        let mut steps = Vec::new();
        while let Some(step) = dispatch.next("order", now) {
            let (name, item) = match step {
                Step::Handle(item) => ("handle", item),
                Step::Skip(item) => ("skip", item),
                Step::SetAside(item, _) => ("set aside", item),
            };
            steps.push(format!("{name} {}", item.event.sequence_number()));
            dispatch.finished(&item.event, name == "set aside");
        }
        steps
    }

    #[test]
    fn one_of_an_aggregate_at_a_time() {
        let mut dispatch = Dispatch::new(false);
        for sequence in [2, 1] {
            dispatch.put(item("order", sequence), &HashMap::new());
        }
        let now = Instant::now();
        let Some(Step::Handle(first)) = dispatch.next("order", now) else { panic!("the first is handled") };
        assert_eq!(first.event.sequence_number(), 2, "without order they are handled as they came");
        assert!(dispatch.next("order", now).is_none(), "the first is still being handled");
        dispatch.finished(&first.event, false);
        assert_eq!(run(&mut dispatch, now), ["handle 1"]);
        assert!(dispatch.queues.is_empty(), "nothing is remembered of an aggregate without messages");
    }

    #[test]
    fn lower_is_done_and_a_hole_is_waited_for() {
        let mut dispatch = dispatch(Some(Progress { sequence: 3, parked: false }), &[6, 2, 4, 3]);
        let now = Instant::now();
        assert_eq!(run(&mut dispatch, now), ["skip 2", "skip 3", "handle 4"]);
        assert_eq!(dispatch.behind_holes(), ["order"]);
        assert_eq!(run(&mut dispatch, now + HOLE_MAX / 2), [""; 0]);
        dispatch.put(item("order", 5), &HashMap::new());
        assert_eq!(run(&mut dispatch, now + HOLE_MAX / 2), ["handle 5", "handle 6"]);
        assert_eq!(dispatch.unsaved(), [("order".to_owned(), Progress { sequence: 6, parked: false })]);
        assert_eq!(dispatch.behind_holes(), [""; 0]);
    }

    #[test]
    fn a_hole_that_stays_parks_the_aggregate() {
        let mut dispatch = dispatch(Some(Progress { sequence: 3, parked: false }), &[5, 6]);
        let now = Instant::now();
        assert_eq!(run(&mut dispatch, now), [""; 0]);
        assert_eq!(run(&mut dispatch, now + HOLE_MAX), ["set aside 5", "set aside 6"]);
        assert_eq!(dispatch.unsaved(), [("order".to_owned(), Progress { sequence: 3, parked: true })]);
    }

    #[test]
    fn what_the_bus_has_forgotten_is_not_waited_for() {
        let mut dispatch = dispatch(None, &[8, 7]);
        let now = Instant::now();
        assert_eq!(run(&mut dispatch, now), [""; 0], "the beginning may still come");
        assert_eq!(run(&mut dispatch, now + BEGINNING_MAX), ["handle 7", "handle 8"]);
    }

    #[test]
    fn what_is_being_waited_for_is_remembered_when_all_is_saved() {
        let mut dispatch = dispatch(None, &[2]);
        let now = Instant::now();
        assert_eq!(run(&mut dispatch, now), [""; 0]);
        dispatch.saved();
        dispatch.put(item("order", 1), &HashMap::new());
        assert_eq!(run(&mut dispatch, now), ["handle 1", "handle 2"]);
        dispatch.saved();
        assert!(dispatch.queues.is_empty());
    }
}
