//! The line's proofs: what was tampered with is caught, and the shuffle favours nobody.

use chrono::{DateTime, Utc};
use onsale_core::EventId;
use onsale_core::lineup::bytes::sha256;
use onsale_core::lineup::merkle::Tree;
use onsale_core::lineup::proof::{
    DrandRound, FrozenList, LineProof, Mine, PublishedHead, Receipt, Revealed, Verdict, holds, verify,
};
use onsale_core::lineup::{EntryId, Hash, chain, shuffle};
use proptest::prelude::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
}

fn event() -> EventId {
    EventId::new("EVT001").expect("an id")
}

/// Entries that a seed gives.
fn entries(seed: u64, count: u32) -> Vec<EntryId> {
    let entry = |n: u32| sha256(&[&seed.to_le_bytes(), &n.to_le_bytes()]);
    (0..count).map(|n| EntryId::try_from(&entry(n).0[..16]).expect("16 bytes")).collect()
}

/// The whole document of an honest line, for who joined as the `position`th, `late` of them after the start.
fn honest(seed: u64, count: u32, late: u32, position: u32) -> LineProof {
    let all = entries(seed, count + late);
    let listed = &all[..usize::try_from(count).expect("fits")];
    let head_of = |count: u32| chain::head_of(&event(), &all[..usize::try_from(count).expect("fits")]);
    let tree = Tree::of(listed);
    let secret = sha256(&[b"secret", &seed.to_le_bytes()]);
    let signature = [7; 48];
    let drand = DrandRound {
        chain: "52db".to_owned(),
        genesis: at(0).timestamp(),
        period: 3,
        round: 35,
        randomness: sha256(&[&signature]),
        signature: hex(&signature),
    };
    let index = usize::try_from(position - 1).expect("fits");
    let places = shuffle::places(&shuffle::order(&shuffle::seed(&secret, &tree.root(), &drand.randomness.0), listed));
    let head = |count, seconds| PublishedHead { count, head: head_of(count), at: at(seconds) };
    LineProof {
        event_id: event(),
        starts_at: at(100),
        shuffled: true,
        commitment: shuffle::commitment(&secret),
        receipt_key: Hash([0; 32]),
        heads: vec![head(count / 2, 50), head(count, 100), head(count + late, 200)],
        list: Some(FrozenList { count, head: head_of(count), root: tree.root(), at: at(100) }),
        revealed: Some(Revealed { secret, at: at(110), drand: Some(drand) }),
        mine: Some(Mine {
            receipt: Receipt {
                entry: all[index],
                position,
                chain_head: head_of(position),
                joined_at: at(40),
                signature: String::new(),
            },
            inclusion: tree.inclusion(index),
            place: Some(places.get(index).copied().unwrap_or(position)),
        }),
        entries: Some(all),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names of the checks that failed.
fn failed(proof: &LineProof) -> Vec<&'static str> {
    let checks = verify(proof);
    checks.iter().filter(|check| check.verdict == Verdict::Failed).map(|check| check.name).collect()
}

#[derive(Debug, Clone, Copy)]
enum Tampering {
    Dropped,
    Added,
    Doubled,
    Swapped,
    Secret,
    Place,
    Receipt,
    Randomness,
    Root,
    Count,
}

const TAMPERINGS: [Tampering; 10] = [
    Tampering::Dropped,
    Tampering::Added,
    Tampering::Doubled,
    Tampering::Swapped,
    Tampering::Secret,
    Tampering::Place,
    Tampering::Receipt,
    Tampering::Randomness,
    Tampering::Root,
    Tampering::Count,
];

/// Does it to the published document, `where_` it is told.
fn tamper(proof: &mut LineProof, tampering: Tampering, where_: usize) {
    let list = proof.list.as_mut().expect("frozen");
    let revealed = proof.revealed.as_mut().expect("revealed");
    let mine = proof.mine.as_mut().expect("somebody's");
    let all = proof.entries.as_mut().expect("they are shown");
    let where_ = where_ % (usize::try_from(list.count).expect("fits") - 1);
    match tampering {
        Tampering::Dropped => drop(all.remove(where_)),
        Tampering::Added => all.insert(where_, EntryId([9; 16])),
        Tampering::Doubled => all.insert(where_ + 1, all[where_]),
        Tampering::Swapped => all.swap(where_, where_ + 1),
        Tampering::Secret => revealed.secret = Hash([3; 32]),
        Tampering::Place => mine.place = mine.place.map(|place| place + 1),
        Tampering::Receipt => mine.receipt.entry = EntryId([8; 16]),
        Tampering::Randomness => revealed.drand.as_mut().expect("it was used").randomness = Hash([4; 32]),
        Tampering::Root => list.root = Hash([5; 32]),
        Tampering::Count => list.count -= 1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_honest_line_passes(seed: u64, count in 2_u32..200, late in 0_u32..20, who in 0_u32..10_000) {
        let proof = honest(seed, count, late, who % (count + late) + 1);
        prop_assert_eq!(failed(&proof), Vec::<&str>::new());
        // Also as it comes over the wire.
        let text = serde_json::to_string(&proof).expect("JSON");
        prop_assert_eq!(&serde_json::from_str::<LineProof>(&text).expect("readable"), &proof);
    }

    #[test]
    fn whatever_is_tampered_with_is_caught(
        seed: u64, count in 2_u32..120, late in 0_u32..20, who in 0_u32..10_000, where_ in 0_usize..10_000,
    ) {
        for tampering in TAMPERINGS {
            let mut proof = honest(seed, count, late, who % (count + late) + 1);
            tamper(&mut proof, tampering, where_);
            prop_assert!(!holds(&verify(&proof)), "{tampering:?} was not caught");
        }
    }
}

/// A list that was changed and published anew, with root, head and inclusion to fit: the receipts catch it.
#[test]
fn who_publishes_another_list_is_caught_by_receipts() {
    for where_ in [0_usize, 10, 48] {
        let honest = honest(5, 50, 0, 50);
        let mut proof = honest.clone();
        let mut stuffed = entries(5, 50);
        stuffed[where_] = EntryId([9; 16]);
        let tree = Tree::of(&stuffed);
        let head = chain::head_of(&event(), &stuffed);
        proof.list = Some(FrozenList { count: 50, head, root: tree.root(), at: at(100) });
        proof.heads = vec![PublishedHead { count: 50, head, at: at(100) }];
        proof.entries = Some(stuffed.clone());
        proof.mine.as_mut().expect("somebody's").inclusion = tree.inclusion(49);
        assert!(failed(&proof).contains(&"receipt"), "{where_}: {:?}", failed(&proof));
    }
}

#[test]
fn what_is_not_published_yet_is_open_and_what_came_too_early_fails() {
    let mut early = honest(1, 10, 0, 3);
    (early.list, early.revealed, early.entries) = (None, None, None);
    let mine = early.mine.as_mut().expect("somebody's");
    (mine.inclusion, mine.place) = (None, None);
    early.heads.truncate(1);
    let checks = verify(&early);
    assert!(holds(&checks) && checks.iter().filter(|check| check.verdict == Verdict::Open).count() == 9, "{checks:?}");

    let mut steered = honest(1, 10, 0, 3);
    steered.revealed.as_mut().expect("revealed").at = at(99);
    assert_eq!(failed(&steered), ["order"]);
    let mut old_round = honest(1, 10, 0, 3);
    old_round.revealed.as_mut().expect("revealed").drand.as_mut().expect("used").round = 34;
    assert_eq!(failed(&old_round), ["randomness"]);
    let mut chosen_round = honest(1, 10, 0, 3);
    chosen_round.revealed.as_mut().expect("revealed").drand.as_mut().expect("used").round = 36;
    assert_eq!(failed(&chosen_round), ["randomness"]);
}

#[test]
fn without_a_shuffle_the_order_of_joining_is_the_only_place() {
    let mut line = honest(2, 10, 0, 4);
    (line.shuffled, line.list, line.revealed) = (false, None, None);
    let mine = line.mine.as_mut().expect("somebody's");
    mine.inclusion = None;
    mine.place = Some(4);
    assert_eq!(failed(&line), Vec::<&str>::new());
    line.mine.as_mut().expect("somebody's").place = Some(3);
    assert_eq!(failed(&line), ["place"]);
}

/// Spearman's rank correlation of arrival (the index) and place, of several openings together.
fn pooled_correlation(openings: &[Vec<u32>]) -> f64 {
    let (mut covariance, mut variance) = (0.0, 0.0);
    for places in openings {
        let mean = (places.len() as f64 + 1.0) / 2.0;
        for (arrival, place) in (1_u32..).zip(places) {
            covariance += (f64::from(arrival) - mean) * (f64::from(*place) - mean);
            variance += (f64::from(arrival) - mean).powi(2);
        }
    }
    covariance / variance
}

/// How far from nothing the correlation may be: five times what chance gives a million pairs (1 ÷ √1,000,000 each).
const CORRELATION_MAX: f64 = 0.005;

#[test]
fn arrival_in_the_lobby_decides_nothing_and_a_bias_of_one_in_a_hundred_is_seen() {
    const OPENINGS: u64 = 50;
    const COUNT: u32 = 20_000;
    let mut fair = Vec::new();
    let mut biased = Vec::new();
    for opening in 0..OPENINGS {
        let lobby = entries(opening, COUNT);
        let secret = sha256(&[b"opening", &opening.to_le_bytes()]);
        let root = sha256(&[b"root", &opening.to_le_bytes()]);
        let order = shuffle::order(&shuffle::seed(&secret, &root, &[]), &lobby);
        fair.push(shuffle::places(&order));
        // One in a hundred of those who came in the first half is moved to the front.
        let is_friend = |index: &u32| *index < COUNT / 2 && index.is_multiple_of(100);
        let (friends, others): (Vec<u32>, Vec<u32>) = order.iter().partition(|index| is_friend(index));
        biased.push(shuffle::places(&[friends, others].concat()));
    }
    let (fair, biased) = (pooled_correlation(&fair), pooled_correlation(&biased));
    assert!(fair.abs() < CORRELATION_MAX, "the shuffle correlates with arrival: {fair}");
    assert!(biased.abs() > CORRELATION_MAX, "a planted bias was not seen: {biased}");
}
