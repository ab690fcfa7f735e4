//! Gives a hold back.

use crate::domain::command::{Command, Rejected};
use crate::domain::life::Refusal;
use crate::error;
use crate::service::desk::{Declined, Member};
use crate::service::find;
use crate::state::State;
use onsale_core::{ReservationId, UserId};
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;

/// Gives a hold back. What ended already is as good as given back.
pub async fn release(state: &State, account: UserId, id: ReservationId, why: Metadata) -> Result<(), Problem> {
    let command = Command::Release { reservation: id, account };
    match state.desk.submit(Member::of(command, why)).await {
        Ok(_) | Err(Declined::Rejected(Rejected::Refused(Refusal::HoldExpired), _)) => Ok(()),
        Err(Declined::Rejected(Rejected::NotFound, _)) => Err(Problem::not_found("reservation")),
        Err(declined) => {
            let found = find::hold(state, id, Some(account)).await?;
            error::declined::<()>(declined, &found.inventory).map(|_| ())
        }
    }
}
