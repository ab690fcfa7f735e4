//! The pure rules in memory against the whole desk on a real PostgreSQL: the same commands, drawn by chance, come to the
//! same in both and leave the same rows.
//!
//! `CASES=500 cargo test -p onsale-booking --test it state_machine` looks longer.

use crate::drawn::{self, EVENT, SEATS, STANDING};
use crate::shop::Shop;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use onsale_booking::domain::allocate::{Outcome, apply};
use onsale_booking::domain::command::Command;
use onsale_booking::domain::rows::{Changed, ReservationRow, Rows, SeatRow, StockRow};
use onsale_booking::service::desk::{Declined, Desk, Member};
use onsale_booking::service::inventories::Inventories;
use onsale_booking::service::lock_seats::SeatLocks;
use onsale_core::{ReservationId, TicketStatus};
use onsale_platform::ServiceRole;
use onsale_platform::outbox::Metadata;
use onsale_platform::shutdown::Shutdown;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use std::collections::{BTreeMap, BTreeSet};
use tokio::runtime::Runtime;

/// By how much the clock moves: every hold and every payment window ends.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// What happens next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// These are asked at the same time, in this order.
    Ask(Vec<Command>),
    /// Time passes.
    Wait,
}

/// The rules over rows in memory.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    rows: Rows,
    now: DateTime<Utc>,
    /// What the last commands came to, and the holds as each of them left them.
    last: Vec<(Outcome, Option<ReservationRow>)>,
}

impl Model {
    fn new() -> Self {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut rows = Rows::default();
        rows.seats.extend((0..SEATS).map(|seat| ((EVENT, seat), SeatRow::free(DateTime::UNIX_EPOCH))));
        let stock = StockRow { capacity: STANDING, held: 0, sold: 0, is_place: true };
        rows.stock.insert((EVENT, 0), stock);
        Self { rows, now, last: Vec::new() }
    }

    fn run(&mut self, command: &Command) {
        self.rows.changed = Changed::default();
        // What PostgreSQL counts for an account that is limited.
        self.rows.used.clear();
        for row in self.rows.reservations.values().filter(|row| row.life.counts(self.now)) {
            *self.rows.used.entry((EVENT, row.account)).or_default() += i64::from(row.live);
        }
        let outcome = apply(&mut self.rows, command, self.now);
        let row = outcome.as_ref().ok().and_then(|accepted| self.rows.reservations.get(&accepted.reservation));
        let row = row.cloned();
        self.last.push((outcome, row));
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Step> {
        let holds: Vec<ReservationRow> = state.rows.reservations.values().cloned().collect();
        let asked =
            prop::collection::vec(drawn::command(holds), 1..4).prop_map(|commands| Step::Ask(together(commands)));
        prop_oneof![1 => Just(Step::Wait), 14 => asked].boxed()
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        state.last.clear();
        match step {
            Step::Wait => state.now += HOUR,
            Step::Ask(commands) => commands.iter().for_each(|command| state.run(command)),
        }
        state
    }
}

/// A change makes tickets that were counted before it wrong: then each hold is asked for once only.
fn together(mut commands: Vec<Command>) -> Vec<Command> {
    if commands.iter().any(|command| matches!(command, Command::Change(_))) {
        let mut holds = BTreeSet::new();
        commands.retain(|command| holds.insert(drawn::hold_of(command)));
    }
    commands
}

/// booking's desk on a database of its own.
pub(crate) struct Real {
    runtime: Runtime,
    shop: Shop,
    desk: Desk,
    _shutdown: Shutdown,
}

impl StateMachineTest for Real {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let shutdown = Shutdown::new();
        let (shop, desk) = runtime.block_on(async {
            let mut shop = Shop::open_with(&[], |offer| {
                offer.ticket_types[3].capacity = u32::try_from(STANDING).ok();
            })
            .await;
            shop.moves_time();
            assert_eq!(shop.count("SELECT event_no::bigint FROM booking.inventories").await, i64::from(EVENT));
            assert_eq!(shop.count("SELECT stock_no::bigint FROM booking.stock WHERE name = 'type:standing'").await, 0);
            let pool = shop.db.service_pool(ServiceRole::Booking, 2).await;
            let locks = SeatLocks::start(Vec::new(), "", pool.clone(), &shutdown);
            let clock = shop.kit.platform().clock.clone();
            let desk = Desk::start(pool.clone(), clock, Inventories::new(pool), locks, &shutdown);
            (shop, desk)
        });
        Self { runtime, shop, desk, _shutdown: shutdown }
    }

    fn apply(real: Self, model: &Model, step: Step) -> Self {
        match step {
            Step::Wait => real.runtime.block_on(pass_an_hour(&real.shop)),
            Step::Ask(commands) => {
                let asked = commands.iter().map(|c| real.desk.submit(Member::of(c.clone(), Metadata::default())));
                let answers = real.runtime.block_on(join_all(asked));
                for ((answer, command), (outcome, row)) in answers.into_iter().zip(&commands).zip(&model.last) {
                    let answer = match answer {
                        Ok(done) => Ok((done.accepted, Some(untimed(&done.row)))),
                        Err(Declined::Rejected(rejected, _)) => Err(rejected),
                        Err(other) => panic!("{command:?} came to {other:?}, by the rules to {outcome:?}"),
                    };
                    let by_the_rules = outcome.clone().map(|accepted| (accepted, row.as_ref().map(untimed)));
                    assert_eq!(answer, by_the_rules, "{command:?}");
                }
            }
        }
        real
    }

    fn check_invariants(real: &Self, model: &Model) {
        real.runtime.block_on(async {
            assert_eq!(tables(&real.shop).await, expected(model));
            real.shop.check_books().await;
        });
    }

    fn teardown(real: Self, _: Model) {
        let Self { runtime, shop, desk, _shutdown } = real;
        runtime.block_on(async move { drop((shop, desk)) });
    }
}

/// A row without what only a clock decides, without notes, which are written where something else changes, and without
/// tickets, which are read where a command needs them.
fn untimed(row: &ReservationRow) -> ReservationRow {
    let mut row = row.clone();
    row.issued.clear();
    row.life.hold_ends_at = DateTime::UNIX_EPOCH;
    if let Some(order) = &mut row.life.order {
        order.window_ends_at = DateTime::UNIX_EPOCH;
    }
    if let Some(order) = &mut row.order {
        order.created_at = DateTime::UNIX_EPOCH;
        order.redirect_url = None;
        order.failure = None;
        order.refunds_failed = 0;
    }
    row
}

/// For PostgreSQL an hour passes by putting all that was promised an hour back.
async fn pass_an_hour(shop: &Shop) {
    for sql in [
        "UPDATE booking.seats SET ends_at = ends_at - interval '1 hour' WHERE state = 1 AND ends_at < '9000-01-01'",
        "UPDATE booking.reservations SET hold_ends_at = hold_ends_at - interval '1 hour'",
        "UPDATE booking.orders SET window_ends_at = window_ends_at - interval '1 hour'",
    ] {
        sqlx::query(sql).execute(shop.db.pool()).await.expect("time passes");
    }
}

/// The tables, in words: what each row is, by its key.
type Tables = BTreeMap<String, String>;

async fn tables(shop: &Shop) -> Tables {
    let sql = "
        SELECT 'seat ' || seat_no, concat_ws(' ', state, coalesce(reservation_id::text, '-'), fence)
            FROM booking.seats WHERE seat_no < $1
        UNION ALL SELECT 'stock ' || stock_no, concat_ws(' ', held, sold) FROM booking.stock WHERE stock_no = 0
        UNION ALL SELECT 'hold ' || r.id, concat_ws(' ', r.status, r.live, r.total, r.version, r.sequence, r.deciding,
                (SELECT concat(count(*), '/', max(version)) FROM booking.events WHERE aggregate_id = r.id::text))
            FROM booking.reservations r
        UNION ALL SELECT 'order ' || o.reservation_id, concat_ws(' ', o.status, o.saga, o.attempt_id, o.amount, o.refunded,
                o.version, o.sequence,
                (SELECT concat(count(*), '/', max(version)) FROM booking.events WHERE aggregate_id = o.id::text))
            FROM booking.orders o
        UNION ALL SELECT 'ticket ' || id, concat_ws(' ', coalesce(seat_no::text, '-'), kind, price, status)
            FROM booking.tickets";
    let rows: Vec<(String, String)> =
        sqlx::query_as(sql).bind(SEATS).fetch_all(shop.db.pool()).await.expect("the tables");
    rows.into_iter().collect()
}

fn expected(model: &Model) -> Tables {
    let mut tables = Tables::new();
    for ((_, seat), row) in &model.rows.seats {
        let owner = row.reservation.map_or("-".to_owned(), |owner: ReservationId| owner.to_string());
        tables.insert(format!("seat {seat}"), format!("{} {owner} {}", row.state.code(), row.fence));
    }
    for ((_, stock), row) in &model.rows.stock {
        tables.insert(format!("stock {stock}"), format!("{} {}", row.held, row.sold));
    }
    for row in model.rows.reservations.values() {
        let (status, counts) = (word(&row.life.status), row.counts);
        let deciding = if row.life.is_deciding() { "t" } else { "f" };
        let events = format!("{0}/{0}", counts.version);
        let hold = format!(
            "{status} {} {} {} {} {deciding} {events}",
            row.live, row.cost.total, counts.version, counts.sequence
        );
        tables.insert(format!("hold {}", row.id), hold);
        if let Some(order) = &row.life.order {
            let (status, saga, counts) = (word(&order.status), drawn::saga_name(&order.saga), row.order_counts);
            let money = format!("{} {}", order.amount, order.refunded);
            let events = format!("{0} {1} {0}/{0}", counts.version, counts.sequence);
            tables.insert(format!("order {}", row.id), format!("{status} {saga} {} {money} {events}", order.attempt));
        }
        for ticket in &row.issued {
            let seat = ticket.seat.map_or("-".to_owned(), |seat| seat.to_string());
            let status = if ticket.status == TicketStatus::Valid { "VALID" } else { "CANCELLED" };
            let words = format!("{seat} {} {} {status}", ticket.kind, ticket.price);
            tables.insert(format!("ticket {}", ticket.id), words);
        }
    }
    tables
}

/// A status by its wire name.
fn word(status: &impl serde::Serialize) -> String {
    serde_json::to_value(status).expect("JSON").as_str().expect("a word").to_owned()
}

fn config() -> ProptestConfig {
    let cases = std::env::var("CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(6);
    ProptestConfig { cases, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn the_desk_does_to_postgresql_what_the_rules_do_to_rows(sequential 20..50 => Real);
}
