//! The catalogue: who plays what, where and when. Among it is what looks alike and is not: tributes to acts, guests
//! that only descriptions name, acts and shows named after cities and venues that are elsewhere, names that differ
//! by a letter.

use super::words::{BAND, BANDS, CITIES, City, FIRST, HALL, HALLS, KINDS, LAST, PLAY, PLAYS, TOUR};

/// A day of the catalogue's season, from 1 January 2099.
pub const DAYS: u64 = 360;
/// Venues of each city.
const VENUES_A_CITY: usize = 12;
/// Events of an act, in the mean.
const EVENTS_AN_ACT: usize = 9;

/// Draws from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Draw {
    /// The same seed draws the same.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Below `below`, which is not 0.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let drawn = (z ^ (z >> 31)) % u64::try_from(below.max(1)).unwrap_or(1);
        usize::try_from(drawn).unwrap_or(0)
    }

    /// One of them.
    pub fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// In so many of a hundred.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }
}

/// Somebody or something that people go to see.
#[derive(Debug, Clone)]
pub struct Act {
    /// What it is called.
    pub name: String,
    /// Its place in [`Catalogue::kinds`].
    pub kind: usize,
}

/// Where events are.
#[derive(Debug, Clone)]
pub struct Venue {
    /// What it is called; cities have venues of the same name.
    pub name: String,
    /// Its place among the cities.
    pub city: usize,
}

/// What the act has to do with the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billing {
    /// It plays.
    Plays,
    /// Others play its songs.
    Tribute,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Unique.
    pub id: String,
    /// The title.
    pub name: String,
    /// A few sentences.
    pub description: String,
    /// The act's place in [`Catalogue::acts`].
    pub act: usize,
    /// What it has to do with it.
    pub billing: Billing,
    /// An act that is named in the description.
    pub guest: Option<usize>,
    /// The venue's place in [`Catalogue::venues`].
    pub venue: usize,
    /// Its kind's place in [`Catalogue::kinds`]: of a tribute it is not the act's.
    pub kind: usize,
    /// On which day of the season.
    pub day: u64,
    /// The cheapest ticket, in cents.
    pub price_minor: i64,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Who plays.
    pub acts: Vec<Act>,
    /// Where.
    pub venues: Vec<Venue>,
    /// What, where and when.
    pub events: Vec<Event>,
}

impl Catalogue {
    /// The catalogue of a seed.
    #[must_use]
    pub fn new(seed: u64, events: usize) -> Self {
        let mut draw = Draw::new(seed);
        let venues = venues(&mut draw);
        let acts = acts(&mut draw, events.div_ceil(EVENTS_AN_ACT));
        let mut all = Self { acts, venues, events: Vec::with_capacity(events) };
        for number in 0..events {
            let event = all.event(&mut draw, number);
            all.events.push(event);
        }
        all
    }

    /// What a kind is called.
    #[must_use]
    pub fn kind(&self, kind: usize) -> &'static str {
        KINDS[kind].0
    }

    /// How people ask for a kind.
    #[must_use]
    pub fn asked_as(&self, kind: usize) -> &'static [&'static str] {
        KINDS[kind].1
    }

    pub(super) fn city_of(&self, event: &Event) -> &'static City {
        &CITIES[self.venues[event.venue].city]
    }

    /// What a city is called.
    #[must_use]
    pub fn city(&self, city: usize) -> &'static str {
        CITIES[city].name
    }

    fn event(&self, draw: &mut Draw, number: usize) -> Event {
        let act = draw.below(self.acts.len());
        let venue = draw.below(self.venues.len());
        let billing = if draw.percent(8) { Billing::Tribute } else { Billing::Plays };
        let guest = draw.percent(25).then(|| draw.below(self.acts.len())).filter(|guest| *guest != act);
        let called = &self.acts[act].name;
        let kind = if billing == Billing::Tribute { 0 } else { self.acts[act].kind };
        let name = match billing {
            Billing::Tribute if draw.percent(50) => format!("A Tribute to {called}"),
            Billing::Tribute => format!("The Songs of {called} by Candlelight"),
            Billing::Plays => self.title(draw, act),
        };
        let with =
            guest.map(|guest| format!(" With {} as a special guest.", self.acts[guest].name)).unwrap_or_default();
        let more = draw.of(&[
            "Doors open an hour before.",
            "An evening to remember.",
            "Una noche para recordar.",
            "No interval.",
        ]);
        Event {
            id: format!("ev-{number:06}"),
            description: format!("{name} at {}.{with} {more}", self.venues[venue].name),
            name,
            act,
            billing,
            guest,
            venue,
            kind,
            day: u64::try_from(draw.below(usize::try_from(DAYS).unwrap_or(1))).unwrap_or(0),
            price_minor: i64::try_from(1_000 + draw.below(120) * 100).unwrap_or(1_000),
        }
    }

    fn title(&self, draw: &mut Draw, act: usize) -> String {
        let called = &self.acts[act].name;
        match self.kind(self.acts[act].kind) {
            // A recording made elsewhere, a show about another city: words of other places.
            "concert" if draw.percent(6) => format!("{called}: Live at {}", draw.of(&self.venues).name),
            "concert" if draw.percent(6) => format!("{called}: {} Nights", draw.of(CITIES).name),
            "concert" if draw.percent(70) => format!("{called}: {}", draw.of(TOUR)),
            "festival" => format!("{called} Festival"),
            _ => called.clone(),
        }
    }
}

fn venues(draw: &mut Draw) -> Vec<Venue> {
    let mut venues = Vec::with_capacity(CITIES.len() * VENUES_A_CITY);
    for city in 0..CITIES.len() {
        let mut names: Vec<String> = Vec::with_capacity(VENUES_A_CITY);
        while names.len() < VENUES_A_CITY {
            let name = format!("{} {}", draw.of(HALL), draw.of(HALLS));
            if !names.contains(&name) {
                names.push(name);
            }
        }
        venues.extend(names.into_iter().map(|name| Venue { name, city }));
    }
    venues
}

fn acts(draw: &mut Draw, count: usize) -> Vec<Act> {
    let mut acts: Vec<Act> = Vec::with_capacity(count);
    let mut known = std::collections::HashSet::new();
    let mut tries = 0;
    while acts.len() < count {
        let kind = draw.below(KINDS.len());
        let mut name = match KINDS[kind].0 {
            "concert" if draw.percent(50) => format!("{} {} {}", draw.of(BAND), draw.of(BAND), draw.of(BANDS)),
            "theatre" | "dance" => format!("{} {} {}", draw.of(PLAY), draw.of(BAND), draw.of(PLAYS)),
            "classical" => format!("{} {} Quartet", draw.of(FIRST), draw.of(LAST)),
            // Named after a city, and on the road.
            "festival" if draw.percent(20) => format!("{} {}", draw.of(CITIES).name, draw.of(BANDS)),
            "festival" => format!("{} {}", draw.of(BAND), draw.of(BANDS)),
            _ => format!("{} {}", draw.of(FIRST), draw.of(LAST)),
        };
        // Where names run out, people have two last names.
        if known.contains(&name) && tries > 3 {
            name = format!("{name} {}", draw.of(LAST));
        }
        tries += 1;
        if known.insert(name.clone()) {
            acts.push(Act { name, kind });
            tries = 0;
        }
    }
    acts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_one_catalogue() {
        let (one, same, other) = (Catalogue::new(1, 500), Catalogue::new(1, 500), Catalogue::new(2, 500));
        let names = |catalogue: &Catalogue| catalogue.events.iter().map(|event| event.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&one), names(&same));
        assert_ne!(names(&one), names(&other));
        assert_eq!(one.events.len(), 500);
        assert!(one.events.iter().any(|event| event.billing == Billing::Tribute));
        assert!(one.events.iter().any(|event| event.guest.is_some()));
    }
}
