//! Telling many: bodies that are polled by hand, so that it shows who is woken by what.

use bytes::Bytes;
use http_body::Body;
use onsale_core::told::Standing;
use onsale_platform::env::Env;
use onsale_platform::fanout::{Channel, Fanout, Told, Watcher, Whole, frame};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// A number, and how often it was written.
struct Number(i64, Arc<AtomicUsize>);

impl Whole for Number {
    fn write(&self) -> Bytes {
        self.1.fetch_add(1, Ordering::Relaxed);
        format!("all {}", self.0).into()
    }

    fn standing(&self, version: i64) -> Standing {
        match version.cmp(&self.0) {
            std::cmp::Ordering::Less => Standing::Behind,
            std::cmp::Ordering::Equal => Standing::Following,
            std::cmp::Ordering::Greater => Standing::Ahead,
        }
    }
}

/// Counts how often it is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

struct One {
    watcher: Watcher<Number>,
    woken: Arc<Woken>,
}

impl One {
    fn new(channel: &Channel<Number>, last: Option<i64>) -> Self {
        Self { watcher: channel.watch(last), woken: Arc::default() }
    }

    /// One that is told from others by a key.
    fn of(channel: &Channel<Number>, key: u32) -> Self {
        Self { watcher: channel.watch_as(None, key), woken: Arc::default() }
    }

    /// What there is for it now; it waits for more when there is nothing.
    fn read(&mut self) -> Option<String> {
        let waker = Waker::from(Arc::clone(&self.woken));
        match Pin::new(&mut self.watcher).poll_frame(&mut Context::from_waker(&waker)) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.into_data().expect("data");
                Some(String::from_utf8(bytes.to_vec()).expect("text"))
            }
            Poll::Ready(None) => Some("end".to_owned()),
            Poll::Pending => None,
        }
    }

    fn wakes(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }
}

fn fanout() -> Fanout {
    Fanout::of(&Env::default()).expect("no setting is needed")
}

fn number() -> (Fanout, Channel<Number>, Arc<AtomicUsize>) {
    let (fanout, written) = (fanout(), Arc::default());
    let channel = fanout.channel(Number(0, Arc::clone(&written)));
    (fanout, channel, written)
}

/// The number becomes one more.
fn count_on(channel: &Channel<Number>) {
    channel.tell(|number| {
        let known = vec![number.0];
        number.0 += 1;
        Told::Change { frame: format!("to {}", number.0).into(), version: number.0, known }
    });
}

#[tokio::test]
async fn only_those_who_are_meant_are_woken_and_the_others_read_the_newest_later() {
    let (_fanout, channel, _written) = number();
    let mut all: Vec<One> = (0..6).map(|key| One::of(&channel, key)).collect();
    for one in &mut all {
        assert_eq!((one.read(), one.read()), (Some("all 0".to_owned()), None));
    }
    for served in 1..=2 {
        channel.tell(|number| {
            number.0 = served;
            Told::Whole
        });
        channel.wake_those(|key| i64::from(key) == served).await;
    }
    assert_eq!(all.iter().map(One::wakes).collect::<Vec<_>>(), [0, 1, 1, 0, 0, 0]);
    channel.wake().await;
    assert_eq!(
        all.iter().map(One::wakes).collect::<Vec<_>>(),
        [1, 1, 1, 1, 1, 1],
        "nobody is woken twice for one read"
    );
    for one in &mut all {
        assert_eq!((one.read(), one.read()), (Some("all 2".to_owned()), None));
    }
}

#[tokio::test]
async fn all_are_woken_once_and_read_what_was_written_once() {
    let (fanout, channel, written) = number();
    let mut crowd: Vec<One> = (0..1_000).map(|_| One::new(&channel, None)).collect();
    for one in &mut crowd {
        assert_eq!((one.read().as_deref(), one.read()), (Some("all 0"), None));
    }
    assert_eq!((written.load(Ordering::Relaxed), fanout.watchers(), channel.watchers()), (1, 1_000, 1_000));
    crowd.retain({
        let mut count = 0;
        move |_| {
            count += 1;
            count % 3 != 0
        }
    });
    count_on(&channel);
    channel.wake().await;
    for one in &mut crowd {
        assert_eq!((one.wakes(), one.read().as_deref(), one.read()), (1, Some("to 1"), None));
    }
    // One who does not wait is not woken; it reads when it can.
    let mut busy = One::new(&channel, Some(1));
    count_on(&channel);
    channel.wake().await;
    assert_eq!((busy.wakes(), busy.read().as_deref()), (0, Some("to 1")));
    assert_eq!(busy.read().as_deref(), Some("to 2"));
    drop(crowd);
    assert_eq!(fanout.watchers(), 1);
    channel.close();
    assert_eq!(busy.read().as_deref(), Some("end"));
}

#[tokio::test]
async fn the_ring_is_short_and_who_is_behind_it_gets_the_whole_once() {
    let (_, channel, written) = number();
    let mut slow = One::new(&channel, None);
    assert_eq!(slow.read().as_deref(), Some("all 0"));
    (0..64).for_each(|_| count_on(&channel));
    assert_eq!(slow.read().as_deref(), Some("to 1"), "all of them are still there");
    (0..3).for_each(|_| count_on(&channel));
    assert_eq!((slow.read().as_deref(), slow.read()), (Some("all 67"), None));
    let mut gone = One::new(&channel, Some(2));
    assert_eq!((gone.read().as_deref(), gone.read()), (Some("all 67"), None));
    let mut back = One::new(&channel, Some(66));
    assert_eq!((back.read().as_deref(), back.read().as_deref(), back.read()), (Some("to 66"), Some("to 67"), None));
    assert_eq!(written.load(Ordering::Relaxed), 2);
    // Long messages fill it as well.
    for _ in 0..3 {
        channel.tell(|number| {
            let known = vec![number.0];
            number.0 += 1;
            Told::Change { frame: vec![b'x'; 600 * 1024].into(), version: number.0, known }
        });
    }
    assert_eq!(One::new(&channel, Some(68)).read().as_deref(), Some("all 70"));
    assert_eq!(One::new(&channel, Some(69)).read().map(|text| text.len()), Some(600 * 1024));
}

#[tokio::test(start_paused = true)]
async fn who_hears_nothing_is_sent_a_beat_each_in_a_second_of_its_own() {
    let (_, channel, _) = number();
    let mut crowd: Vec<One> = (0..150).map(|_| One::new(&channel, None)).collect();
    let waits = |one: &mut One| while one.read().is_some() {};
    crowd.iter_mut().for_each(waits);
    let mut beats = vec![0; crowd.len()];
    let mut most = 0;
    for _ in 0..36 {
        tokio::time::advance(Duration::from_secs(1)).await;
        channel.beat();
        let mut now = 0;
        for (one, beats) in crowd.iter_mut().zip(&mut beats) {
            if let Some(text) = one.read() {
                assert_eq!(text.as_bytes(), frame::BEAT);
                assert_eq!(one.read(), None);
                (*beats, now) = (*beats + 1, now + 1);
            }
        }
        most = most.max(now);
    }
    assert!(most <= 10, "{most} at once");
    assert!(beats.iter().all(|beats| *beats == 2 || *beats == 3), "{beats:?}");
    assert!(crowd.iter().zip(&beats).all(|(one, beats)| one.wakes() == *beats));
    // While messages come nobody needs one.
    count_on(&channel);
    crowd.iter_mut().for_each(waits);
    tokio::time::advance(Duration::from_secs(4)).await;
    channel.beat();
    assert!(crowd.iter_mut().all(|one| one.read().is_none()));
}

#[test]
fn a_watcher_is_small() {
    assert!(size_of::<Watcher<Number>>() <= 48, "{} bytes", size_of::<Watcher<Number>>());
}
