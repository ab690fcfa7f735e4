//! The calls of a person, and what each costs on each tier.

use crate::capacity::costs::{Costs, Tier};
use crate::swarm::figures::Call;
use serde::Serialize;
use std::collections::BTreeMap;

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The event's page.
    Page,
    /// A place in line, and the line's stream.
    Join,
    /// A look at one's place.
    Poll,
    /// Somebody who was called is let in, opens the map's stream and looks at all seats.
    Enter,
    /// Holding seats.
    Reserve,
    /// The page of the hold.
    Hold,
    /// Paying.
    Confirm,
    /// The page of the order.
    Order,
    /// Giving back.
    Release,
}

impl Step {
    /// All of them, in a person's order.
    pub const ALL: [Self; 9] = [
        Self::Page,
        Self::Join,
        Self::Poll,
        Self::Enter,
        Self::Reserve,
        Self::Hold,
        Self::Confirm,
        Self::Order,
        Self::Release,
    ];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Join => "join",
            Self::Poll => "status",
            Self::Enter => "being let in, and the map",
            Self::Reserve => "reserve",
            Self::Hold => "look at the hold",
            Self::Confirm => "confirm",
            Self::Order => "look at the order",
            Self::Release => "release",
        }
    }

    /// The calls that it is made of.
    fn calls(self) -> &'static [Call] {
        match self {
            Self::Page => &[Call::Page],
            Self::Join => &[Call::Join],
            Self::Poll => &[Call::Status],
            Self::Enter => &[Call::Status, Call::Map],
            Self::Reserve => &[Call::Reserve],
            Self::Hold => &[Call::Hold],
            Self::Confirm => &[Call::Confirm],
            Self::Order => &[Call::Order],
            Self::Release => &[Call::Release],
        }
    }
}

/// What one of a kind costs.
#[derive(Debug, Clone)]
pub(super) struct StepCost {
    /// Core seconds, by tier.
    pub(super) core_s: BTreeMap<Tier, f64>,
    /// Commits.
    pub(super) commits: f64,
    /// Bytes that are sent.
    pub(super) sent: f64,
}

/// What one of each kind costs, a reserve with all its tries.
pub(super) fn costs(costs: &Costs, tries: f64) -> anyhow::Result<BTreeMap<Step, StepCost>> {
    let mut all = BTreeMap::new();
    for step in Step::ALL {
        let mut cost = StepCost { core_s: BTreeMap::new(), commits: 0.0, sent: 0.0 };
        let times = if step == Step::Reserve { tries.max(1.0) } else { 1.0 };
        for call in step.calls() {
            let one = costs.of(*call)?;
            cost.commits += one.commits.max(0.0) * times;
            cost.sent += one.answer_bytes * times;
            for tier in Tier::ALL {
                *cost.core_s.entry(tier).or_default() += one.on(tier) / 1e6 * times;
            }
        }
        let opening = match step {
            Step::Join => costs.waiter.opening_us,
            Step::Enter => costs.watcher.opening_us,
            _ => 0.0,
        };
        *cost.core_s.entry(Tier::Gateway).or_default() += opening.max(0.0) / 1e6;
        all.insert(step, cost);
    }
    Ok(all)
}
