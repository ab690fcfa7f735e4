//! A buyer's life up to their turn: the event's page, the lobby, and the line.

use super::crowd::Crowd;
use super::lines::ask;
use super::person::Person;
use super::shop;
use super::stream::{NoStream, Stream};
use super::view::View;
use crate::swarm::figures::Call;
use onsale_core::api::accounts::SignedIn;
use onsale_core::api::queue::{JoinedQueue, QueueState, QueueStatus};
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// Who is called asks within it, as the page does.
const CALLED_SPREAD_MS: u32 = 3_000;
/// A browser opens a stream that broke off again after about so long.
const AGAIN: Duration = Duration::from_secs(3);
/// A page that nobody waits at any more.
pub(super) const NEVER: Duration = Duration::from_secs(24 * 3600);

/// Somebody who wants seats.
pub struct Buyer {
    /// The crowd's.
    pub(super) crowd: Rc<Crowd>,
    /// The number in the crowd.
    pub(super) user: u32,
    /// What they are like.
    pub(super) person: Person,
    access: Box<str>,
    refresh: Box<str>,
    place: Option<Place>,
    is_told_held: bool,
    is_told_sold: bool,
    /// Has tickets, gave up, or lost the turn.
    pub(super) is_settled: bool,
}

impl Drop for Buyer {
    fn drop(&mut self) {
        if !self.is_settled && !self.is_told_held && !self.is_told_sold {
            self.crowd.tally.borrow_mut().counts.untold += 1;
        }
    }
}

/// A place in line.
struct Place {
    token: Box<str>,
    /// In the order of joining.
    position: u32,
    number: Option<u32>,
}

/// Somebody who counts as being at it.
struct Busy(Rc<Crowd>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.set(self.0.busy.get().saturating_sub(1));
    }
}

/// What a status told.
pub(super) struct Asked {
    /// The answer.
    pub(super) status: QueueStatus,
    /// The admission's token, once there is one.
    pub(super) admission: Option<String>,
}

impl Buyer {
    /// Somebody with these tokens.
    pub fn new(crowd: Rc<Crowd>, user: u32, access: Box<str>, refresh: Box<str>) -> Self {
        crowd.busy.set(crowd.busy.get() + 1);
        let person = Person::new(crowd.script.seed, user);
        Self {
            crowd,
            user,
            person,
            access,
            refresh,
            place: None,
            is_told_held: false,
            is_told_sold: false,
            is_settled: false,
        }
    }

    /// From arriving to leaving.
    pub async fn live(mut self) {
        let _busy = Busy(self.crowd.clone());
        tokio::time::sleep_until(self.crowd.begins() + self.person.within(self.crowd.script.ramp_ms)).await;
        if Box::pin(self.arrive()).await.is_none() {
            return;
        }
        if let Some(admission) = self.stand_in_line().await {
            Box::pin(shop::shop(&mut self, admission)).await;
        }
    }

    /// `Authorization`'s value.
    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.access)
    }

    /// An answer, or nothing after all tries.
    pub(super) async fn call(&self, call: Call, due: Instant, request: &[u8]) -> super::crowd::Told {
        let inside =
            matches!(call, Call::Map | Call::Reserve | Call::Hold | Call::Release | Call::Confirm | Call::Order);
        self.crowd.ask((call, self.user), due, inside, request).await
    }

    /// The page, a fresh token where that is needed, and a place in line.
    async fn arrive(&mut self) -> Option<()> {
        let crowd = self.crowd.clone();
        let event = &crowd.script.event;
        let page = ask("GET", &format!("/events/{event}"), &[("accept", "text/html")], None);
        let answer = self.call(Call::Page, Instant::now(), &page).await?;
        crowd.tally.borrow_mut().counts.arrived += 1;
        if answer.status != 200 {
            crowd.unexpected(Call::Page, self.user, &answer);
        }
        if crowd.script.refresh {
            self.refresh_token().await?;
        }
        let cookie = format!("onsale_line={}", self.person.device());
        let bearer = self.bearer();
        let headers = [("authorization", bearer.as_str()), ("cookie", cookie.as_str())];
        let join = ask("POST", &format!("/api/queue/{event}/join"), &headers, None);
        let answer = self.call(Call::Join, Instant::now(), &join).await?;
        if answer.status != 201 {
            crowd.unexpected(Call::Join, self.user, &answer);
            return None;
        }
        let joined: JoinedQueue = crowd.read(Call::Join, self.user, &answer)?;
        if joined.state == QueueState::Admitted && crowd.since_opening_ms() < 0 {
            crowd.wrong("let in before the opening", self.user, "joining told so");
        }
        self.place = Some(Place { token: joined.queue_token.into(), position: joined.receipt.position, number: None });
        crowd.tally.borrow_mut().counts.joined += 1;
        Some(())
    }

    async fn refresh_token(&mut self) -> Option<()> {
        let cookie = format!("onsale_refresh={}", self.refresh);
        let refresh = ask("POST", "/api/auth/refresh", &[("cookie", &cookie)], None);
        let answer = self.call(Call::Refresh, Instant::now(), &refresh).await?;
        if answer.status != 200 {
            self.crowd.unexpected(Call::Refresh, self.user, &answer);
            return None;
        }
        let signed_in: SignedIn = self.crowd.read(Call::Refresh, self.user, &answer)?;
        self.access = signed_in.token.into();
        let cookie = answer.cookie.as_deref().and_then(|cookie| cookie.strip_prefix("onsale_refresh="));
        if let Some(next) = cookie {
            self.refresh = next.into();
        }
        Some(())
    }

    /// Waits at the stream, and asks when the page would; the admission, or nothing where there will be none.
    async fn stand_in_line(&mut self) -> Option<String> {
        let crowd = self.crowd.clone();
        let slot = crowd.opens() + self.person.within(crowd.script.burst_ms);
        let position = self.place.as_ref().map_or(0, |place| place.position);
        let path = format!("/api/queue/{}/live?position={position}", crowd.script.event);
        let mut stream: Option<Connected> = None;
        let mut open_at = if crowd.script.streams { Instant::now() } else { Instant::now() + NEVER };
        let mut ask_at = Instant::now() + self.person.within(CALLED_SPREAD_MS);
        let (mut is_burst_over, mut has_started) = (false, false);
        loop {
            if stream.is_none() && Instant::now() >= open_at {
                match self.open(&path).await {
                    Ok(opened) => stream = Some(opened),
                    Err(again) => open_at = again,
                }
            }
            let wake_at = if stream.is_none() { ask_at.min(open_at) } else { ask_at };
            let mut news = None;
            tokio::select! {
                heard = hear_line(stream.as_mut(), &crowd, &mut news) => if heard.is_err() {
                    stream = None;
                    crowd.tally.borrow_mut().counts.lost += 1;
                    open_at = Instant::now() + self.person.about(AGAIN, 0.3);
                },
                () = tokio::time::sleep_until(wake_at) => {}
            }
            if let Some(view) = news {
                self.note_told(view.all_held || view.sold_out, view.sold_out);
                if view.sold_out || view.closed {
                    return None;
                }
                let number = self.place.as_ref().and_then(|place| place.number);
                let is_news = view.started && !std::mem::replace(&mut has_started, view.started) && is_burst_over;
                if is_news || number.is_some_and(|number| number <= view.now_serving) {
                    ask_at = ask_at.min(Instant::now() + self.person.within(CALLED_SPREAD_MS));
                }
            }
            if Instant::now() < ask_at {
                continue;
            }
            let is_burst = !is_burst_over && ask_at >= crowd.opens();
            is_burst_over |= is_burst;
            let asked = self.ask_status(if is_burst { Call::Burst } else { Call::Status }, ask_at).await?;
            crowd.tally.borrow_mut().counts.burst += u64::from(is_burst);
            ask_at = self.next_ask(&asked.status, is_burst_over, slot)?;
            if let Some(admission) = asked.admission {
                crowd.tally.borrow_mut().counts.admitted += 1;
                return Some(admission);
            }
        }
    }

    /// When to ask again; nothing where it is over. The first one that would come after the opening is the one call of
    /// the burst.
    fn next_ask(&mut self, status: &QueueStatus, is_burst_over: bool, slot: Instant) -> Option<Instant> {
        match status.state {
            QueueState::Lobby | QueueState::Waiting => {}
            QueueState::Admitted => return Some(Instant::now() + Duration::from_secs(1)),
            QueueState::SoldOut => {
                self.note_told(true, true);
                return None;
            }
            QueueState::Lapsed => {
                self.is_settled = true;
                self.crowd.tally.borrow_mut().counts.lapsed += 1;
                return None;
            }
            QueueState::Left | QueueState::Closed => {
                self.crowd.wrong("sent away from the line", self.user, &format!("{:?}", status.state));
                return None;
            }
        }
        let hears = self.crowd.script.streams;
        let again = status.ask_again_hearing_seconds.filter(|_| hears).unwrap_or(status.ask_again_seconds);
        let again = Duration::from_secs(u64::from(again.max(1)));
        let next = Instant::now() + self.person.about(again, 0.1);
        Some(if !is_burst_over && next >= self.crowd.opens() { slot.max(Instant::now()) } else { next })
    }

    /// Asks where one is, and checks the answer against what was told before.
    pub(super) async fn ask_status(&mut self, call: Call, due: Instant) -> Option<Asked> {
        let crowd = self.crowd.clone();
        let bearer = self.bearer();
        let token = self.place.as_ref().map(|place| place.token.clone()).unwrap_or_default();
        let headers = [("authorization", bearer.as_str()), ("x-queue-token", &token)];
        let request = ask("GET", &format!("/api/queue/{}/status", crowd.script.event), &headers, None);
        let answer = self.call(call, due, &request).await?;
        if answer.status != 200 {
            crowd.unexpected(call, self.user, &answer);
            return None;
        }
        let status: QueueStatus = crowd.read(call, self.user, &answer)?;
        self.check(&status);
        self.note_told(
            status.all_held.is_some() || status.state == QueueState::SoldOut,
            status.state == QueueState::SoldOut,
        );
        let admission = status.admission.as_ref().map(|admission| admission.token.clone());
        Some(Asked { status, admission })
    }

    fn check(&mut self, status: &QueueStatus) {
        let Some(place) = &mut self.place else { return };
        let wrong = |kind: &str| self.crowd.wrong(kind, self.user, &format!("{status:?}"));
        match (place.number, status.number) {
            (None, Some(number)) => {
                place.number = Some(number);
                self.crowd.tally.borrow_mut().numbers.push((self.user, number));
            }
            (Some(before), Some(now)) if before != now => wrong("another number than before"),
            _ => {}
        }
        if status.state == QueueState::Admitted && status.number.is_none_or(|number| number > status.now_serving) {
            wrong("let in out of turn");
        }
        if status.admission.is_some() && status.state != QueueState::Admitted {
            wrong("an admission of nobody let in");
        }
        if status.sign_in_needed {
            wrong("told to sign in although signed in");
        }
    }

    /// Was told that all is held, or sold.
    pub(super) fn note_told(&mut self, held: bool, sold: bool) {
        let at = self.crowd.since_opening_ms();
        let mut tally = self.crowd.tally.borrow_mut();
        if held && !self.is_told_held {
            self.is_told_held = true;
            tally.counts.told_held += 1;
            tally.told_held_ms.push(at);
        }
        if sold && !self.is_told_sold {
            self.is_told_sold = true;
            tally.counts.told_sold += 1;
            tally.told_sold_ms.push(at);
        }
    }

    /// Opens a stream; when to try again, where there is none.
    pub(super) async fn open(&self, path: &str) -> Result<Connected, Instant> {
        let crowd = &self.crowd;
        let began = Instant::now();
        let source = crowd.source_of(self.user);
        let opened = Stream::open(crowd.script.address, source, path).await;
        let again = Instant::now() + self.person.about(AGAIN, 0.3);
        let mut tally = crowd.tally.borrow_mut();
        let status = match &opened {
            Ok(_) => 200,
            Err(NoStream::Refused(status)) => *status,
            Err(NoStream::Lost) => 0,
        };
        tally.measured(Call::Stream, status, began.elapsed());
        match opened {
            Ok(stream) => {
                tally.counts.connected += 1;
                drop(tally);
                Ok(Connected { stream, crowd: crowd.clone() })
            }
            Err(NoStream::Refused(429 | 503)) => {
                tally.counts.refused += 1;
                Err(again)
            }
            Err(NoStream::Refused(status)) => {
                drop(tally);
                crowd.wrong(&format!("stream {status}"), self.user, path);
                Err(Instant::now() + NEVER)
            }
            Err(NoStream::Lost) => {
                tally.counts.lost += 1;
                Err(again)
            }
        }
    }
}

/// An open stream, which counts as long as it is there.
pub(super) struct Connected {
    /// The stream.
    pub(super) stream: Stream,
    crowd: Rc<Crowd>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.crowd.tally.borrow_mut().counts.connected -= 1;
    }
}

/// Waits for news of the line; for ever where there is no stream.
async fn hear_line(stream: Option<&mut Connected>, crowd: &Crowd, news: &mut Option<View>) -> std::io::Result<()> {
    let Some(connected) = stream else { return std::future::pending().await };
    let mut last = None;
    let heard = connected.stream.next(&crowd.scratch, |message| {
        last = crowd.last_line.borrow_mut().read(message).or(last);
    });
    heard.await?;
    *news = last;
    Ok(())
}
