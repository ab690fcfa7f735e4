//! The fonts that tickets are set in, and how wide a text is in them.

use super::DocumentError;
use krilla::text::Font;

const REGULAR: &[u8] = include_bytes!("../../fonts/archivo-regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/archivo-bold.ttf");
/// For what the house's own font cannot write: Greek, Cyrillic, and more of Latin.
const OTHER: &[u8] = include_bytes!("../../fonts/dejavu-sans.ttf");

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// 400
    Regular,
    /// 700
    Bold,
}

/// A font and its measures.
struct Face {
    font: Font,
    measures: ttf_parser::Face<'static>,
}

/// The fonts of tickets.
pub struct Typefaces {
    regular: Face,
    bold: Face,
    other: Face,
}

impl Typefaces {
    /// Reads the fonts, which are part of the program.
    ///
    /// # Errors
    /// When one of them is broken.
    pub fn load() -> Result<Self, DocumentError> {
        Ok(Self {
            regular: Face::of("archivo-regular", REGULAR)?,
            bold: Face::of("archivo-bold", BOLD)?,
            other: Face::of("dejavu-sans", OTHER)?,
        })
    }

    /// The text in pieces that one font can write. What none can is a replacement character's box.
    pub(super) fn runs<'a>(&self, weight: Weight, text: &'a str) -> Vec<(Font, f32, &'a str)> {
        let own = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        let mut runs = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let fits = own.has(first);
            let end = rest.find(|c| own.has(c) != fits).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            let face = if fits { own } else { &self.other };
            runs.push((face.font.clone(), face.width(run), run));
            rest = after;
        }
        runs
    }

    /// How wide the text is, in ems.
    pub(super) fn width(&self, weight: Weight, text: &str) -> f32 {
        self.runs(weight, text).iter().map(|(_, width, _)| width).sum()
    }
}

impl Face {
    fn of(name: &'static str, bytes: &'static [u8]) -> Result<Self, DocumentError> {
        let measures = ttf_parser::Face::parse(bytes, 0).map_err(|_| DocumentError::Font(name))?;
        let font = Font::new(bytes.into(), 0).ok_or(DocumentError::Font(name))?;
        Ok(Self { font, measures })
    }

    fn has(&self, c: char) -> bool {
        self.measures.glyph_index(c).is_some()
    }

    /// By the widths of its letters; kerning is less than is left for it.
    fn width(&self, text: &str) -> f32 {
        let em = f32::from(self.measures.units_per_em());
        let letters = text.chars().map(|c| self.measures.glyph_index(c).unwrap_or_default());
        letters.map(|glyph| f32::from(self.measures.glyph_hor_advance(glyph).unwrap_or_default()) / em).sum()
    }
}
