//! The pages: HTML from the server with public content only, and islands in it that carry what is interactive or
//! personal (docs/decisions/0004-islands.md).
//!
//! On the server (feature `ssr`) a page is a pure function of what it shows, the language, the theme and the time.
//! In the browser (feature `hydrate`) only the [`islands`] run. Both share [`components`], [`words`] and [`format`].

#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
mod about;
#[cfg(feature = "ssr")]
mod accent;
pub mod api;
pub mod browser;
mod bundle;
pub mod buying;
pub mod components;
pub mod format;
pub mod islands;
mod language;
#[cfg(feature = "ssr")]
mod month;
#[cfg(feature = "ssr")]
mod routes;
pub mod seats;
#[cfg(feature = "ssr")]
mod shell;
mod squeeze;
mod theme;
mod when;
pub mod words;
mod zone;

#[cfg(feature = "ssr")]
pub use accent::{Accent, AccentRefused};
pub use bundle::Bundle;
#[cfg(feature = "ssr")]
pub use islands::line::{Own, Refused, Seen};
pub use language::Language;
#[cfg(feature = "ssr")]
pub use month::Month;
#[cfg(feature = "ssr")]
pub use routes::{
    account::{forgot_password, reset_password, sign_in, sign_up, verify_email},
    api_docs::api_docs,
    buying::{checkout, order, orders},
    event::{Entry, event, preview},
    events::{organiser_event_editor, organiser_event_preview, organiser_new_event},
    fault::{Fault, fault},
    gate::gate,
    halls::{organiser_hall, organiser_halls},
    home::{Home, Listing, home, results},
    line::line,
    organiser::{organiser_counter, organiser_event, organiser_events, organiser_order, organiser_reports},
    problems::{ProblemEntry, problems},
    proof::proof,
    seats::{ListPlace, Seating, seats},
    staff::{
        account_security, open_invitation, organiser_audit, organiser_keys, organiser_organisation, organiser_settings,
        organiser_users,
    },
};
#[cfg(feature = "ssr")]
pub use shell::{Assets, Loads, Page, Scripts};
pub use theme::Theme;
pub use when::When;

/// The style of a bundle's pages as it is sent; `cargo xtask site` packs the same.
#[must_use]
pub fn style(bundle: Bundle) -> String {
    let own = match bundle {
        Bundle::Front => include_str!("../style/front.css"),
        Bundle::Line => include_str!("../style/line.css"),
        Bundle::Room => include_str!("../style/room.css"),
        Bundle::Buying => include_str!("../style/buying.css"),
        Bundle::Organisers | Bundle::Counter | Bundle::Orders => include_str!("../style/organisers.css"),
        Bundle::Halls => include_str!("../style/halls.css"),
        Bundle::Events => concat!(include_str!("../style/staff.css"), include_str!("../style/events.css")),
        Bundle::Gate => include_str!("../style/gate.css"),
        Bundle::Staff => include_str!("../style/staff.css"),
    };
    let shared = concat!(
        include_str!("../style/tokens.css"),
        include_str!("../style/components.css"),
        include_str!("../style/site.css")
    );
    squeeze::squeeze(&format!("{shared}{own}"))
}

/// The name of the one font's file, which the style refers to. It changes with the font.
pub const FONT_NAME: &str = "archivo-5.3.0.woff2";

/// The font: Archivo, Latin, weights 400–800, widths 78–112 (SIL OFL 1.1, style/fonts/OFL.txt).
#[cfg(feature = "ssr")]
pub const FONT: &[u8] = include_bytes!("../style/fonts/archivo-5.3.0.woff2");

/// What keeps the page at the gate in the browser, so that it opens without a network.
#[cfg(feature = "ssr")]
pub const GATE_WORKER: &str = include_str!("../gate-worker.js");

/// Begins the browser's side, before the islands wake.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
