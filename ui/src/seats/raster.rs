//! Seats as dots of a bitmap, made without a browser: twenty thousand take a few milliseconds, one seat takes none.

use super::board::Lens;
use super::camera::DISC_PITCHES;
use super::choice::Choice;
use super::filter::Filter;
use super::plan::{COLOURS, Plan, Rect, SeatNo};
use super::states::{self, States};

/// How much of a seat is seen that the filter does not want.
pub(crate) const FADED: f64 = 0.14;
/// Radii and pens, in pitches, and the least of each in pixels.
pub(crate) const RING: (f64, f64) = (0.258, 0.8);
pub(crate) const RING_PEN: (f64, f64) = (0.097, 0.8);
pub(crate) const SPECK: (f64, f64) = (0.148, 0.45);
pub(crate) const DISC: (f64, f64) = (DISC_PITCHES, 0.9);
/// A stamp is made for each of these parts of a pixel, so that seats keep their distances.
const PARTS: u16 = 4;
/// Farther than this from its middle, nothing of a seat is drawn.
const BOX_PITCHES: f64 = 0.68;

/// The colours of dots: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    /// Of the price categories.
    pub categories: [[u8; 3]; COLOURS],
    /// Of seats on hold.
    pub held: [u8; 3],
    /// Of sold seats.
    pub sold: [u8; 3],
    /// Of the plate behind.
    pub plate: [u8; 3],
}

/// A part of the bitmap: red, green, blue, alpha.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Left, in pixels of the bitmap.
    pub left: i32,
    /// Top.
    pub top: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// The pixels, row by row.
    pub pixels: Vec<u8>,
}

/// What is drawn, at which scale. Stamps are kept as long as it lives.
pub struct Dots {
    scale: f64,
    pitch: f64,
    left: f64,
    top: f64,
    stamps: Vec<Option<Stamp>>,
}

/// What a dot shows.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) states: &'a States,
    pub(crate) choice: &'a Choice,
    pub(crate) filter: &'a Filter,
    pub(crate) lens: Lens,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Disc,
    Square,
    Ring,
    Speck,
}

/// How much of each pixel a shape covers, 0–255.
struct Stamp {
    reach: i32,
    cover: Vec<u8>,
}

impl Dots {
    /// Dots of a plan at so many pixels a unit.
    #[must_use]
    pub fn new(plan: &Plan, scale: f64) -> Self {
        Self {
            scale,
            pitch: f64::from(plan.pitch) * scale,
            left: f64::from(plan.bounds.left),
            top: f64::from(plan.bounds.top),
            stamps: (0..4 * PARTS * PARTS).map(|_| None).collect(),
        }
    }

    /// A part of the bitmap with the seats in it, on nothing.
    pub(crate) fn tile(&mut self, seen: Seen<'_>, ink: &Ink, (left, top, width, height): (i32, i32, i32, i32)) -> Tile {
        let bytes = usize::try_from(width.max(0) * height.max(0) * 4).unwrap_or(0);
        let mut tile = Tile { left, top, width, height, pixels: vec![0; bytes] };
        self.fill(seen, ink, &mut tile);
        tile
    }

    /// The box around one seat, on its zone's plate: it takes the place of what was there.
    pub(crate) fn seat(&mut self, seen: Seen<'_>, ink: &Ink, seat: SeatNo) -> Tile {
        let (x, y) = self.middle(seen.plan, seat);
        let half = (BOX_PITCHES * self.pitch).min(DISC.0 * self.pitch + 1.5).max(1.0);
        let (left, top) = (pixel((x - half).floor()), pixel((y - half).floor()));
        let (right, bottom) = (pixel((x + half).ceil()), pixel((y + half).ceil()));
        let (width, height) = (right - left, bottom - top);
        let [red, green, blue] = ink.plate;
        let count = usize::try_from(width * height).unwrap_or(0);
        let mut tile = Tile { left, top, width, height, pixels: [red, green, blue, 255].repeat(count) };
        self.fill(seen, ink, &mut tile);
        tile
    }

    fn middle(&self, plan: &Plan, seat: SeatNo) -> (f64, f64) {
        let (x, y) = plan.at(seat);
        ((f64::from(x) - self.left) * self.scale, (f64::from(y) - self.top) * self.scale)
    }

    #[expect(clippy::cast_possible_truncation, reason = "plans are drawn in single precision")]
    fn fill(&mut self, seen: Seen<'_>, ink: &Ink, tile: &mut Tile) {
        let to_plan = |pixel: i32, origin: f64| (f64::from(pixel) / self.scale + origin) as f32;
        let part = Rect {
            left: to_plan(tile.left, self.left),
            top: to_plan(tile.top, self.top),
            right: to_plan(tile.left + tile.width, self.left),
            bottom: to_plan(tile.top + tile.height, self.top),
        };
        let part = part.grown(seen.plan.pitch);
        for seat in seen.plan.grid.within(part) {
            self.dot(seen, ink, tile, seat);
        }
    }

    fn dot(&mut self, seen: Seen<'_>, ink: &Ink, tile: &mut Tile, seat: SeatNo) {
        // What is the reader's own is drawn over the bitmap, larger.
        if seen.choice.all().any(|own| own == seat) {
            return;
        }
        let colour = usize::from(seen.plan.category(seat).colour);
        let (shape, colour) = match (seen.lens, seen.states.of(seat)) {
            (_, states::HELD) => (Shape::Ring, ink.held),
            (Lens::Organiser, states::SOLD) => (Shape::Disc, ink.categories[0]),
            (Lens::Organiser, states::FREE) => (Shape::Speck, ink.sold),
            (Lens::Organiser, _) => return,
            (_, states::FREE) if seen.plan.is_accessible(seat) => (Shape::Square, ink.categories[colour]),
            (_, states::FREE) => (Shape::Disc, ink.categories[colour]),
            (_, _) => (Shape::Speck, ink.sold),
        };
        let wanted = !matches!(shape, Shape::Disc | Shape::Square) || seen.filter.lets(seen.plan, seat);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of 255")]
        let alpha = if wanted { 255 } else { (255.0 * FADED) as u32 };
        let (x, y) = self.middle(seen.plan, seat);
        self.stamp(tile, shape, (x, y), colour, alpha);
    }

    fn stamp(&mut self, tile: &mut Tile, shape: Shape, (x, y): (f64, f64), colour: [u8; 3], alpha: u32) {
        let (floor_x, floor_y) = (x.floor(), y.floor());
        let part = |rest: f64| ((rest * f64::from(PARTS)).floor()).clamp(0.0, f64::from(PARTS - 1));
        let (part_x, part_y) = (part(x - floor_x), part(y - floor_y));
        let place = usize::from(shape as u8) * usize::from(PARTS * PARTS)
            + usize::try_from(pixel(part_y * f64::from(PARTS) + part_x)).unwrap_or(0);
        let pitch = self.pitch;
        let offset = |part: f64| (part + 0.5) / f64::from(PARTS);
        let stamp = self.stamps[place].get_or_insert_with(|| Stamp::new(shape, pitch, offset(part_x), offset(part_y)));
        let (left, top) = (pixel(floor_x) - stamp.reach - tile.left, pixel(floor_y) - stamp.reach - tile.top);
        let side = 2 * stamp.reach + 1;
        for row in 0.max(-top)..side.min(tile.height - top) {
            for column in 0.max(-left)..side.min(tile.width - left) {
                let cover = stamp.cover[usize::try_from(row * side + column).unwrap_or(0)];
                if cover > 0 {
                    let at = usize::try_from(((top + row) * tile.width + left + column) * 4).unwrap_or(0);
                    blend(&mut tile.pixels[at..at + 4], colour, u32::from(cover) * alpha / 255);
                }
            }
        }
    }
}

/// Paints over a pixel (Porter and Duff 1984, “over”, with colours that are not multiplied by alpha).
fn blend(pixel: &mut [u8], colour: [u8; 3], alpha: u32) {
    let below = u32::from(pixel[3]) * (255 - alpha) / 255;
    let whole = alpha + below;
    if whole == 0 {
        return;
    }
    for (channel, new) in pixel.iter_mut().zip(colour) {
        let mixed = (u32::from(new) * alpha + u32::from(*channel) * below) / whole;
        *channel = u8::try_from(mixed).unwrap_or(u8::MAX);
    }
    pixel[3] = u8::try_from(whole).unwrap_or(u8::MAX);
}

impl Stamp {
    fn new(shape: Shape, pitch: f64, x: f64, y: f64) -> Self {
        let length = |(pitches, least): (f64, f64)| (pitches * pitch).max(least);
        let disc = length(DISC);
        let (ring, pen) = (length(RING), length(RING_PEN));
        let reach = pixel((disc + 1.0).ceil());
        let mut cover = Vec::new();
        for row in -reach..=reach {
            for column in -reach..=reach {
                let (dx, dy) = (f64::from(column) + 0.5 - x, f64::from(row) + 0.5 - y);
                let apart = dx.hypot(dy);
                let inside = match shape {
                    Shape::Disc => disc - apart,
                    Shape::Square => disc - dx.abs().max(dy.abs()),
                    Shape::Ring => pen / 2.0 - (apart - ring).abs(),
                    Shape::Speck => length(SPECK) - apart,
                };
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of 255")]
                cover.push(((inside + 0.5).clamp(0.0, 1.0) * 255.0) as u8);
            }
        }
        Self { reach, cover }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "bitmaps are some thousand pixels wide")]
fn pixel(value: f64) -> i32 {
    value as i32
}
