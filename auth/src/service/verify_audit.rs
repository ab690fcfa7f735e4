//! Looks for tampering with the audit log; what `onsale audit verify` does.

use crate::domain::chain::{self, Entry, START};
use crate::service::keep_audit;
use crate::store::audit_chain;
use onsale_core::api::audit::{AuditHead, AuditPlace};
use onsale_platform::ServiceRole;
use onsale_platform::audit;
use onsale_platform::tokens::DeploymentSecret;
use sqlx::PgPool;

/// Entries looked at in one go.
const BATCH: i64 = 500;

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How far the chain has come.
    pub head: AuditHead,
    /// Whether the head that was kept elsewhere is in it; nothing where none was named.
    pub has_kept_head: Option<bool>,
}

/// Follows the chain from its beginning. `found` is told each entry that is not as it was sealed; the first one of a
/// chain that does not hold makes all after it not hold either, so it looks on from what stands there.
pub async fn verify_chain(
    pool: &PgPool,
    secret: &DeploymentSecret,
    kept: Option<&AuditHead>,
    mut found: impl FnMut(String),
) -> Result<Verified, sqlx::Error> {
    let key = keep_audit::key(secret);
    let (mut number, mut hash) = (0, START);
    let mut has_kept_head = kept.map(|head| head.number == 0);
    loop {
        let entries = audit_chain::after(&mut *pool.acquire().await?, number, BATCH).await?;
        if entries.is_empty() {
            break;
        }
        for (entry, stands) in entries {
            if entry.number != number + 1 {
                found(format!("entries {} to {} are gone", number + 1, entry.number - 1));
            }
            if chain::link(&key, &hash, &entry)[..] != stands[..] {
                found(format!("entry {} is not as it was sealed: {}", entry.number, what(&entry)));
            }
            number = entry.number;
            match stands.try_into() {
                Ok(link) => hash = link,
                Err(_) => found(format!("entry {number} has no whole hash")),
            }
            if let Some(kept) = kept.filter(|kept| kept.number == number) {
                has_kept_head = Some(kept.hash == hex::encode(hash));
            }
        }
    }
    Ok(Verified { head: AuditHead { number, hash: hex::encode(hash) }, has_kept_head })
}

fn what(entry: &Entry) -> String {
    format!("{} {} {} {} at {}", entry.service, entry.action, entry.object_type, entry.object_id, entry.at.to_rfc3339())
}

/// Compares a service's own table with the chain, in its order; how many acts are not sealed yet.
pub async fn verify_service(
    chained: &PgPool,
    service: &PgPool,
    role: ServiceRole,
    mut found: impl FnMut(String),
) -> Result<usize, sqlx::Error> {
    let limit = usize::try_from(BATCH).unwrap_or(usize::MAX);
    let mut place = AuditPlace::default();
    loop {
        let entries = audit_chain::of_service(&mut *chained.acquire().await?, role.as_str(), place, BATCH).await?;
        let acts = audit::read(&mut *service.acquire().await?, role, place, limit).await?;
        let Some((last, _)) = entries.last() else {
            return unsealed(service, role, acts.len(), acts.last().map(|act| act.place)).await;
        };
        // Both are whole up to here: the service's page may end earlier where something stands in it that was added.
        let read_to = acts.last().filter(|_| acts.len() == limit).map(|act| act.place);
        let until = read_to.map_or(last.place, |read_to| read_to.min(last.place));
        let mut acts = acts.into_iter().filter(|act| act.place <= until).peekable();
        for (entry, _) in entries.into_iter().filter(|(entry, _)| entry.place <= until) {
            while let Some(added) = acts.next_if(|act| act.place < entry.place) {
                found(format!("{role}: {} {} was added later, or never sealed", added.action, added.object_id));
            }
            let noted = acts.next_if(|act| act.place == entry.place);
            match noted.map(|act| keep_audit::entry(entry.number, role.as_str(), act)) {
                Some(noted) if noted == entry => {}
                Some(_) => found(format!("{role}: what entry {} tells of was changed: {}", entry.number, what(&entry))),
                None => found(format!("{role}: what entry {} tells of is gone: {}", entry.number, what(&entry))),
            }
        }
        for added in acts {
            found(format!("{role}: {} {} was added later, or never sealed", added.action, added.object_id));
        }
        place = until;
    }
}

/// Acts that wait for being sealed.
async fn unsealed(
    service: &PgPool,
    role: ServiceRole,
    mut count: usize,
    mut last: Option<AuditPlace>,
) -> Result<usize, sqlx::Error> {
    let limit = usize::try_from(BATCH).unwrap_or(usize::MAX);
    while let Some(place) = last.filter(|_| count.is_multiple_of(limit)) {
        let more = audit::read(&mut *service.acquire().await?, role, place, limit).await?;
        count += more.len();
        last = more.last().map(|act| act.place);
    }
    Ok(count)
}
