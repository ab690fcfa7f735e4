//! Keeping seats back from sale, and releasing them.

use super::life::Time;
use super::rows::{Occupancy, SeatRow};

/// What is to become of seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Nobody can have them.
    Back,
    /// They are for sale again.
    Released,
}

/// Somebody has the seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken;

/// What the seat's row becomes; nothing where it is so already.
///
/// # Errors
/// A seat that is sold, or held by a hold whose time is not over, is not kept back.
pub fn keep(row: &SeatRow, keeping: Keeping, now: Time) -> Result<Option<SeatRow>, Taken> {
    let next = |state| Some(SeatRow { state, reservation: None, ..row.clone() });
    match (keeping, row.state) {
        (Keeping::Back, Occupancy::Blocked) => Ok(None),
        (Keeping::Back, _) if row.is_available(now) => Ok(next(Occupancy::Blocked)),
        (Keeping::Back, _) => Err(Taken),
        (Keeping::Released, Occupancy::Blocked) => Ok(next(Occupancy::Free)),
        // What is sold, held or free is not kept back.
        (Keeping::Released, _) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use onsale_core::ReservationId;
    use uuid::Uuid;

    #[test]
    fn only_what_nobody_has_is_kept_back_and_only_what_was_kept_back_is_released() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let seat = |state, ends_in: i64| SeatRow {
            state,
            reservation: matches!(state, Occupancy::Held | Occupancy::Sold).then(|| ReservationId(Uuid::nil())),
            fence: 7,
            ends_at: now + TimeDelta::seconds(ends_in),
        };
        let state = |row, keeping| keep(&row, keeping, now).map(|next| next.map(|row| (row.state, row.reservation)));
        assert_eq!(state(seat(Occupancy::Free, 0), Keeping::Back), Ok(Some((Occupancy::Blocked, None))));
        assert_eq!(state(seat(Occupancy::Held, 0), Keeping::Back), Ok(Some((Occupancy::Blocked, None))), "overdue");
        assert_eq!(state(seat(Occupancy::Held, 1), Keeping::Back), Err(Taken));
        assert_eq!(state(seat(Occupancy::Sold, 0), Keeping::Back), Err(Taken));
        assert_eq!(state(seat(Occupancy::Blocked, 0), Keeping::Back), Ok(None));
        assert_eq!(state(seat(Occupancy::Blocked, 0), Keeping::Released), Ok(Some((Occupancy::Free, None))));
        for other in [Occupancy::Free, Occupancy::Held, Occupancy::Sold] {
            assert_eq!(state(seat(other, 1), Keeping::Released), Ok(None));
        }
    }
}
