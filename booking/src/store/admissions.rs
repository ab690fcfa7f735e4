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
