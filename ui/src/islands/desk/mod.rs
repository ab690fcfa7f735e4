//! What the pages of staff share: links that keep the language, the way from page to page, and what stands where a page
//! would be. [`page`] is a page with its dialog, [`fields`] and [`sent`] are forms before and after they are sent,
//! [`table`] is a table.

mod door;
pub mod fields;
pub mod nav;
pub mod page;
pub mod sent;
pub mod table;

pub use door::{Closed, Instead, calmly, instead, notice, shut};
pub use nav::StaffNav;

use crate::browser::with_language;
use crate::language::Language;

/// A reader's language and how links keep it.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    pub language: Language,
    /// Whether the address names the language.
    pub chosen: bool,
}

impl Reader {
    /// An address of ours in the reader's language.
    pub fn link(self, path: &str) -> String {
        if self.chosen { with_language(path, self.language) } else { path.to_owned() }
    }
}
