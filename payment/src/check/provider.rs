//! Compares payments with the provider's own books.

use super::{Books, CheckError, Difference, FarSide, PAGE, Watcher};
use crate::domain::payment::Payment;
use crate::provider::{ProviderBooks, stripe};
use crate::sandbox;
use crate::store::books;
use onsale_core::PaymentId;
use onsale_core::api::internal::PaymentStatus;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// What differs at first may be on its way: it is looked at again after this.
const SECOND_LOOK_AFTER: Duration = Duration::from_secs(5);
/// More than this are told without a second look.
const SUSPECTS_MAX: usize = 10_000;

/// A payment that seems to differ: by our name, and the provider's if it has one.
type Suspect = (PaymentId, Option<String>);

impl Books {
    /// Compares what the provider took and gave back with the payments, both ways round.
    ///
    /// # Errors
    /// When the provider or the database does not answer.
    pub async fn check_provider(&self, watcher: &mut impl Watcher) -> Result<(), CheckError> {
        let (mut suspects, seen) = self.compare_theirs(watcher).await?;
        suspects.extend(self.compare_ours(&seen).await?);
        if suspects.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(SECOND_LOOK_AFTER).await;
        for suspect in suspects {
            if let Some(difference) = self.look_again(&suspect).await? {
                watcher.differs(difference);
            }
        }
        Ok(())
    }

    /// Every attempt at the provider beside our row; and which payments were among them.
    async fn compare_theirs(
        &self,
        watcher: &mut impl Watcher,
    ) -> Result<(Vec<Suspect>, HashSet<PaymentId>), CheckError> {
        let mut suspects = Vec::new();
        let mut seen = HashSet::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.theirs(after.as_deref()).await?;
            let Some(last) = page.last() else { return Ok((suspects, seen)) };
            after = Some(last.reference.clone());
            let named: Vec<PaymentId> = page.iter().filter_map(|shown| shown.payment_id).collect();
            let ours: HashMap<_, _> = self.find(&named).await?.into_iter().map(|row| (row.id, row)).collect();
            for shown in &page {
                // Without our name it is none of ours: accounts may be shared.
                let Some(id) = shown.payment_id else { continue };
                seen.insert(id);
                if compare(ours.get(&id), Some(shown)).is_some() && suspects.len() < SUSPECTS_MAX {
                    suspects.push((id, Some(shown.reference.clone())));
                }
            }
            watcher.looked_at(page.len());
        }
    }

    /// What we hold for captured and the provider has not shown.
    async fn compare_ours(&self, seen: &HashSet<PaymentId>) -> Result<Vec<Suspect>, CheckError> {
        let mut conn = self.pool.acquire().await?;
        let mut suspects = Vec::new();
        let mut after = Uuid::nil();
        loop {
            let page = books::taken_after(&mut conn, after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(suspects) };
            after = *last;
            let missing = page.into_iter().filter(|(id, _)| !seen.contains(&PaymentId(*id)));
            suspects.extend(missing.take(SUSPECTS_MAX).map(|(id, reference)| (PaymentId(id), reference)));
            suspects.truncate(SUSPECTS_MAX);
        }
    }

    async fn look_again(&self, (id, reference): &Suspect) -> Result<Option<Difference>, CheckError> {
        let shown = match (reference, &self.far_side) {
            (None, _) => None,
            (Some(reference), FarSide::Api(stripe)) => stripe.books_of(reference).await?,
            (Some(reference), FarSide::Sandbox(pool)) => {
                sandbox::books_of(&mut *pool.acquire().await?, reference).await?
            }
        };
        let ours = self.find(&[*id]).await?;
        let difference = compare(ours.first(), shown.as_ref());
        Ok(difference.map(|(found, remedy)| Difference { subject: format!("payment {id}"), found, remedy }))
    }

    async fn theirs(&self, after: Option<&str>) -> Result<Vec<ProviderBooks>, CheckError> {
        match &self.far_side {
            FarSide::Api(stripe) => Ok(stripe.books_after(after).await?),
            FarSide::Sandbox(pool) => Ok(sandbox::books_after(&mut *pool.acquire().await?, after, PAGE).await?),
        }
    }
}

/// What differs between our row and what the provider shows, and what to do.
fn compare(ours: Option<&Payment>, theirs: Option<&ProviderBooks>) -> Option<(String, &'static str)> {
    let Some(theirs) = theirs else {
        let row = ours.filter(|row| row.status == PaymentStatus::Captured && !row.is_receivable())?;
        let found = format!("{} was captured by our row, and the provider shows no such payment", row.amount);
        return Some((found, "look it up at the provider: is this the account that took it?"));
    };
    let (captured, reference) = (theirs.captured, &theirs.reference);
    let Some(row) = ours else {
        let found = format!("the provider took {captured} under {reference}, and we have no such payment");
        return (captured.minor > 0)
            .then_some((found, "is it of another installation? else refund it at the provider"));
    };
    let other = row.provider_ref.as_deref().filter(|known| *known != reference && !stripe::is_session(known));
    if other.is_some() {
        let found = format!("the provider took {captured} also under {reference}");
        return (captured.minor > theirs.refunded_minor)
            .then_some((found, "the payer was charged twice: refund this reference at the provider"));
    }
    let (taken, given_back) = match row.status {
        PaymentStatus::Captured => (row.amount.minor, row.refunded_minor),
        _ => (0, 0),
    };
    // A refund that is on its way may count there already.
    let back = given_back..=given_back + row.refunding_minor;
    if (taken, row.amount.currency) != (captured.minor, captured.currency) {
        let found = format!("we say {taken} minor units were captured, the provider {captured} under {reference}");
        return Some((found, "is payment running? its reconciler asks; else compare with the provider's dashboard"));
    }
    if !back.contains(&theirs.refunded_minor) {
        let found = format!(
            "we say {given_back} minor units were given back, the provider {} under {reference}",
            theirs.refunded_minor
        );
        return Some((found, "a refund came back or was made by hand: pay the payer by hand, or note it here"));
    }
    None
}
