//! What is published of a line, and one's own inclusion in it.

use crate::domain::token::Held;
use crate::memory::Line;
use crate::service::tell_status;
use crate::state::State;
use crate::store::{chains, entries};
use bytes::Bytes;
use moka::future::Cache;
use onsale_core::EventId;
use onsale_core::api::queue::QueueMode;
use onsale_core::lineup::proof::{LineProof, Mine, Receipt};
use onsale_platform::problem::Problem;
use std::sync::Arc;
use std::time::Duration;

/// How long what was published is believed to be all: heads come every 10 s.
const BELIEVED: Duration = Duration::from_secs(5);

/// What many ask for at once, made once.
pub(crate) struct Proofs {
    /// By what was published besides heads: that is shown at once.
    documents: Cache<(EventId, bool, bool), LineProof>,
    entries: Cache<(EventId, u32), Bytes>,
}

impl Proofs {
    pub(crate) fn new() -> Self {
        Self {
            documents: Cache::builder().max_capacity(100).time_to_live(BELIEVED).build(),
            entries: Cache::builder().max_capacity(4).time_to_live(Duration::from_secs(60)).build(),
        }
    }
}

/// The document, with one's own entry where a token is shown.
pub(crate) async fn proof(state: &State, event: &EventId, held: Option<Held>) -> Result<LineProof, Problem> {
    let line = tell_status::line(state, event)?;
    let reading = async {
        let heads = chains::published(&mut *state.pool.acquire().await?, event).await?;
        let room = &line.room;
        Ok::<_, sqlx::Error>(LineProof {
            event_id: event.clone(),
            starts_at: room.starts_at,
            shuffled: room.mode == QueueMode::Lobby,
            commitment: room.commitment,
            receipt_key: state.receipt_key(),
            heads,
            list: room.list,
            revealed: room.revealed.clone(),
            mine: None,
            entries: None,
        })
    };
    let which = (event.clone(), line.room.list.is_some(), line.room.revealed.is_some());
    let document = state.proofs.documents.try_get_with(which, reading).await;
    let mut document = document.map_err(unavailable)?;
    if let Some(held) = held {
        document.mine = mine(state, &line, held).await?;
    }
    Ok(document)
}

async fn mine(state: &State, line: &Line, held: Held) -> Result<Option<Mine>, Problem> {
    let event = &line.room.event;
    let Some(row) = entries::at(&mut *state.pool.acquire().await?, event, held.position).await? else {
        return Ok(None);
    };
    let mut receipt = Receipt {
        entry: row.id,
        position: row.position,
        chain_head: row.head,
        joined_at: row.joined_at,
        signature: String::new(),
    };
    state.sign(event, &mut receipt);
    let inclusion = line.lineup.as_ref().and_then(|lineup| lineup.inclusion(held.position));
    let place = line.place_of(held.position).filter(|_| line.room.has_started(state.clock.now()));
    Ok(Some(Mine { receipt, inclusion, place }))
}

/// All entries in the order of joining, as JSON, and whether they never change: of the lobby's list once it is frozen,
/// else up to the head that was published last.
pub(crate) async fn entries(state: &State, event: &EventId) -> Result<(Bytes, bool), Problem> {
    let line = tell_status::line(state, event)?;
    let count = match line.room.list {
        Some(list) => list.count,
        None => {
            let mut conn = state.pool.acquire().await?;
            chains::last_published(&mut conn, event).await?.map_or(0, |(count, _)| count)
        }
    };
    let reading = async {
        let entries = match &line.lineup {
            Some(lineup) => lineup.listed.entries.clone(),
            None => entries::between(&mut *state.pool.acquire().await?, event, 0, count).await?,
        };
        let json = serde_json::to_vec(&serde_json::json!({ "entries": entries })).unwrap_or_default();
        Ok::<_, sqlx::Error>(Bytes::from(json))
    };
    let bytes = state.proofs.entries.try_get_with((event.clone(), count), reading).await;
    Ok((bytes.map_err(unavailable)?, line.room.list.is_some()))
}

fn unavailable(error: Arc<sqlx::Error>) -> Problem {
    Problem::unavailable("The proof cannot be read just now.", Duration::from_secs(2)).with_source(error)
}
