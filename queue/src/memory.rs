//! What this process knows of all lines. It is read anew every half second; a status needs nothing else.

use crate::domain::lineup::{Lineup, Listed};
use crate::domain::moves::{Gone, Moves};
use crate::store::rooms::{RoomRow, Which};
use crate::store::{calls, entries, pulses, rooms};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::queue::{AllHeld, QueueMode, QueuePulse, QueueView};
use onsale_core::{EventId, UserId};
use parking_lot::{Mutex, RwLock};
use sqlx::{Acquire, PgConnection};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often rooms are read where nothing is to be expected.
pub(crate) const RESTING_EVERY: Duration = Duration::from_secs(30);
/// The list of a lobby is read from so long before its end on, so that at the start only the last entries are missing.
const READ_AHEAD: TimeDelta = TimeDelta::seconds(60);
/// How often it is read who left: at a big opening they are many.
const GONE_EVERY: Duration = Duration::from_secs(2);
/// What was measured longer ago says nothing of now.
const PULSE_AGE_MAX: TimeDelta = TimeDelta::seconds(15);
/// The window that the rate everybody sees is taken over.
const RATE_WINDOW: TimeDelta = TimeDelta::seconds(30);

/// An event's line at a moment.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) room: RoomRow,
    /// Shortly before a lobby ends: the entries so far.
    ahead: Arc<Listed>,
    /// The list of the lobby, once it is frozen.
    pub(crate) lineup: Option<Arc<Lineup>>,
    pub(crate) moves: Arc<Moves>,
    pub(crate) gone: Arc<Gone>,
    /// Nothing where somebody left or came back since.
    gone_read: Option<Instant>,
    pub(crate) pulse: Option<QueuePulse>,
}

impl Line {
    /// The place of a position, once there are places.
    pub(crate) fn place_of(&self, position: u32) -> Option<u32> {
        match (&self.room.list, &self.lineup) {
            (Some(list), Some(lineup)) if position <= list.count => lineup.place_of(position),
            // The list is not here yet.
            (Some(list), None) if position <= list.count => None,
            (Some(_), _) => Some(position),
            (None, _) if self.room.mode == QueueMode::Lobby => None,
            (None, _) => Some(position),
        }
    }

    /// The account of a position, where it is known here.
    pub(crate) fn account_of(&self, position: u32) -> Option<UserId> {
        let listed = self.lineup.as_ref().map_or(&*self.ahead, |lineup| &lineup.listed);
        *listed.accounts.get(usize::try_from(position.checked_sub(1)?).ok()?)?
    }

    /// The position of a place, once there are places.
    pub(crate) fn position_of(&self, place: u32) -> Option<u32> {
        match (&self.room.list, &self.lineup) {
            (Some(list), lineup) if place <= list.count => lineup.as_ref()?.position_of(place),
            _ => Some(place),
        }
    }

    /// Whoever has a place up to it may come in.
    pub(crate) fn served(&self) -> u32 {
        self.moves.served()
    }

    /// People who were not called and did not leave.
    pub(crate) fn waiting(&self) -> u32 {
        let (served, joined) = (self.served(), self.room.joined);
        joined.saturating_sub(served).saturating_sub(self.gone.between(served, joined))
    }

    /// Nothing is free, but something is held.
    pub(crate) fn all_held(&self, now: DateTime<Utc>) -> Option<AllHeld> {
        let pulse = self.pulse.as_ref().filter(|pulse| now - pulse.at < PULSE_AGE_MAX)?;
        let held = pulse.held.filter(|held| *held > 0 && pulse.free == Some(0))?;
        Some(AllHeld { seats: held, until: pulse.holds_end_at })
    }

    /// How many were called in the time before now.
    pub(crate) fn called_in(&self, time: TimeDelta, now: DateTime<Utc>) -> u32 {
        self.served().saturating_sub(self.moves.served_at(now - time))
    }

    /// What everybody sees.
    pub(crate) fn view(&self, now: DateTime<Utc>) -> QueueView {
        let room = &self.room;
        QueueView {
            mode: room.mode,
            opens_at: room.opens_at,
            starts_at: room.starts_at,
            started: room.has_started(now),
            joined: room.joined,
            now_serving: self.served(),
            per_minute: self.called_in(RATE_WINDOW, now) * 2,
            paused: room.paused,
            closed: room.closed_at.is_some(),
            sold_out: room.sold_out_at.is_some(),
            message: room.message.clone(),
            all_held: self.all_held(now),
        }
    }
}

/// A process that has not tried to look for so long stood still: what it knows is older than what others were told.
const STOOD_STILL_AFTER: Duration = Duration::from_secs(2);

/// All lines.
#[derive(Default)]
pub(crate) struct Memory {
    lines: RwLock<Option<HashMap<EventId, Arc<Line>>>>,
    /// When the last look ended, whether well or not.
    looked: Mutex<Option<Instant>>,
    /// One reads at a time; when all were read the last time.
    reading: tokio::sync::Mutex<Option<Instant>>,
}

impl Memory {
    /// The line of an event that has a room, on or off.
    pub(crate) fn line(&self, event: &EventId) -> Option<Arc<Line>> {
        self.lines.read().as_ref()?.get(event).cloned()
    }

    /// Whether the rooms were ever read.
    pub(crate) fn is_known(&self) -> bool {
        self.lines.read().is_some()
    }

    /// All lines that are on.
    pub(crate) fn on(&self) -> Vec<Arc<Line>> {
        let lines = self.lines.read();
        lines.iter().flat_map(HashMap::values).filter(|line| line.room.is_on()).cloned().collect()
    }

    /// A look has ended, whether well or not.
    pub(crate) fn note_look(&self) {
        *self.looked.lock() = Some(Instant::now());
    }

    /// Whether the looks have stopped, as they do where the process or its machine stands still.
    pub(crate) fn stood_still(&self) -> bool {
        self.looked.lock().is_some_and(|at| at.elapsed() > STOOD_STILL_AFTER)
    }

    /// Reads those anew where something may have happened; now and then all.
    pub(crate) async fn read(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
        let mut all_read = self.reading.lock().await;
        if all_read.is_some_and(|at| at.elapsed() < RESTING_EVERY) && self.refresh(conn, Which::Awake, now).await? {
            return Ok(());
        }
        self.refresh(conn, Which::All, now).await?;
        *all_read = Some(Instant::now());
        Ok(())
    }

    /// Reads all anew.
    pub(crate) async fn read_all(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
        let mut all_read = self.reading.lock().await;
        self.refresh(conn, Which::All, now).await?;
        *all_read = Some(Instant::now());
        Ok(())
    }

    /// Reads some anew; whether no other one has changed meanwhile.
    async fn refresh(
        &self,
        conn: &mut PgConnection,
        which: Which<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool, sqlx::Error> {
        let known = self.lines.read().clone().unwrap_or_default();
        let mut read = HashMap::new();
        // One view of all tables: no line moves between two questions.
        let mut look = conn.begin().await?;
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *look).await?;
        for room in rooms::read(&mut look, which, now).await? {
            let before = known.get(&room.event).map(AsRef::as_ref);
            let line = read_line(&mut look, room, before, now).await?;
            read.insert(line.room.event.clone(), Arc::new(line));
        }
        look.commit().await?;
        if matches!(which, Which::Awake) {
            let resting: Vec<_> = known.into_iter().filter(|(event, _)| !read.contains_key(event)).collect();
            if resting.iter().any(|(_, line)| !line.room.rests) {
                return Ok(false);
            }
            read.extend(resting);
        }
        *self.lines.write() = Some(read);
        Ok(true)
    }

    /// Who left or came back is to be read with the next look.
    pub(crate) fn forget_gone(&self, event: &EventId) {
        if let Some(lines) = self.lines.write().as_mut()
            && let Some(line) = lines.get_mut(event)
        {
            Arc::make_mut(line).gone_read = None;
        }
    }
}

async fn read_line(
    conn: &mut PgConnection,
    room: RoomRow,
    before: Option<&Line>,
    now: DateTime<Utc>,
) -> Result<Line, sqlx::Error> {
    if !room.is_on() {
        return Ok(Line {
            room,
            ahead: Arc::default(),
            lineup: None,
            moves: Arc::default(),
            gone: Arc::default(),
            gone_read: Some(Instant::now()),
            pulse: None,
        });
    }
    let is_as_before = |before: &&Line| {
        before.room.rests && room.rests && room.served == before.served() && before.gone_read.is_some()
    };
    if let Some(before) = before.filter(is_as_before) {
        return Ok(Line { room, ..before.clone() });
    }
    let event = room.event.clone();
    let lineup = lineup(conn, &room, before).await?;
    let ahead = ahead(conn, &room, before, now).await?;
    let mut moves = before.map(|before| Arc::clone(&before.moves)).unwrap_or_default();
    if room.served > moves.served() {
        let known = Arc::make_mut(&mut moves);
        for (served, at) in calls::beyond(conn, &event, known.served()).await? {
            known.note(served, at);
        }
    }
    let pulse = pulses::since(conn, &event, now - PULSE_AGE_MAX, 1).await?.pop();
    let mut line = Line { room, ahead, lineup, moves, gone: Arc::default(), gone_read: Some(Instant::now()), pulse };
    match before.filter(|before| before.has_fresh_gone() && before.is_placed_as(&line)) {
        Some(before) => (line.gone, line.gone_read) = (Arc::clone(&before.gone), before.gone_read),
        None => {
            let positions = entries::gone(conn, &event).await?;
            line.gone = Arc::new(Gone::new(positions.into_iter().filter_map(|at| line.place_of(at)).collect()));
        }
    }
    Ok(line)
}

impl Line {
    fn has_fresh_gone(&self) -> bool {
        self.gone_read.is_some_and(|at| at.elapsed() < GONE_EVERY)
    }

    /// Whether both give the same places.
    fn is_placed_as(&self, other: &Self) -> bool {
        self.room.list == other.room.list && self.room.revealed.is_some() == other.room.revealed.is_some()
    }
}

/// The entries so far, where the lobby ends soon.
async fn ahead(
    conn: &mut PgConnection,
    room: &RoomRow,
    before: Option<&Line>,
    now: DateTime<Utc>,
) -> Result<Arc<Listed>, sqlx::Error> {
    if room.mode != QueueMode::Lobby || room.list.is_some() || now < room.starts_at - READ_AHEAD {
        return Ok(Arc::default());
    }
    let known = before.map(|before| Arc::clone(&before.ahead)).unwrap_or_default();
    if known.entries.len() == usize::try_from(room.joined).unwrap_or(usize::MAX) {
        return Ok(known);
    }
    with_ahead(conn, &room.event, known, room.joined).await.map(Arc::new)
}

/// The first entries, of which some are known. Nothing that has joined ever changes.
async fn with_ahead(
    conn: &mut PgConnection,
    event: &EventId,
    known: Arc<Listed>,
    count: u32,
) -> Result<Listed, sqlx::Error> {
    let mut listed = Arc::unwrap_or_clone(known);
    listed.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    let after = u32::try_from(listed.entries.len()).unwrap_or(u32::MAX);
    listed.extend(entries::listed_between(conn, event, after, count).await?);
    Ok(listed)
}

/// The list of the lobby, read once, and once more shuffled.
async fn lineup(
    conn: &mut PgConnection,
    room: &RoomRow,
    before: Option<&Line>,
) -> Result<Option<Arc<Lineup>>, sqlx::Error> {
    let Some(list) = room.list else { return Ok(None) };
    let frozen_ahead = before.map(|before| Arc::clone(&before.ahead)).unwrap_or_default();
    let before = before.filter(|before| before.room.list == room.list);
    let known = before.and_then(|before| before.lineup.clone());
    let is_as_revealed = before.is_some_and(|before| before.room.revealed.is_some()) == room.revealed.is_some();
    if known.is_some() && is_as_revealed {
        return Ok(known);
    }
    let listed = match &known {
        Some(known) => known.listed.clone(),
        None => with_ahead(conn, &room.event, frozen_ahead, list.count).await?,
    };
    let revealed = room.revealed.clone();
    // A hundred thousand hashes are no work for a thread that answers others.
    let sorting = tokio::task::spawn_blocking(move || match revealed {
        Some(revealed) => Lineup::shuffled(listed, &list, &revealed),
        None => Lineup::frozen(listed),
    });
    sorting.await.map(|lineup| Some(Arc::new(lineup))).map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))
}
