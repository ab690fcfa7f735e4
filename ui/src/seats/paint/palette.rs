//! The colours of the page, read from its tokens, so that light, dark and an organiser's accent all hold.

use crate::seats::raster::Ink;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

/// What ticks and callouts on the signal's colour are drawn in: the enamel's black, in both themes.
const ENAMEL: &str = "#14181f";

/// Colours, as the canvas takes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    pub(crate) card: String,
    pub(crate) page: String,
    pub(crate) ink_colour: String,
    pub(crate) soft: String,
    pub(crate) line: String,
    pub(crate) house: String,
    pub(crate) on_house: String,
    pub(crate) yours: String,
    pub(crate) on_yours: String,
    pub(crate) enamel: &'static str,
    pub(crate) focus: String,
    pub(crate) held: String,
    pub(crate) sold: String,
    pub(crate) categories: [String; 5],
    pub(crate) on_categories: [String; 5],
    pub(crate) font: String,
    pub(crate) ink: Ink,
}

impl Palette {
    /// Reads the tokens as they are where the canvas is.
    pub(crate) fn read(canvas: &HtmlCanvasElement) -> Option<Self> {
        let window = web_sys::window()?;
        let probe: HtmlElement = window.document()?.create_element("span").ok()?.dyn_into().ok()?;
        probe.set_hidden(true);
        canvas.parent_element()?.append_child(&probe).ok()?;
        let token = |name: &str| {
            // A custom property is not worked out until it is used as a colour.
            let _kept_before = probe.style().set_property("color", &format!("var({name})"));
            let style = window.get_computed_style(&probe).ok().flatten();
            style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
        };
        let categories = ["--cat-a", "--cat-b", "--cat-c", "--cat-d", "--cat-e"].map(token);
        let (held, sold, card) = (token("--seat-held"), token("--seat-sold"), token("--card"));
        let ink = Ink {
            categories: categories.each_ref().map(|colour| parsed(colour)),
            held: parsed(&held),
            sold: parsed(&sold),
            plate: parsed(&card),
        };
        let style = window.get_computed_style(canvas).ok().flatten();
        let palette = Self {
            page: token("--page"),
            ink_colour: token("--ink"),
            soft: token("--soft"),
            line: token("--line"),
            house: token("--house"),
            on_house: token("--on-house"),
            yours: token("--yours"),
            on_yours: token("--on-yours"),
            enamel: ENAMEL,
            focus: token("--focus"),
            on_categories: ["--on-a", "--on-b", "--on-c", "--on-d", "--on-e"].map(token),
            font: style.and_then(|style| style.get_property_value("font-family").ok()).unwrap_or_default(),
            card,
            held,
            sold,
            categories,
            ink,
        };
        probe.remove();
        Some(palette)
    }
}

/// `rgb(20, 24, 31)`, as browsers write a colour that was worked out (CSS Color 4, 15.2).
fn parsed(colour: &str) -> [u8; 3] {
    let inside = colour.split_once('(').map_or("", |(_, rest)| rest);
    let mut channels = inside.split([',', ' ', ')', '/']).filter_map(|part| part.parse().ok());
    std::array::from_fn(|_| channels.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_browsers_write_them() {
        assert_eq!(parsed("rgb(20, 24, 31)"), [20, 24, 31]);
        assert_eq!(parsed("rgba(255, 194, 26, 0.5)"), [255, 194, 26]);
        assert_eq!(parsed("rgb(1 2 3 / 40%)"), [1, 2, 3]);
        assert_eq!(parsed(""), [0, 0, 0]);
    }
}
