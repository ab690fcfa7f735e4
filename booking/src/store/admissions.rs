//! `booking.admitted_holds`.

use super::expect_rows;
use onsale_core::{AdmissionId, ReservationId};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Which of these admissions have an order that was made, or is being paid.
pub(crate) async fn spent(
    conn: &mut PgConnection,
    admissions: &[AdmissionId],
) -> Result<BTreeSet<AdmissionId>, sqlx::Error> {
    if admissions.is_empty() {
        return Ok(BTreeSet::new());
    }
    let spent = sqlx::query_scalar!(
        "SELECT DISTINCT held.admission_id
         FROM booking.admitted_holds held JOIN booking.orders o USING (reservation_id)
         WHERE held.admission_id = ANY($1) AND o.status NOT IN ('CANCELLED', 'FAILED')",
        &admissions.iter().map(|id| id.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    Ok(spent.into_iter().map(AdmissionId).collect())
}

/// What became of the holds of an admission.
pub(crate) struct Fate {
    pub(crate) admission: AdmissionId,
    /// An order was made.
    pub(crate) spent: bool,
    /// Seats are held, or being paid.
    pub(crate) holding: bool,
}

/// What became of the holds of these admissions; those that never held are left out.
pub(crate) async fn fates(conn: &mut PgConnection, admissions: &[AdmissionId]) -> Result<Vec<Fate>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT held.admission_id,
                  coalesce(bool_or(o.status NOT IN ('PENDING', 'CANCELLED', 'FAILED')), false) AS "spent!",
                  coalesce(bool_or(r.status = 'ACTIVE' OR o.status = 'PENDING'), false) AS "holding!"
           FROM booking.admitted_holds held JOIN booking.reservations r ON r.id = held.reservation_id
           LEFT JOIN booking.orders o ON o.reservation_id = held.reservation_id
           WHERE held.admission_id = ANY($1) GROUP BY held.admission_id"#,
        &admissions.iter().map(|id| id.0).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Fate { admission: AdmissionId(row.admission_id), spent: row.spent, holding: row.holding })
        .collect())
}

/// Notes under which admissions new holds were made.
pub(crate) async fn insert(conn: &mut PgConnection, holds: &[(ReservationId, AdmissionId)]) -> Result<(), sqlx::Error> {
    if holds.is_empty() {
        return Ok(());
    }
    let result = sqlx::query!(
        "INSERT INTO booking.admitted_holds (reservation_id, admission_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])",
        &holds.iter().map(|(reservation, _)| reservation.0).collect::<Vec<_>>(),
        &holds.iter().map(|(_, admission)| admission.0).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, holds.len(), "booking.admitted_holds")
}
