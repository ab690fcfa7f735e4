//! A page to write and draw on, in points from the top left.

use super::code::{Modules, QUIET};
use super::typeface::{Typefaces, Weight};
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::TextDirection;

/// Red, green, blue.
pub(super) type Ink = (u8, u8, u8);

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) weight: Weight,
    /// In points.
    pub(super) size: f32,
    pub(super) ink: Ink,
}

pub(super) struct Sheet<'a, 'page> {
    pub(super) surface: &'a mut Surface<'page>,
    pub(super) faces: &'a Typefaces,
}

impl Sheet<'_, '_> {
    /// One line, from its left end.
    pub(super) fn write(&mut self, (mut x, y): (f32, f32), style: Style, text: &str) {
        self.fill(style.ink);
        for (font, width, run) in self.faces.runs(style.weight, text) {
            let from = Point::from_xy(x, y);
            self.surface.draw_text(from, font, style.size, run, false, TextDirection::Auto);
            x += width * style.size;
        }
    }

    /// One line, up to its right end.
    pub(super) fn write_to(&mut self, (x, y): (f32, f32), style: Style, text: &str) {
        let width = self.faces.width(style.weight, text) * style.size;
        self.write((x - width, y), style, text);
    }

    /// As many lines as it takes, `lines_max` at most, `leading` points apart; says where the next would be.
    pub(super) fn wrap(
        &mut self,
        (x, mut y): (f32, f32),
        style: Style,
        (width, leading, lines_max): (f32, f32, usize),
        text: &str,
    ) -> f32 {
        for line in self.lines(style, width, lines_max, text) {
            self.write((x, y), style, &line);
            y += leading;
        }
        y
    }

    fn lines(&self, style: Style, width: f32, lines_max: usize, text: &str) -> Vec<String> {
        let fits = |text: &str| self.faces.width(style.weight, text) * style.size <= width;
        let mut lines: Vec<String> = vec![String::new()];
        for word in text.split_whitespace() {
            let last = lines.pop().unwrap_or_default();
            let longer = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
            if last.is_empty() || fits(&longer) {
                lines.push(longer);
            } else if lines.len() + 1 < lines_max {
                lines.extend([last, word.to_owned()]);
            } else {
                lines.push(format!("{last}…"));
                break;
            }
        }
        // A word that is wider than the line.
        for line in &mut lines {
            while !fits(line) && line.chars().count() > 1 {
                line.pop();
                line.pop();
                line.push('…');
            }
        }
        lines
    }

    pub(super) fn rectangle(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), ink: Ink) {
        self.fill(ink);
        let mut path = PathBuilder::new();
        if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rectangle);
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    /// A code with its quiet zone, on white. Dark modules side by side are one rectangle.
    pub(super) fn code(&mut self, (x, y): (f32, f32), side: f32, modules: &Modules) {
        self.rectangle((x, y), (side, side), (255, 255, 255));
        let module = side / points(modules.width + 2 * QUIET);
        let mut path = PathBuilder::new();
        for row in 0..modules.width {
            let mut column = 0;
            while column < modules.width {
                let run = (column..modules.width).take_while(|at| modules.is_dark(row, *at)).count();
                let (left, top) = (x + points(column + QUIET) * module, y + points(row + QUIET) * module);
                if let Some(rectangle) = Rect::from_xywh(left, top, points(run) * module, module).filter(|_| run > 0) {
                    path.push_rect(rectangle);
                }
                column += run.max(1);
            }
        }
        self.fill((0, 0, 0));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    fn fill(&mut self, (red, green, blue): Ink) {
        self.surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
    }
}

fn points(modules: usize) -> f32 {
    f32::from(u16::try_from(modules).unwrap_or(u16::MAX))
}
