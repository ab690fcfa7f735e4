//! What a page loads beside itself. Each page names one bundle: the islands it needs, as a WebAssembly of their own,
//! and its style. `cargo xtask site` builds them by these names.

/// A part of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bundle {
    /// Finding an event, the way in, and all that is only read.
    Front,
    /// The waiting room.
    Line,
    /// Choosing seats.
    Room,
    /// Paying, orders and tickets.
    Buying,
    /// What organisers do and watch.
    Organisers,
    /// Drawing halls.
    Halls,
    /// Letting people in.
    Gate,
    /// The account's security, organisations, and running the installation.
    Staff,
}

impl Bundle {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Front, Self::Line, Self::Room, Self::Buying, Self::Organisers, Self::Halls, Self::Gate, Self::Staff];

    /// The feature that compiles it, the program that holds it, the style that is its own, and its files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Line => "line",
            Self::Room => "room",
            Self::Buying => "buying",
            Self::Organisers => "organisers",
            Self::Halls => "halls",
            Self::Gate => "gate",
            Self::Staff => "staff",
        }
    }

    /// Its style from the parts, in the order of the layers: what all share, then its own.
    #[must_use]
    pub const fn style(self) -> [&'static str; 4] {
        let own = match self {
            Self::Front => "front.css",
            Self::Line => "line.css",
            Self::Room => "room.css",
            Self::Buying => "buying.css",
            Self::Organisers => "organisers.css",
            Self::Halls => "halls.css",
            Self::Gate => "gate.css",
            Self::Staff => "staff.css",
        };
        ["tokens.css", "components.css", "site.css", own]
    }
}
