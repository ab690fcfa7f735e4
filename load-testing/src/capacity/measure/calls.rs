//! Every call of a buyer, in an order in which each finds what the one before made.

use super::{Gauge, Kind, Stage};
use crate::capacity::costs::Cost;
use crate::capacity::meter::Reading;
use crate::client::{Answer, request, text_member};
use crate::limits::house::{join, status};
use crate::scenario::People;
use crate::swarm::client::lines::ask;
use crate::swarm::figures::Call;
use anyhow::ensure;
use std::collections::BTreeMap;

/// Calls of each kind a second: so many that each size takes a good part of a core at most.
const PAGE: [f64; 3] = [200.0, 400.0, 800.0];
const JOIN: [f64; 3] = [200.0, 400.0, 800.0];
const STATUS: [f64; 3] = [500.0, 1_000.0, 2_000.0];
const MAP: [f64; 3] = [100.0, 200.0, 400.0];
const RESERVE: [f64; 3] = [200.0, 400.0, 800.0];
const HOLD: [f64; 3] = [200.0, 400.0, 800.0];
const CONFIRM: [f64; 3] = [40.0, 80.0, 160.0];
const ORDER: [f64; 3] = [200.0, 400.0, 800.0];
const RELEASE: [f64; 3] = [100.0, 200.0, 400.0];

type Calls = BTreeMap<Call, Cost>;

/// Measures all of them.
pub(super) async fn all(gauge: &mut Gauge<'_>, stage: &Stage, idle: &Reading) -> anyhow::Result<Calls> {
    let mut costs = Calls::new();
    looks(gauge, stage, idle, &mut costs).await?;
    line(gauge, stage, idle, &mut costs).await?;
    purchases(gauge, stage, idle, &mut costs).await?;
    Ok(costs)
}

fn nothing(_: &Answer) -> Option<String> {
    None
}

/// The page and the map.
async fn looks(gauge: &mut Gauge<'_>, stage: &Stage, idle: &Reading, costs: &mut Calls) -> anyhow::Result<()> {
    let event = &stage.events[0];
    let page = ask("GET", &format!("/events/{event}"), &[("accept", "text/html")], None);
    let map = request("GET", &format!("/api/events/{event}/seats"), None, None);
    for (call, rates, request) in [(Call::Page, PAGE, page), (Call::Map, MAP, map)] {
        let kind = Kind { call, rates, status: 200, keep: nothing };
        let (mut cost, _) = gauge.measure(&kind, idle, std::slice::from_ref(&request)).await?;
        cost.answer_bytes = gauge.answer_bytes(&request).await?;
        costs.insert(call, cost);
    }
    Ok(())
}

/// Joining, and asking for one's place.
async fn line(gauge: &mut Gauge<'_>, stage: &Stage, idle: &Reading, costs: &mut Calls) -> anyhow::Result<()> {
    let keep = |answer: &Answer| text_member(&answer.body, "queueToken");
    let kind = Kind { call: Call::Join, rates: JOIN, status: 201, keep };
    let people = gauge.count(&kind);
    let requests: Vec<_> = (1..=people).map(|number| join(&stage.line, number)).collect();
    let (mut cost, tokens) = gauge.measure(&kind, idle, &requests).await?;
    // Who comes back is told the same as who comes.
    cost.answer_bytes = gauge.answer_bytes(&requests[0]).await?;
    costs.insert(kind.call, cost);
    let requests: Vec<_> = tokens.iter().map(|(_, token)| status(&stage.line, token)).collect();
    let kind = Kind { call: Call::Status, rates: STATUS, status: 200, keep: nothing };
    let (mut cost, _) = gauge.measure(&kind, idle, &requests).await?;
    cost.answer_bytes = gauge.answer_bytes(&requests[0]).await?;
    costs.insert(kind.call, cost);
    Ok(())
}

/// Holding, looking at it, paying, looking at the order, and giving the rest back.
async fn purchases(gauge: &mut Gauge<'_>, stage: &Stage, idle: &Reading, costs: &mut Calls) -> anyhow::Result<()> {
    // The first event is for those who watch.
    let people = People { tokens: &stage.tokens, hall: &stage.hall, events: &stage.events[1..] };
    let keep = |answer: &Answer| text_member(&answer.body, "reservationId");
    let reserve = Kind { call: Call::Reserve, rates: RESERVE, status: 201, keep };
    let count = gauge.count(&reserve);
    ensure!(count * 2 <= people.events.len() * stage.hall.seats(), "{count} holds need more seats: a smaller --scale");
    let requests: Vec<_> = (0..count).map(|number| people.reserve(number)).collect();
    let (cost, held) = gauge.measure(&reserve, idle, &requests).await?;
    costs.insert(reserve.call, cost);
    let owner = |number: usize| number % stage.tokens.len();
    let own = |method: &str, number: usize, path: &str| request(method, path, Some(&stage.tokens[owner(number)]), None);
    let holds = |method: &str, held: &[(usize, String)]| -> Vec<Vec<u8>> {
        let path = |id: &str| format!("/api/bookings/reservations/{id}");
        held.iter().map(|(number, id)| own(method, *number, &path(id))).collect()
    };

    let looks = holds("GET", &held);
    let kind = Kind { call: Call::Hold, rates: HOLD, status: 200, keep: nothing };
    let (mut cost, _) = gauge.measure(&kind, idle, &looks).await?;
    cost.answer_bytes = gauge.answer_bytes(&looks[0]).await?;
    // A hold is answered with the same as a look at it.
    if let Some(reserve) = costs.get_mut(&Call::Reserve) {
        reserve.answer_bytes = cost.answer_bytes;
    }
    costs.insert(kind.call, cost);

    let keep = |answer: &Answer| text_member(&answer.body, "orderId");
    let confirm = Kind { call: Call::Confirm, rates: CONFIRM, status: 200, keep };
    let release = Kind { call: Call::Release, rates: RELEASE, status: 204, keep: nothing };
    let (paid, back) = (gauge.count(&confirm), gauge.count(&release));
    ensure!(paid + back <= held.len(), "{} holds are too few to pay {paid} and give {back} back", held.len());
    let requests: Vec<_> = held[..paid].iter().map(|(number, id)| people.confirm(owner(*number), id)).collect();
    let (cost, orders) = gauge.measure(&confirm, idle, &requests).await?;
    costs.insert(confirm.call, cost);

    let looks: Vec<_> =
        orders.iter().map(|(number, id)| own("GET", held[*number].0, &format!("/api/bookings/{id}"))).collect();
    let kind = Kind { call: Call::Order, rates: ORDER, status: 200, keep: nothing };
    let (mut cost, _) = gauge.measure(&kind, idle, &looks).await?;
    cost.answer_bytes = gauge.answer_bytes(&looks[0]).await?;
    // Paying is answered with the order.
    if let Some(confirm) = costs.get_mut(&Call::Confirm) {
        confirm.answer_bytes = cost.answer_bytes;
    }
    costs.insert(kind.call, cost);

    let requests = holds("DELETE", &held[paid..paid + back]);
    let (cost, _) = gauge.measure(&release, idle, &requests).await?;
    costs.insert(release.call, cost);
    Ok(())
}
