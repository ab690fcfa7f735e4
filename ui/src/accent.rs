//! An organiser's own colour in the place of ours for what is the reader's and for the one next step. It is taken when
//! it can be read and told apart, and else refused with the nearest one that can.

use std::fmt;
use std::str::FromStr;

/// Dark and light text on it: `--on-yours`.
const TEXTS: [Rgb; 2] = [Rgb([0x14, 0x18, 0x1f]), Rgb([0xff, 0xff, 0xff])];
/// `--house`, by day and by night.
const HOUSE: [Rgb; 2] = [Rgb([0x14, 0x18, 0x1f]), Rgb([0x1d, 0x22, 0x2b])];
/// `--cat-a` to `--cat-e`, by day and by night.
const PRICES: [Rgb; 10] = [
    Rgb([0x50, 0x0a, 0x6e]),
    Rgb([0x3a, 0x3a, 0xbf]),
    Rgb([0x00, 0x83, 0x80]),
    Rgb([0xb3, 0x36, 0x1c]),
    Rgb([0xa3, 0x83, 0xd4]),
    Rgb([0x73, 0x5f, 0xf2]),
    Rgb([0x57, 0x9e, 0xf0]),
    Rgb([0x4d, 0xdf, 0xa3]),
    Rgb([0xe0, 0x68, 0x3c]),
    Rgb([0xd5, 0xb8, 0xf9]),
];
/// The least contrast of its text (WCAG 2.2, 1.4.3).
const TEXT_CONTRAST_MIN: f64 = 4.5;
/// The least contrast with the house, in which it shines (WCAG 2.2, 1.4.11).
const HOUSE_CONTRAST_MIN: f64 = 3.0;
/// The least distance from a price's colour, in `OKLab`.
const PRICE_DISTANCE_MIN: f64 = 0.10;
/// How fine the nearest colour is looked for: this many steps of each part.
const STEPS: u8 = 32;

/// A colour that can stand in the place of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    colour: Rgb,
    text: Rgb,
}

/// A colour of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb([u8; 3]);

/// Why a colour cannot be taken, and which can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccentRefused {
    /// It is none.
    NotAColour,
    /// It could not be read or not be told apart.
    Unreadable {
        /// What is wrong with it.
        reason: &'static str,
        /// The nearest one that can be taken.
        nearest: String,
    },
}

impl fmt::Display for AccentRefused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAColour => write!(out, "give a colour as #rrggbb"),
            Self::Unreadable { reason, nearest } => write!(out, "{reason}; the nearest that can be taken is {nearest}"),
        }
    }
}

impl std::error::Error for AccentRefused {}

impl FromStr for Accent {
    type Err = AccentRefused;

    fn from_str(text: &str) -> Result<Self, AccentRefused> {
        let colour = Rgb::of(text.trim()).ok_or(AccentRefused::NotAColour)?;
        Self::of(colour).map_err(|reason| AccentRefused::Unreadable { reason, nearest: nearest(colour).to_string() })
    }
}

impl Accent {
    fn of(colour: Rgb) -> Result<Self, &'static str> {
        let [dark, light] = TEXTS;
        let text = if colour.contrast(dark) >= colour.contrast(light) { dark } else { light };
        if colour.contrast(text) < TEXT_CONTRAST_MIN {
            return Err("text on it has a contrast below 4.5:1");
        }
        if HOUSE.iter().any(|house| colour.contrast(*house) < HOUSE_CONTRAST_MIN) {
            return Err("its contrast with the dark parts of pages is below 3:1");
        }
        if PRICES.iter().any(|price| colour.distance(*price) < PRICE_DISTANCE_MIN) {
            return Err("it is too like the colour of a price");
        }
        Ok(Self { colour, text })
    }

    /// The tokens of the style that it replaces.
    pub(crate) fn style(self) -> String {
        format!("--yours:{};--on-yours:{}", self.colour, self.text)
    }
}

/// The nearest colour that can be taken.
fn nearest(wished: Rgb) -> Rgb {
    let part = |step: u8| u8::try_from(u16::from(step) * 255 / u16::from(STEPS)).unwrap_or(u8::MAX);
    let steps = || (0..=STEPS).map(part);
    let all = steps().flat_map(|red| steps().flat_map(move |green| steps().map(move |blue| Rgb([red, green, blue]))));
    let usable = all.filter(|colour| Accent::of(*colour).is_ok());
    usable.min_by(|a, b| a.distance(wished).total_cmp(&b.distance(wished))).unwrap_or(wished)
}

impl fmt::Display for Rgb {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Rgb {
    fn of(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |place: usize| u8::from_str_radix(digits.get(place..place + 2)?, 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// The parts as light (IEC 61966-2-1).
    fn linear(self) -> [f64; 3] {
        self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }

    /// As eyes tell colours apart (Björn Ottosson, 2020).
    fn oklab(self) -> [f64; 3] {
        let [red, green, blue] = self.linear();
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let middle = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        [
            0.210_454_255_3 * long + 0.793_617_785_0 * middle - 0.004_072_046_8 * short,
            1.977_998_495_1 * long - 2.428_592_205_0 * middle + 0.450_593_709_9 * short,
            0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766_0 * short,
        ]
    }

    fn distance(self, other: Self) -> f64 {
        let pairs = self.oklab().into_iter().zip(other.oklab());
        pairs.map(|(one, two)| (one - two).powi(2)).sum::<f64>().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_that_reads_well_is_taken_with_its_text() {
        assert_eq!("#ffc21a".parse::<Accent>().expect("ours").style(), "--yours:#ffc21a;--on-yours:#14181f");
        assert_eq!("#8FD400".parse::<Accent>().expect("lime").style(), "--yours:#8fd400;--on-yours:#14181f");
    }

    #[test]
    fn one_that_does_not_is_refused_with_the_nearest_that_does() {
        for (wished, why) in [("#14181f", "dark parts"), ("#500a6e", "dark parts"), ("#e0683c", "price")] {
            let refused = wished.parse::<Accent>().expect_err(wished);
            let AccentRefused::Unreadable { reason, nearest } = &refused else { panic!("{refused}") };
            assert!(reason.contains(why), "{wished}: {reason}");
            assert!(nearest.parse::<Accent>().is_ok(), "{wished}: {nearest}");
        }
        for none in ["red", "#ff", "#gggggg", "#ñññ"] {
            assert_eq!(none.parse::<Accent>(), Err(AccentRefused::NotAColour));
        }
    }

    #[test]
    fn what_must_be_told_apart_is_what_the_style_says() {
        let tokens = include_str!("../style/tokens.css");
        for colour in PRICES.iter().chain(&HOUSE) {
            assert!(tokens.contains(&colour.to_string()), "{colour} is in no token");
        }
    }
}
