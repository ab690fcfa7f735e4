//! The QR code of a ticket, with the quiet zone of four modules that scanners need (ISO/IEC 18004).

use super::DocumentError;
use qrcode::{Color, EcLevel, QrCode};

/// Modules of white on each side.
pub(super) const QUIET: usize = 4;
/// Pixels a module: a ticket's code is 53 modules and more wide, and then sharp on a screen of any density.
const PIXELS: usize = 6;

/// Which modules are dark, row by row, without the quiet zone.
pub(super) struct Modules {
    pub(super) width: usize,
    dark: Vec<bool>,
}

impl Modules {
    pub(super) fn of(text: &str) -> Result<Self, DocumentError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
        let width = code.width();
        Ok(Self { width, dark: code.into_colors().into_iter().map(|color| color == Color::Dark).collect() })
    }

    pub(super) fn is_dark(&self, row: usize, column: usize) -> bool {
        column < self.width && self.dark.get(row * self.width + column).copied().unwrap_or_default()
    }
}

/// The code as a picture of one bit a pixel: about a kilobyte.
pub(super) fn png(text: &str) -> Result<Vec<u8>, DocumentError> {
    let modules = Modules::of(text)?;
    let side = (modules.width + 2 * QUIET) * PIXELS;
    let row_bytes = side.div_ceil(8);
    let mut pixels = vec![0xff_u8; row_bytes * side];
    for (y, row) in pixels.chunks_exact_mut(row_bytes).enumerate() {
        for x in 0..side {
            let at = |pixel: usize| (pixel / PIXELS).checked_sub(QUIET);
            if let (Some(line), Some(column)) = (at(y), at(x))
                && line < modules.width
                && modules.is_dark(line, column)
            {
                row[x / 8] &= !(0x80 >> (x % 8));
            }
        }
    }
    let mut file = Vec::new();
    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(file)
}
