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
    /// What organisers watch.
    Organisers,
    /// Selling at the counter.
    Counter,
    /// One order of an event, and its books.
    Orders,
    /// Drawing halls.
    Halls,
    /// Preparing events.
    Events,
    /// Letting people in.
    Gate,
    /// The account's security, organisations, and running the installation.
    Staff,
}

impl Bundle {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Front,
        Self::Line,
        Self::Room,
        Self::Buying,
        Self::Organisers,
        Self::Counter,
        Self::Orders,
        Self::Halls,
        Self::Events,
        Self::Gate,
        Self::Staff,
    ];

    /// The feature that compiles it, the program that holds it, the style that is its own, and its files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Line => "line",
            Self::Room => "room",
            Self::Buying => "buying",
            Self::Organisers => "organisers",
            Self::Counter => "counter",
            Self::Orders => "orders",
            Self::Halls => "halls",
            Self::Events => "events",
            Self::Gate => "gate",
            Self::Staff => "staff",
        }
    }

    /// Its style from the parts, in the order of the layers: what all share, then its own.
    #[must_use]
    pub const fn style(self) -> &'static [&'static str] {
        match self {
            Self::Front => &["tokens.css", "components.css", "site.css", "front.css"],
            Self::Line => &["tokens.css", "components.css", "site.css", "line.css"],
            Self::Room => &["tokens.css", "components.css", "site.css", "room.css"],
            Self::Buying => &["tokens.css", "components.css", "site.css", "buying.css"],
            Self::Organisers | Self::Counter | Self::Orders => {
                &["tokens.css", "components.css", "site.css", "organisers.css"]
            }
            Self::Halls => &["tokens.css", "components.css", "site.css", "halls.css"],
            Self::Events => &["tokens.css", "components.css", "site.css", "staff.css", "events.css"],
            Self::Gate => &["tokens.css", "components.css", "site.css", "gate.css"],
            Self::Staff => &["tokens.css", "components.css", "site.css", "staff.css"],
        }
    }
}
