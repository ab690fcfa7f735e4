//! `booking.check_ins`: the scans of gates.

use super::{corrupt, expect_rows};
use crate::domain::check_in::{ScanRow, Shown};
use crate::domain::life::Time;
use crate::domain::rows::EventNo;
use onsale_core::gate::{Entered, Judged, Scan, Told};
use onsale_core::{EventId, RefusedReason, ScanDirection, ScanOutcome, TicketId, UserId};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

const TABLE: &str = "booking.check_ins";

struct Record {
    scan_id: Uuid,
    ticket_id: Option<Uuid>,
    gate: String,
    direction: String,
    at: Time,
    clock_offset_ms: i64,
    offline: bool,
    told_reason: Option<String>,
    outcome: String,
    reason: Option<String>,
    conflict: bool,
    entered_at: Option<Time>,
    entered_gate: Option<String>,
    other_event: Option<String>,
    actor_id: Uuid,
}

impl Record {
    fn into_row(self) -> Result<ScanRow, sqlx::Error> {
        let reason = |name: Option<String>| {
            name.map(|name| RefusedReason::from_name(&name).ok_or_else(|| corrupt(TABLE, name))).transpose()
        };
        let told = reason(self.told_reason)?;
        let reason = reason(self.reason)?;
        let direction = ScanDirection::from_name(&self.direction).ok_or_else(|| corrupt(TABLE, &self.direction))?;
        let outcome = ScanOutcome::from_name(&self.outcome).ok_or_else(|| corrupt(TABLE, &self.outcome))?;
        let shown = match self.ticket_id {
            Some(ticket) => Shown::Ticket(TicketId(ticket)),
            None => Shown::Other {
                reason: reason.unwrap_or(RefusedReason::Unknown),
                event: self.other_event.map(EventId::new).transpose().map_err(|error| corrupt(TABLE, error))?,
            },
        };
        let entered = self.entered_at.zip(self.entered_gate).map(|(at, gate)| Entered { at, gate });
        Ok(ScanRow {
            scan: Scan {
                id: self.scan_id,
                at: self.at,
                gate: self.gate,
                direction,
                told: told.map_or(Told::Go, Told::Stop),
            },
            shown,
            clock_offset_ms: self.clock_offset_ms,
            offline: self.offline,
            judged: Judged { id: self.scan_id, outcome, reason, entered, conflict: self.conflict },
            actor: UserId(self.actor_id),
        })
    }
}

/// The scans of these ids, and all scans of these tickets. Who changes a ticket's scans has its order's lock.
pub(crate) async fn known(
    conn: &mut PgConnection,
    event: EventNo,
    scans: &[Uuid],
    tickets: &[TicketId],
) -> Result<BTreeMap<Uuid, ScanRow>, sqlx::Error> {
    let records = sqlx::query_as!(
        Record,
        r#"SELECT scan_id AS "scan_id!", ticket_id, gate AS "gate!", direction AS "direction!", at AS "at!",
                  clock_offset_ms AS "clock_offset_ms!", offline AS "offline!", told_reason, outcome AS "outcome!",
                  reason, conflict AS "conflict!", entered_at, entered_gate, other_event, actor_id AS "actor_id!"
           FROM booking.check_ins WHERE event_no = $1 AND scan_id = ANY($2)
           UNION
           SELECT scan_id, ticket_id, gate, direction, at, clock_offset_ms, offline, told_reason, outcome,
                  reason, conflict, entered_at, entered_gate, other_event, actor_id
           FROM booking.check_ins WHERE ticket_id = ANY($3)"#,
        event,
        scans,
        &tickets.iter().map(|ticket| ticket.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    records.into_iter().map(|record| record.into_row().map(|row| (row.scan.id, row))).collect()
}

/// Writes scans that are new or come to something else, in the order of their ids.
pub(crate) async fn write(conn: &mut PgConnection, event: EventNo, rows: &[&ScanRow]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let told = |row: &ScanRow| match row.scan.told {
        Told::Go => None,
        Told::Stop(reason) => Some(reason.as_str().to_owned()),
    };
    let other = |row: &ScanRow| match &row.shown {
        Shown::Other { event: Some(event), .. } => Some(event.to_string()),
        _ => None,
    };
    let entered = |row: &ScanRow| row.judged.entered.clone();
    let result = sqlx::query!(
        "INSERT INTO booking.check_ins
             (event_no, scan_id, ticket_id, gate, direction, at, clock_offset_ms, offline, told_reason, outcome, reason,
              conflict, entered_at, entered_gate, other_event, actor_id)
         SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::bigint[],
                                  $8::boolean[], $9::text[], $10::text[], $11::text[], $12::boolean[],
                                  $13::timestamptz[], $14::text[], $15::text[], $16::uuid[])
         ON CONFLICT (event_no, scan_id) DO UPDATE
         SET offline = excluded.offline, told_reason = excluded.told_reason, outcome = excluded.outcome,
             reason = excluded.reason, conflict = excluded.conflict, entered_at = excluded.entered_at,
             entered_gate = excluded.entered_gate",
        event,
        &rows.iter().map(|row| row.scan.id).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.shown.ticket().map(|ticket| ticket.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &rows.iter().map(|row| row.scan.gate.clone()).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.scan.direction.as_str().to_owned()).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.scan.at).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.clock_offset_ms).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.offline).collect::<Vec<_>>(),
        &rows.iter().map(|row| told(row)).collect::<Vec<_>>() as &[Option<String>],
        &rows.iter().map(|row| row.judged.outcome.as_str().to_owned()).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.judged.reason.map(|reason| reason.as_str().to_owned())).collect::<Vec<_>>()
            as &[Option<String>],
        &rows.iter().map(|row| row.judged.conflict).collect::<Vec<_>>(),
        &rows.iter().map(|row| entered(row).map(|entered| entered.at)).collect::<Vec<_>>() as &[Option<Time>],
        &rows.iter().map(|row| entered(row).map(|entered| entered.gate)).collect::<Vec<_>>() as &[Option<String>],
        &rows.iter().map(|row| other(row)).collect::<Vec<_>>() as &[Option<String>],
        &rows.iter().map(|row| row.actor.0).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, rows.len(), TABLE)
}

/// What came through one gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfGate {
    /// What it is called.
    pub gate: String,
    /// Came in.
    pub admitted: i64,
    /// Went out.
    pub left: i64,
    /// Were refused and not let in.
    pub refused: i64,
    /// Were let in though the rule refuses them.
    pub conflicts: i64,
    /// The last scan.
    pub last_at: Time,
}

/// What came through each gate of an event, by name.
pub(crate) async fn by_gate(conn: &mut PgConnection, event: EventNo, limit: i64) -> Result<Vec<OfGate>, sqlx::Error> {
    sqlx::query_as!(
        OfGate,
        r#"SELECT gate, count(*) FILTER (WHERE outcome = 'admitted') AS "admitted!",
                  count(*) FILTER (WHERE outcome = 'left') AS "left!",
                  count(*) FILTER (WHERE outcome = 'refused' AND NOT conflict) AS "refused!",
                  count(*) FILTER (WHERE conflict) AS "conflicts!", max(at) AS "last_at!"
           FROM booking.check_ins WHERE event_no = $1 GROUP BY gate ORDER BY gate LIMIT $2"#,
        event,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// An event's scans, or only its conflicts, the latest first.
pub(crate) async fn last(
    conn: &mut PgConnection,
    event: EventNo,
    only_conflicts: bool,
    limit: i64,
) -> Result<Vec<ScanRow>, sqlx::Error> {
    let records = sqlx::query_as!(
        Record,
        "SELECT scan_id, ticket_id, gate, direction, at, clock_offset_ms, offline, told_reason, outcome, reason, conflict,
                entered_at, entered_gate, other_event, actor_id
         FROM booking.check_ins WHERE event_no = $1 AND (conflict OR NOT $2) ORDER BY at DESC, scan_id LIMIT $3",
        event,
        only_conflicts,
        limit,
    )
    .fetch_all(conn)
    .await?;
    records.into_iter().map(Record::into_row).collect()
}
