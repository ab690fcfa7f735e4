//! Queries, made from what a searcher has in mind, and the grades of events by that: 3 is what was meant, 1 is
//! near to it (a tribute to the act, an evening with it as a guest).

use super::catalogue::{Billing, Catalogue, Draw, Event};
use super::options::Half;
use onsale_core::text::{fold, query_value};

/// How a query came to its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An act, with a letter wrong in one of its words.
    Typo,
    /// An act, not typed to its end.
    Prefix,
    /// An act, without the accents of its name, or with its letters in other case.
    Accent,
    /// A kind of event in a city, within some weeks.
    CityAndDate,
    /// A venue; half of the time with its city.
    Venue,
}

/// All of them.
pub const KINDS: [Kind; 5] = [Kind::Typo, Kind::Prefix, Kind::Accent, Kind::CityAndDate, Kind::Venue];

/// What a searcher has in mind.
#[derive(Debug, Clone)]
enum Meant {
    /// Acts whose name, folded, is or begins with this.
    Acts(String),
    /// A kind of event in a city on these days.
    Outing { kind: usize, city: usize, from: u64, to: u64 },
    /// Venues of that name, perhaps only in one city.
    Venues { name: String, city: Option<usize> },
}

/// A query and what it means.
#[derive(Debug, Clone)]
pub struct Question {
    /// How it came to its form.
    pub kind: Kind,
    /// What was typed.
    pub text: String,
    meant: Meant,
}

/// The queries of one half, `count` of each kind in both halves together.
#[must_use]
pub fn questions(catalogue: &Catalogue, seed: u64, count: usize, half: Half) -> Vec<Question> {
    let mut draw = Draw::new(seed ^ 0x51_7CC1_B727_220A);
    let mut all = Vec::new();
    for kind in KINDS {
        let mut number = 0;
        while number < count {
            let question = question(catalogue, &mut draw, kind);
            // Nobody looks for what is not to be had.
            if catalogue.events.iter().any(|event| question.grade(catalogue, event) == 3) {
                let of = if number % 2 == 0 { Half::Tuning } else { Half::HeldOut };
                number += 1;
                if of == half {
                    all.push(question);
                }
            }
        }
    }
    all
}

fn question(catalogue: &Catalogue, draw: &mut Draw, kind: Kind) -> Question {
    let (text, meant) = match kind {
        Kind::Typo => {
            let name = &draw.of(&catalogue.acts).name;
            (misspelt(draw, name), Meant::Acts(fold(name)))
        }
        Kind::Prefix => {
            let act = draw.of(&catalogue.acts);
            let name = begun(draw, &act.name);
            (name.clone(), Meant::Acts(fold(&name)))
        }
        Kind::Accent => {
            let name = &draw.of(&catalogue.acts).name;
            let plain = fold(name);
            let text = if draw.percent(50) { plain.to_uppercase() } else { plain.clone() };
            (text, Meant::Acts(plain))
        }
        Kind::CityAndDate => outing(catalogue, draw),
        Kind::Venue => {
            let venue = draw.of(&catalogue.venues);
            let city = draw.percent(50).then_some(venue.city);
            let text = match city {
                Some(city) => format!("{} {}", venue.name, catalogue.city(city)),
                None => venue.name.clone(),
            };
            let text = if draw.percent(50) { fold(&text) } else { text };
            (text, Meant::Venues { name: venue.name.clone(), city })
        }
    };
    Question { kind, text, meant }
}

fn outing(catalogue: &Catalogue, draw: &mut Draw) -> (String, Meant) {
    let example = draw.of(&catalogue.events);
    let (kind, city) = (example.kind, catalogue.venues[example.venue].city);
    let from = example.day.saturating_sub(u64::try_from(draw.below(20)).unwrap_or(0));
    let word = draw.of(catalogue.asked_as(kind));
    let text = match draw.below(3) {
        0 => format!("{word} {}", catalogue.city(city)),
        1 => format!("{word} in {}", fold(catalogue.city(city))),
        _ => format!("{} {word}", fold(catalogue.city(city))),
    };
    (text, Meant::Outing { kind, city, from, to: from + 30 })
}

/// A letter too much, too few, another one, or two swapped, in a word of five letters at least.
fn misspelt(draw: &mut Draw, name: &str) -> String {
    let mut words: Vec<Vec<char>> = name.split(' ').map(|word| word.chars().collect()).collect();
    let long: Vec<usize> = (0..words.len()).filter(|at| words[*at].len() >= 5).collect();
    let Some(at) = (!long.is_empty()).then(|| *draw.of(&long)) else { return name.to_owned() };
    let word = &mut words[at];
    let letter = *draw.of(&['a', 'e', 'i', 'o', 'n', 'r', 's', 't', 'l', 'm']);
    let place = draw.below(word.len() - 1);
    match draw.below(4) {
        0 => word.swap(place, place + 1),
        1 => drop(word.remove(place)),
        2 => word[place] = letter,
        _ => word.insert(place, letter),
    }
    words.iter().map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// All words but the last, and three letters or more of that.
fn begun(draw: &mut Draw, name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let last = letters.iter().rposition(|letter| *letter == ' ').map_or(0, |space| space + 1);
    let length = letters.len() - last;
    let kept = if length <= 3 { length } else { 3 + draw.below(length - 3) };
    letters[..last + kept].iter().collect()
}

impl Question {
    /// How much an event is what was meant: 3, 1 or 0.
    #[must_use]
    pub fn grade(&self, catalogue: &Catalogue, event: &Event) -> u8 {
        match &self.meant {
            Meant::Acts(name) => {
                let is_meant = |act: usize| fold(&catalogue.acts[act].name).starts_with(name.as_str());
                let guest = event.guest.is_some_and(is_meant);
                match event.billing {
                    Billing::Plays if is_meant(event.act) => 3,
                    Billing::Tribute if is_meant(event.act) => 1,
                    _ => u8::from(guest),
                }
            }
            Meant::Outing { kind, city, from, to } => {
                let there = catalogue.venues[event.venue].city == *city;
                let then = (*from..*to).contains(&event.day);
                if event.kind == *kind && there && then { 3 } else { 0 }
            }
            Meant::Venues { name, city } => {
                let venue = &catalogue.venues[event.venue];
                let there = city.is_none_or(|city| venue.city == city);
                if venue.name == *name && there { 3 } else { 0 }
            }
        }
    }

    /// The path that asks it.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = format!("/api/search/events?limit=10&query={}", query_value(&self.text));
        if let Meant::Outing { from, to, .. } = &self.meant {
            let day = |day: u64| super::fill::begins(day);
            path.push_str(&format!("&from={}&to={}", query_value(&day(*from)), query_value(&day(*to))));
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_share_no_question_and_each_means_something() {
        let catalogue = Catalogue::new(7, 2_000);
        let half = |half| questions(&catalogue, 7, 20, half);
        let (tuning, held_out) = (half(Half::Tuning), half(Half::HeldOut));
        assert_eq!((tuning.len(), held_out.len()), (50, 50));
        assert_eq!(
            held_out.iter().map(|q| q.text.clone()).collect::<Vec<_>>(),
            half(Half::HeldOut).iter().map(|q| q.text.clone()).collect::<Vec<_>>()
        );
        for question in tuning.iter().chain(&held_out) {
            assert!(catalogue.events.iter().any(|event| question.grade(&catalogue, event) == 3), "{}", question.text);
        }
    }

    #[test]
    fn typos_are_one_letter_away_and_prefixes_are_prefixes() {
        let mut draw = Draw::new(3);
        for _ in 0..200 {
            let typed = misspelt(&mut draw, "Velvet Foxes");
            assert!(typed.chars().count().abs_diff(12) <= 1, "{typed}");
            let begun = begun(&mut draw, "Velvet Foxes");
            assert!("Velvet Foxes".starts_with(&begun) && begun.len() >= 10, "{begun}");
        }
    }
}
