//! Gives a hold back.

use crate::domain::command::{Command, Rejected};
use crate::domain::life::Refusal;
use crate::error::{self, Reply};
use crate::service::desk::{Declined, Member};
use crate::service::find;
use crate::service::give_up_order::{self, Outcome};
use crate::service::hold_seats::Asking;
use crate::state::State;
use onsale_core::api::booking::Order;
use onsale_core::{ReservationId, UserId};
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;

/// What giving a hold back came to.
#[derive(Debug)]
pub enum Released {
    /// It is over.
    Over,
    /// It was being paid: its order is given up, and what becomes of the money is not known yet.
    Underway(Box<Order>),
}

/// Gives a hold back, and with it the order that is being paid. What ended already is as good as given back.
pub async fn release(state: &State, account: UserId, id: ReservationId, why: Metadata) -> Result<Released, Problem> {
    let command = Command::Release { reservation: id, account };
    match state.desk.submit(Member::of(command, why.clone())).await {
        Ok(_) | Err(Declined::Rejected(Rejected::Refused(Refusal::HoldExpired), _)) => Ok(Released::Over),
        Err(Declined::Rejected(Rejected::NotFound, _)) => Err(Problem::not_found("reservation")),
        Err(Declined::Rejected(Rejected::Refused(Refusal::PaymentInProgress), _)) => {
            let found = find::hold(state, id, Some(account)).await?;
            let asking = Asking { account, why, key: None, admission: None };
            match give_up_order::give_up(state, asking, &found).await? {
                Reply::Fresh(Outcome::Underway(order)) => Ok(Released::Underway(Box::new(order))),
                Reply::Fresh(Outcome::Done(_)) | Reply::Replayed(_) => Ok(Released::Over),
            }
        }
        Err(declined) => {
            let found = find::hold(state, id, Some(account)).await?;
            error::declined::<()>(declined, &found.inventory).map(|_| Released::Over)
        }
    }
}
