//! The seat map: what it knows and decides, without a browser, and how it is painted in one.
//!
//! [`Board`] holds all that a map shows: the [`Plan`], the [`States`] of its seats, what the reader chose, what is
//! filtered out and how near the [`Camera`] is. It is pure and tested natively. [`paint`] draws it on a canvas; the
//! islands that join both to a page do it through `islands::house`.

mod alternatives;
mod board;
mod camera;
mod choice;
mod direction;
mod filter;
mod grid;
mod labels;
pub mod link;
mod outline;
pub mod paint;
mod plan;
mod raster;
mod states;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod texts;
mod wire;

pub use alternatives::{block_near, replacement};
pub use board::{Board, Change, Lens, Look};
pub use camera::{Camera, Level, Screen};
pub use choice::{Choice, Refused};
pub use direction::{Direction, next_towards};
pub use filter::Filter;
pub use grid::Grid;
pub use labels::{row_name, seat_label, seat_name, short_names};
pub use outline::zone_outline;
pub use plan::{Category, Plan, Rect, Row, SeatNo, Zone};
pub use raster::{Dots, Ink, Tile};
pub use states::{Applied, States};
pub use wire::Unreadable;
