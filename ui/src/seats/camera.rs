//! What part of the plan is seen, and how near.

use super::plan::Rect;

/// A seat's disc has this radius, in pitches; what is left between is air.
pub(crate) const DISC_PITCHES: f64 = 0.42;
/// Discs as wide as this, in pixels, carry their price's letter, and rows theirs.
const LETTERS_FROM: f64 = 13.0;
/// Discs as wide as this carry the seat's number.
const NUMBERS_FROM: f64 = 24.0;
/// Nearer than this shows nothing more.
const PITCH_PIXELS_MAX: f64 = 72.0;
/// While seats stand closer, a tap comes closer instead of choosing.
const TAP_PIXELS_MIN: f64 = 22.0;
/// How close it comes then.
const TAP_PIXELS: f64 = 30.0;
/// How much farther away than the whole house one may go.
const FARTHEST: f64 = 0.85;

/// The room that the map has on the page, in pixels of the style.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screen {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Room above that is covered by buttons.
    pub top: f64,
    /// Room below that is covered by the key.
    pub bottom: f64,
}

impl Screen {
    /// Where the eyes go: the middle of what is not covered.
    #[must_use]
    pub fn middle(self) -> (f64, f64) {
        (self.width / 2.0, (self.top + self.height - self.bottom) / 2.0)
    }
}

/// How much of a seat can be told at this distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Discs alone.
    Far,
    /// Letters of prices and rows.
    Letters,
    /// Numbers of seats.
    Numbers,
}

/// A place above the plan: `pixel = unit × scale + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Pixels of the style in a unit of the plan.
    pub scale: f64,
    /// Where the plan's origin is, in pixels.
    pub x: f64,
    /// Where the plan's origin is, in pixels.
    pub y: f64,
}

impl Camera {
    /// Sees the whole house.
    #[must_use]
    pub fn fit(bounds: Rect, screen: Screen) -> Self {
        let (width, height) = bounds.size();
        let high = (screen.height - screen.top - screen.bottom).max(screen.height / 3.0);
        let scale = (screen.width / f64::from(width)).min(high / f64::from(height)).max(1e-6);
        Self::over(bounds.middle(), scale, screen)
    }

    /// Sees a point of the plan in the middle.
    #[must_use]
    pub fn over((x, y): (f32, f32), scale: f64, screen: Screen) -> Self {
        let (middle_x, middle_y) = screen.middle();
        Self { scale, x: middle_x - f64::from(x) * scale, y: middle_y - f64::from(y) * scale }
    }

    /// Comes nearer by a factor, or goes away; what is under the pointer stays there.
    #[must_use]
    pub fn zoomed(self, factor: f64, (px, py): (f64, f64), range: (f64, f64)) -> Self {
        let scale = (self.scale * factor).clamp(range.0, range.1);
        let grown = scale / self.scale;
        Self { scale, x: px - (px - self.x) * grown, y: py - (py - self.y) * grown }
    }

    /// Moves along.
    #[must_use]
    pub fn moved(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// The same, with the house in sight: the middle of the screen is never outside of it.
    #[must_use]
    pub fn kept(self, bounds: Rect, screen: Screen) -> Self {
        let (middle_x, middle_y) = screen.middle();
        let along = |offset: f64, middle: f64, low: f32, high: f32| {
            let first = middle - f64::from(high) * self.scale;
            let last = middle - f64::from(low) * self.scale;
            offset.clamp(first.min(last), last.max(first))
        };
        Self {
            scale: self.scale,
            x: along(self.x, middle_x, bounds.left, bounds.right),
            y: along(self.y, middle_y, bounds.top, bounds.bottom),
        }
    }

    /// From the farthest to the nearest scale for a house.
    #[must_use]
    pub fn range(bounds: Rect, pitch: f32, screen: Screen) -> (f64, f64) {
        let whole = Self::fit(bounds, screen).scale;
        let nearest = PITCH_PIXELS_MAX / f64::from(pitch);
        (whole * FARTHEST, nearest.max(whole))
    }

    /// Where a point of the plan is on the screen.
    #[must_use]
    pub fn to_screen(self, (x, y): (f32, f32)) -> (f64, f64) {
        (f64::from(x) * self.scale + self.x, f64::from(y) * self.scale + self.y)
    }

    /// The point of the plan under a pixel.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "plans are drawn in single precision")]
    pub fn to_plan(self, (px, py): (f64, f64)) -> (f32, f32) {
        (((px - self.x) / self.scale) as f32, ((py - self.y) / self.scale) as f32)
    }

    /// The part of the plan in sight.
    #[must_use]
    pub fn in_sight(self, screen: Screen) -> Rect {
        let (left, top) = self.to_plan((0.0, 0.0));
        let (right, bottom) = self.to_plan((screen.width, screen.height));
        Rect { left, top, right, bottom }
    }

    /// How wide a seat's disc is, in pixels.
    #[must_use]
    pub fn disc(self, pitch: f32) -> f64 {
        2.0 * DISC_PITCHES * f64::from(pitch) * self.scale
    }

    /// What can be told of a seat.
    #[must_use]
    pub fn level(self, pitch: f32) -> Level {
        match self.disc(pitch) {
            wide if wide >= NUMBERS_FROM => Level::Numbers,
            wide if wide >= LETTERS_FROM => Level::Letters,
            _ => Level::Far,
        }
    }

    /// The scale at which fingers can choose, if this one is too far away for that.
    #[must_use]
    pub fn closer_for_touch(self, pitch: f32) -> Option<f64> {
        let apart = f64::from(pitch) * self.scale;
        (apart < TAP_PIXELS_MIN).then(|| TAP_PIXELS / f64::from(pitch))
    }

    /// The scale at which the letters of seats can be read, if this one is too far away for that.
    #[must_use]
    pub fn closer_for_reading(self, pitch: f32) -> Option<f64> {
        (self.level(pitch) == Level::Far).then(|| TAP_PIXELS / f64::from(pitch))
    }

    /// On the way from here to another place; `part` runs from 0 to 1.
    #[must_use]
    pub fn towards(self, other: Self, part: f64) -> Self {
        let eased = 1.0 - (1.0 - part.clamp(0.0, 1.0)).powi(3);
        let between = |from: f64, to: f64| from + (to - from) * eased;
        Self { scale: between(self.scale, other.scale), x: between(self.x, other.x), y: between(self.y, other.y) }
    }
}
