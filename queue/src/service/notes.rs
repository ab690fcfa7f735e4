//! What is noted by the way and written once a second: who was seen, with which account, and how reserve did.

use crate::store::beats::{self, Beat, Reserves};
use crate::store::{entries, sightings, stored};
use moka::sync::Cache;
use onsale_core::{AdmissionId, EventId, UserId};
use onsale_platform::clock::Clock;
use onsale_platform::random;
use parking_lot::Mutex;
use sqlx::PgPool;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// More than this is not kept between two writes; what is left out is noted with a later call.
const NOTES_MAX: usize = 50_000;
/// An account is noted once; after this long once more.
const ACCOUNT_KNOWN: Duration = Duration::from_secs(600);

/// Notes that are not written yet.
pub(crate) struct Notes {
    clock: Clock,
    process: Uuid,
    beats: Mutex<HashMap<AdmissionId, Beat>>,
    accounts: Mutex<HashSet<(EventId, u32, UserId)>>,
    accounts_known: Cache<(EventId, u32, UserId), ()>,
    reserves: Mutex<(Vec<u32>, i32)>,
    reserves_told: Mutex<bool>,
}

impl Notes {
    pub(crate) fn new(clock: Clock) -> Self {
        let process = random::new_id(&clock);
        let accounts_known = Cache::builder().max_capacity(200_000).time_to_live(ACCOUNT_KNOWN).build();
        let (beats, accounts) = (Mutex::default(), Mutex::default());
        let (reserves, reserves_told) = (Mutex::default(), Mutex::default());
        Self { clock, process, beats, accounts, accounts_known, reserves, reserves_told }
    }

    /// Somebody admitted was seen.
    pub(crate) fn beat(&self, admission: AdmissionId, event: &EventId, held: bool) {
        let at = self.clock.now();
        let mut beats = self.beats.lock();
        if beats.len() < NOTES_MAX || beats.contains_key(&admission) {
            let new = Beat { admission, event: event.clone(), at, held };
            beats.entry(admission).and_modify(|beat| (beat.at, beat.held) = (at, beat.held || held)).or_insert(new);
        }
    }

    /// Somebody in line is signed in.
    pub(crate) fn account(&self, event: &EventId, position: u32, account: UserId) {
        let note = (event.clone(), position, account);
        if self.accounts_known.contains_key(&note) {
            return;
        }
        let mut accounts = self.accounts.lock();
        if accounts.len() < NOTES_MAX {
            accounts.insert(note);
        }
    }

    /// A call of reserve was answered.
    pub(crate) fn reserve(&self, took: Duration, failed: bool) {
        let mut reserves = self.reserves.lock();
        if reserves.0.len() < NOTES_MAX {
            reserves.0.push(u32::try_from(took.as_millis()).unwrap_or(u32::MAX));
            reserves.1 += i32::from(failed);
        }
    }

    /// Writes what was noted. What cannot be written now is tried again with the next.
    pub(crate) async fn write(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        self.write_accounts(pool).await?;
        let noted: Vec<Beat> = std::mem::take(&mut *self.beats.lock()).into_values().collect();
        if !noted.is_empty() {
            let written = beats::note(&mut *pool.acquire().await?, &noted).await;
            if let Err(error) = written {
                for beat in noted {
                    self.beats.lock().entry(beat.admission).or_insert(beat);
                }
                return Err(error);
            }
        }
        let reserves = summed(std::mem::take(&mut *self.reserves.lock()));
        // After the last call it is said once that there are none.
        let told = std::mem::replace(&mut *self.reserves_told.lock(), reserves.calls > 0);
        if reserves.calls > 0 || told {
            beats::note_reserves(&mut *pool.acquire().await?, self.process, self.clock.now(), reserves).await?;
        }
        Ok(())
    }

    async fn write_accounts(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let noted = std::mem::take(&mut *self.accounts.lock());
        if noted.is_empty() {
            return Ok(());
        }
        let events: Vec<String> = noted.iter().map(|(event, ..)| event.to_string()).collect();
        let positions: Vec<i32> = noted.iter().map(|(_, position, _)| stored(*position)).collect();
        let accounts: Vec<Uuid> = noted.iter().map(|(.., account)| account.0).collect();
        let mut tx = pool.begin().await?;
        entries::note_accounts(&mut tx, &events, &positions, &accounts).await?;
        sightings::note(&mut tx, &events, &positions, &accounts, self.clock.now()).await?;
        tx.commit().await?;
        for note in noted {
            self.accounts_known.insert(note, ());
        }
        Ok(())
    }
}

/// How reserve did, by how long each call took.
fn summed((mut took_ms, failed): (Vec<u32>, i32)) -> Reserves {
    took_ms.sort_unstable();
    let slow_ms = took_ms.get(took_ms.len() * 95 / 100).or(took_ms.last()).copied().unwrap_or(0);
    Reserves { calls: stored(u32::try_from(took_ms.len()).unwrap_or(u32::MAX)), failed, slow_ms: stored(slow_ms) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_five_of_a_hundred_are_not_slower() {
        assert_eq!(summed(((1..=100).rev().collect(), 3)).slow_ms, 96);
        assert_eq!((summed((vec![7], 0)).slow_ms, summed((Vec::new(), 0)).slow_ms), (7, 0));
    }
}
