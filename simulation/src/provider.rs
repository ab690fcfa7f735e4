//! The payment provider: does each thing once for a key, whatever is lost on the way.

use onsale_core::{PaymentId, ReservationId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where a payment stands at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The payer has to act on the provider's page.
    RequiresAction,
    /// The money is reserved.
    Authorised,
    /// The money is taken.
    Captured,
    /// Refused, for good.
    Declined,
    /// Given back before it was taken, or called off before it began.
    Voided,
}

/// A payment.
#[derive(Debug, Clone)]
pub struct Payment {
    /// What it pays.
    pub reservation: Option<ReservationId>,
    /// With which card.
    pub card: Card,
    /// How much.
    pub amount: i64,
    /// Where it stands.
    pub standing: Standing,
    /// What was given back, by refund.
    pub refunds: BTreeMap<Uuid, i64>,
}

/// What the provider is asked, by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Reserve the money.
    Authorise {
        /// The key.
        attempt: PaymentId,
        /// What it pays.
        reservation: ReservationId,
        /// How much.
        amount: i64,
        /// The payer's card.
        card: Card,
    },
    /// Say where it stands.
    Ask(PaymentId),
    /// Take the money.
    Capture(PaymentId),
    /// Give the authorisation back.
    Void(PaymentId),
    /// Give money back.
    Refund {
        /// The payment.
        attempt: PaymentId,
        /// The key.
        refund: Uuid,
        /// How much.
        amount: i64,
    },
}

/// A test card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    /// Succeeds.
    Good,
    /// Is declined.
    Bad,
    /// Sends the payer to the provider's page.
    Redirect,
    /// A transfer: the money comes by itself, perhaps when nobody waits for it any more.
    Transfer,
}

/// What a payer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Agrees.
    Agrees,
    /// Refuses, for good.
    Refuses,
    /// Is turned away once and tries again: the provider tells of the failure, and the payment goes on.
    Fumbles,
}

impl Card {
    /// Its token.
    #[must_use]
    pub fn token(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Redirect => "redirect",
            Self::Transfer => "transfer",
        }
    }

    /// The card of a token.
    #[must_use]
    pub fn of(token: Option<&str>) -> Self {
        match token {
            Some("bad") => Self::Bad,
            Some("redirect") => Self::Redirect,
            Some("transfer") => Self::Transfer,
            _ => Self::Good,
        }
    }
}

/// The provider's books.
#[derive(Debug, Default)]
pub struct Provider {
    /// All payments, by key.
    pub payments: BTreeMap<PaymentId, Payment>,
}

impl Provider {
    /// Does it once; `None` where the payment is not known.
    pub fn call(&mut self, call: &Call) -> Option<Standing> {
        match call {
            Call::Authorise { attempt, reservation, amount, card } => {
                let standing = match card {
                    Card::Good => Standing::Authorised,
                    Card::Bad => Standing::Declined,
                    Card::Redirect | Card::Transfer => Standing::RequiresAction,
                };
                let (reservation, amount, card) = (Some(*reservation), *amount, *card);
                let fresh = || Payment { reservation, card, amount, standing, refunds: BTreeMap::new() };
                Some(self.payments.entry(*attempt).or_insert_with(fresh).standing)
            }
            Call::Ask(attempt) => self.payments.get(attempt).map(|payment| payment.standing),
            Call::Capture(attempt) => {
                let payment = self.payments.get_mut(attempt)?;
                if payment.standing == Standing::Authorised {
                    payment.standing = Standing::Captured;
                }
                Some(payment.standing)
            }
            Call::Void(attempt) => {
                // Called off before it began: the key is spent, a late authorisation finds it so.
                let (standing, card) = (Standing::Voided, Card::Good);
                let spent = || Payment { reservation: None, card, amount: 0, standing, refunds: BTreeMap::new() };
                let payment = self.payments.entry(*attempt).or_insert_with(spent);
                if matches!(payment.standing, Standing::Authorised | Standing::RequiresAction) {
                    payment.standing = Standing::Voided;
                }
                Some(payment.standing)
            }
            Call::Refund { attempt, refund, amount } => {
                let payment = self.payments.get_mut(attempt)?;
                if payment.standing == Standing::Captured {
                    payment.refunds.entry(*refund).or_insert(*amount);
                }
                Some(payment.standing)
            }
        }
    }

    /// The payer acts on the provider's page, or at the bank; what the provider tells of it.
    pub fn payer_acts(&mut self, attempt: PaymentId, act: Act) -> Option<Standing> {
        let payment = self.payments.get_mut(&attempt)?;
        let standing = match (payment.card, payment.standing, act) {
            (_, Standing::RequiresAction, Act::Fumbles) => return Some(Standing::Declined),
            // A transfer that nobody waits for any more comes all the same.
            (Card::Transfer, Standing::RequiresAction | Standing::Voided, Act::Agrees) => Standing::Captured,
            (_, Standing::RequiresAction, Act::Agrees) => Standing::Authorised,
            (_, Standing::RequiresAction, Act::Refuses) => Standing::Declined,
            _ => return None,
        };
        payment.standing = standing;
        Some(standing)
    }

    /// The authorisation is forgotten.
    pub fn lapse(&mut self, attempt: PaymentId) {
        if let Some(payment) = self.payments.get_mut(&attempt).filter(|p| p.standing == Standing::Authorised) {
            payment.standing = Standing::Voided;
        }
    }

    /// What a hold's payments have taken and not given back.
    #[must_use]
    pub fn kept(&self, reservation: ReservationId) -> i64 {
        let of = self.payments.values().filter(|payment| payment.reservation == Some(reservation));
        of.filter(|payment| payment.standing == Standing::Captured)
            .map(|payment| payment.amount - payment.refunds.values().sum::<i64>())
            .sum()
    }

    /// What of a hold's payments was given back.
    #[must_use]
    pub fn refunded(&self, reservation: ReservationId) -> i64 {
        let of = self.payments.values().filter(|payment| payment.reservation == Some(reservation));
        of.flat_map(|payment| payment.refunds.values()).sum()
    }

    /// What a hold's payments have reserved or taken, and not given back.
    #[must_use]
    pub fn bound(&self, reservation: ReservationId) -> i64 {
        let of = self.payments.values().filter(|payment| payment.reservation == Some(reservation));
        let authorised = of.filter(|payment| payment.standing == Standing::Authorised);
        self.kept(reservation) + authorised.map(|payment| payment.amount).sum::<i64>()
    }
}
