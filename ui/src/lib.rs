//! The pages, as HTML from the server: public content only, no script needed, no cookie read.
//!
//! The caller fetches what a page shows and hands it in as core types; a page is a pure function of
//! that, the language and the time.

mod components;
mod format;
mod language;
mod routes;
mod shell;
mod words;

pub use language::Language;
pub use routes::api_docs::api_docs;
pub use routes::event::event;
pub use routes::fault::{Fault, fault};
pub use routes::home::{Home, Listing, home};
pub use routes::problems::{ProblemEntry, problems};
pub use shell::Page;

/// The style of all pages, in the order of its layers.
pub const STYLE: &str = concat!(
    include_str!("../style/tokens.css"),
    include_str!("../style/components.css"),
    include_str!("../style/site.css")
);
