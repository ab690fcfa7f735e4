//! One batch: one transaction.

use super::{Command, RefundOutcome, WriteError, Written};
use crate::domain::ledger;
use crate::domain::payment::{Change, Happened, Payment, VOIDED, kind};
use crate::store::journal::NewEntry;
use crate::store::refunds::{Refund, RefundStatus};
use crate::store::{journal, payments, refunds};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::PaymentId;
use onsale_platform::ServiceRole;
use onsale_platform::clock::Clock;
use onsale_platform::outbox::{self, Metadata, NewEvent};
use onsale_platform::random;
use sqlx::{Acquire, PgPool};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Instant;
use uuid::Uuid;

type Answer = Result<Written, WriteError>;

/// How soon after its opening a refund is asked about.
const REFUND_CHECK_FIRST: TimeDelta = TimeDelta::seconds(2);

/// Writes all commands in one transaction and gives their answers in order.
pub(super) async fn write(pool: &PgPool, clock: &Clock, commands: &[Command]) -> Result<Vec<Answer>, sqlx::Error> {
    let started = Instant::now();
    let mut conn = pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let mut batch = Batch::empty(clock);

    let opened = batch.openings(commands);
    if !opened.is_empty() {
        let (rows, happened): (Vec<_>, Vec<_>) = opened.into_iter().unzip();
        let created = payments::insert(&mut tx, &rows).await?;
        batch.keep_created(rows, happened, &created);
    }
    let to_lock = batch.missing(commands);
    if !to_lock.is_empty() {
        let found = payments::lock(&mut tx, &to_lock).await?;
        batch.payments.extend(found.into_iter().map(|payment| (payment.id, payment)));
    }
    let refund_ids: Vec<Uuid> = commands.iter().filter_map(Command::refund_id).collect();
    if !refund_ids.is_empty() {
        let found = refunds::find(&mut tx, &refund_ids).await?;
        batch.refunds.extend(found.into_iter().map(|refund| (refund.id, refund)));
    }

    let answers = commands.iter().map(|command| batch.carry_out(command)).collect();

    let dirty: Vec<_> = batch.dirty.iter().filter_map(|id| batch.payments.get(id)).collect();
    if !dirty.is_empty() {
        payments::update(&mut tx, &dirty).await?;
    }
    let dirty: Vec<_> = batch.dirty_refunds.iter().filter_map(|id| batch.refunds.get(id)).collect();
    if !dirty.is_empty() {
        refunds::upsert(&mut tx, &dirty).await?;
    }
    if !batch.entries.is_empty() {
        journal::append(&mut tx, batch.at, &batch.entries).await?;
    }
    outbox::append(&mut tx, ServiceRole::Payment, &batch.events).await?;
    tx.commit().await?;
    metrics::histogram!("onsale_batch_commit_seconds", "queue" => "payment-writer").record(started.elapsed());
    batch.count_outcomes();
    Ok(answers)
}

struct Batch<'a> {
    clock: &'a Clock,
    at: DateTime<Utc>,
    payments: HashMap<PaymentId, Payment>,
    refunds: HashMap<Uuid, Refund>,
    /// Made by this batch and not yet claimed by their command.
    created: BTreeSet<PaymentId>,
    dirty: BTreeSet<PaymentId>,
    dirty_refunds: BTreeSet<Uuid>,
    events: Vec<(NewEvent, Metadata)>,
    entries: Vec<NewEntry>,
}

impl<'a> Batch<'a> {
    fn empty(clock: &'a Clock) -> Self {
        Self {
            clock,
            at: clock.now(),
            payments: HashMap::new(),
            refunds: HashMap::new(),
            created: BTreeSet::new(),
            dirty: BTreeSet::new(),
            dirty_refunds: BTreeSet::new(),
            events: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// The new payments, each id once, with their first events.
    fn openings(&self, commands: &[Command]) -> Vec<(Payment, Vec<(NewEvent, Metadata)>)> {
        let mut by_id = BTreeMap::new();
        for command in commands {
            let Command::Open { payment, then, why } = command else { continue };
            by_id.entry(payment.id).or_insert_with(|| {
                let (mut payment, initiated) = Payment::clone(payment).opened();
                let mut events = vec![self.event(&payment, initiated, why)];
                let then = then.as_ref().and_then(|change| payment.apply(change, self.at).ok().flatten());
                if let Some((next, happened)) = then {
                    payment = next;
                    events.push(self.event(&payment, happened, why));
                }
                (payment, events)
            });
        }
        by_id.into_values().collect()
    }

    fn keep_created(
        &mut self,
        rows: Vec<Payment>,
        happened: Vec<Vec<(NewEvent, Metadata)>>,
        created: &HashSet<PaymentId>,
    ) {
        for (payment, events) in rows.into_iter().zip(happened) {
            if created.contains(&payment.id) {
                self.events.extend(events);
                self.created.insert(payment.id);
                self.payments.insert(payment.id, payment);
            }
        }
    }

    /// The payments that the commands name and that this batch has not made.
    fn missing(&self, commands: &[Command]) -> Vec<Uuid> {
        let ids: BTreeSet<_> = commands.iter().map(Command::payment_id).collect();
        ids.into_iter().filter(|id| !self.payments.contains_key(id)).map(|id| id.0).collect()
    }

    fn carry_out(&mut self, command: &Command) -> Answer {
        match command {
            Command::Open { payment, .. } => {
                let is_new = self.created.remove(&payment.id);
                let payment = self.payments.get(&payment.id).cloned().ok_or(WriteError::Missing)?;
                Ok(Written { payment, refund: None, is_new })
            }
            Command::Change { payment_id, change, why } => {
                let payment = self.change(*payment_id, change, why)?;
                Ok(Written { payment, refund: None, is_new: false })
            }
            Command::OpenRefund { payment_id, refund_id, amount_minor, why } => {
                self.open_refund(*payment_id, *refund_id, *amount_minor, why)
            }
            Command::SettleRefund { payment_id, refund_id, outcome, why } => {
                self.settle_refund(*payment_id, *refund_id, outcome, why)
            }
        }
    }

    fn change(&mut self, id: PaymentId, change: &Change, why: &Metadata) -> Result<Payment, WriteError> {
        let payment = self.payments.get(&id).ok_or(WriteError::Missing)?;
        let Some((next, happened)) = payment.apply(change, self.at)? else { return Ok(payment.clone()) };
        let event = self.event(&next, happened, why);
        if let Some(entry) = ledger::entry(&next, change) {
            let currency = next.amount.currency;
            self.entries.push(NewEntry { id: event.0.id, payment_id: id, currency, entry });
        }
        self.events.push(event);
        self.dirty.insert(id);
        self.payments.insert(id, next.clone());
        Ok(next)
    }

    fn open_refund(&mut self, payment_id: PaymentId, id: Uuid, amount_minor: i64, why: &Metadata) -> Answer {
        if let Some(known) = self.refunds.get(&id).cloned() {
            if (known.payment_id, known.amount_minor) != (payment_id, amount_minor) {
                return Err(WriteError::RefundReused);
            }
            let payment = self.payments.get(&payment_id).cloned().ok_or(WriteError::Missing)?;
            return Ok(Written { payment, refund: Some(known), is_new: false });
        }
        let payment = self.change(payment_id, &Change::RefundOpened { amount_minor }, why)?;
        let refund = Refund {
            id,
            payment_id,
            amount_minor,
            status: RefundStatus::Pending,
            provider_ref: None,
            failure_code: None,
            created_at: self.at,
            updated_at: self.at,
            check_at: Some(self.at + REFUND_CHECK_FIRST),
        };
        self.keep_refund(refund.clone());
        Ok(Written { payment, refund: Some(refund), is_new: true })
    }

    fn settle_refund(&mut self, payment_id: PaymentId, id: Uuid, outcome: &RefundOutcome, why: &Metadata) -> Answer {
        let known = self.refunds.get(&id).filter(|refund| refund.payment_id == payment_id);
        let mut refund = known.cloned().ok_or(WriteError::Missing)?;
        let amount_minor = refund.amount_minor;
        if refund.status != RefundStatus::Pending {
            if let (RefundStatus::Succeeded, RefundOutcome::Failed { code }) = (refund.status, outcome) {
                metrics::counter!("onsale_refunds_reversed_total").increment(1);
                tracing::error!(payment = %payment_id, refund = %id, amount_minor, code,
                    "a refund that had succeeded came back: the payer has to be paid by hand");
            }
            // The same news again.
            let payment = self.payments.get(&payment_id).cloned().ok_or(WriteError::Missing)?;
            return Ok(Written { payment, refund: Some(refund), is_new: false });
        }
        refund.updated_at = self.at;
        let change = match outcome {
            RefundOutcome::Pending { reference } => {
                refund.provider_ref = Some(reference.clone());
                None
            }
            RefundOutcome::Succeeded { reference } => {
                refund.status = RefundStatus::Succeeded;
                refund.provider_ref = reference.clone().or(refund.provider_ref);
                refund.check_at = None;
                Some(Change::RefundSucceeded { refund_id: id, amount_minor })
            }
            RefundOutcome::Failed { code } => {
                refund.status = RefundStatus::Failed;
                refund.failure_code = Some(code.clone());
                refund.check_at = None;
                Some(Change::RefundFailed { refund_id: id, amount_minor, code: code.clone() })
            }
        };
        let payment = match change {
            Some(change) => self.change(payment_id, &change, why)?,
            None => self.payments.get(&payment_id).cloned().ok_or(WriteError::Missing)?,
        };
        self.keep_refund(refund.clone());
        Ok(Written { payment, refund: Some(refund), is_new: false })
    }

    fn keep_refund(&mut self, refund: Refund) {
        self.dirty_refunds.insert(refund.id);
        self.refunds.insert(refund.id, refund);
    }

    /// Tells the metrics how attempts ended.
    fn count_outcomes(&self) {
        for (event, _) in &self.events {
            let outcome = match event.kind {
                kind::CAPTURED => "captured",
                kind::FAILED if event.data["reason"] == VOIDED => "voided",
                kind::FAILED => "declined",
                _ => continue,
            };
            metrics::counter!("onsale_payments_total", "outcome" => outcome).increment(1);
        }
    }

    /// The event of a payment that has already counted it.
    fn event(&self, payment: &Payment, happened: Happened, why: &Metadata) -> (NewEvent, Metadata) {
        let event = NewEvent {
            id: random::new_id(self.clock),
            aggregate_type: "payment",
            aggregate_id: payment.id.to_string(),
            version: payment.version,
            kind: happened.kind,
            publish: happened.topic.map(|topic| (topic, payment.sequence)),
            data: happened.data,
            at: self.at,
        };
        (event, Metadata { user_id: Some(payment.user_id), ..why.clone() })
    }
}

impl Command {
    fn payment_id(&self) -> PaymentId {
        match self {
            Self::Open { payment, .. } => payment.id,
            Self::Change { payment_id, .. }
            | Self::OpenRefund { payment_id, .. }
            | Self::SettleRefund { payment_id, .. } => *payment_id,
        }
    }

    fn refund_id(&self) -> Option<Uuid> {
        match self {
            Self::OpenRefund { refund_id, .. } | Self::SettleRefund { refund_id, .. } => Some(*refund_id),
            Self::Open { .. } | Self::Change { .. } => None,
        }
    }
}
