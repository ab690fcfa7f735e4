//! A drawn poster for an event without a picture: the same event always gets the same one.

use leptos::prelude::*;
use std::fmt::Write;

/// Ground, and three colours to draw with.
const PALETTES: [[&str; 4]; 6] = [
    ["#0d3b4f", "#f2e7c9", "#0f8d86", "#b3361c"],
    ["#f0efe9", "#14181f", "#3a3abf", "#d93a5e"],
    ["#1a2440", "#c7d3e6", "#8fbcff", "#f4efe6"],
    ["#dfe8dd", "#2c6e5a", "#79a889", "#c9553b"],
    ["#1c1236", "#ff5d8f", "#6fe0d2", "#f4efe6"],
    ["#d9652b", "#fff6e6", "#14233f", "#7a2a0c"],
];

/// The poster of an event.
pub fn poster(event_id: &str, low: bool) -> impl IntoView + use<> {
    let class = if low { "poster low" } else { "poster" };
    view! {
        <svg class=class viewBox="0 0 320 200" preserveAspectRatio="xMidYMid slice" aria-hidden="true" inner_html=draw(event_id)>
        </svg>
    }
}

fn draw(event_id: &str) -> String {
    let seed = spread(event_id);
    let [ground, one, two, three] = PALETTES[place(seed, PALETTES.len())];
    let mut svg = format!("<path fill=\"{ground}\" d=\"M0 0h320v200H0z\"/>");
    let shift = place(seed >> 8, 60);
    match place(seed >> 16, 5) {
        0 => waves(&mut svg, [one, two, three], shift),
        1 => arcs(&mut svg, [one, two, three], shift),
        2 => trees(&mut svg, [one, two, three], shift),
        3 => lanterns(&mut svg, [one, two, three], seed),
        _ => halves(&mut svg, [one, two, three], shift),
    }
    svg
}

fn waves(svg: &mut String, [one, two, three]: [&str; 3], shift: usize) {
    let x = 60 + shift * 3;
    let _infallible = write!(svg, "<circle cx=\"{x}\" cy=\"62\" r=\"34\" fill=\"{one}\"/>");
    for (y, colour) in [(118, three), (144, two), (172, one)] {
        let crests = "q20-22 40 0t40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0 40 0";
        let _infallible = write!(svg, "<path fill=\"{colour}\" d=\"M-{shift} {y}{crests}V200H-{shift}Z\"/>");
    }
}

/// The house, drawn as arcs of dots.
fn arcs(svg: &mut String, [one, two, three]: [&str; 3], shift: usize) {
    let x = 90 + shift * 2;
    for row in 0..6 {
        let (radius, turn) = (50 + row * 24, row * 7);
        let colour = if row % 2 == 0 { one } else { two };
        let _infallible = write!(
            svg,
            "<circle cx=\"{x}\" cy=\"36\" r=\"{radius}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"10\" \
             stroke-linecap=\"round\" stroke-dasharray=\"0 16\" transform=\"rotate({turn} {x} 36)\"/>"
        );
    }
    let _infallible = write!(svg, "<circle cx=\"{x}\" cy=\"36\" r=\"30\" fill=\"{three}\"/>");
}

fn trees(svg: &mut String, [one, two, three]: [&str; 3], shift: usize) {
    for (place, colour) in [one, two, one, three].into_iter().enumerate() {
        let (x, y) = (44 + place * 76, 66 + (place * 31 + shift) % 40);
        let _infallible = write!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"50\" fill=\"{colour}\" opacity=\".88\"/>\
             <path stroke=\"#1d2b28\" stroke-width=\"4\" d=\"M{x} {y}V200\"/>"
        );
    }
}

fn lanterns(svg: &mut String, [one, two, _]: [&str; 3], seed: u64) {
    let _infallible = write!(svg, "<path fill=\"{two}\" opacity=\".35\" d=\"M0 134h320v66H0z\"/>");
    for lantern in 0..5 {
        let (x, y) = (40 + lantern * 60, 44 + place(seed >> (20 + lantern * 4), 44));
        let mirrored = 262 - y;
        let _infallible = write!(
            svg,
            "<ellipse cx=\"{x}\" cy=\"{y}\" rx=\"17\" ry=\"23\" fill=\"{one}\"/>\
             <ellipse cx=\"{x}\" cy=\"{mirrored}\" rx=\"15\" ry=\"6\" fill=\"{one}\" opacity=\".4\"/>"
        );
    }
}

fn halves(svg: &mut String, [one, two, three]: [&str; 3], shift: usize) {
    let radius = 44 + shift / 2;
    let (top, height) = (100 - radius, radius * 2);
    let _infallible = write!(
        svg,
        "<path fill=\"{one}\" d=\"M0 0h160v200H0z\"/><path fill=\"{two}\" d=\"M160 {top}a{radius} {radius} 0 0 0 0 {height}z\"/>\
         <path fill=\"{three}\" d=\"M160 {top}a{radius} {radius} 0 0 1 0 {height}z\"/>"
    );
}

/// FNV-1a, then mixed: neighbouring ids look different.
fn spread(text: &str) -> u64 {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    mixed ^ (mixed >> 33)
}

fn place(seed: u64, among: usize) -> usize {
    usize::try_from(seed % 4_294_967_291).unwrap_or(0) % among
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_event_always_has_the_same_poster_and_others_have_others() {
        assert_eq!(draw("EVT001"), draw("EVT001"));
        let all: std::collections::HashSet<_> = (0..40).map(|i| draw(&format!("EVT{i:03}"))).collect();
        assert!(all.len() > 30, "{}", all.len());
    }
}
