//! A text as a QR code, drawn as one path: dark on white in both themes, with its quiet zone.

use onsale_core::text::escape_html;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// The white around it, in modules (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// The drawing; nothing where the text is too long for any code.
pub(crate) fn svg(text: &str, label: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (row, line) in modules.chunks(width).enumerate() {
        let mut at = 0;
        while at < width {
            let dark = line[at..].iter().take_while(|color| **color == Color::Dark).count();
            if dark > 0 {
                let _infallible = write!(path, "M{} {}h{dark}v1h-{dark}z", at + QUIET, row + QUIET);
            }
            at += dark.max(1);
        }
    }
    let side = width + 2 * QUIET;
    Some(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#14181f\" d=\"{path}\"/></svg>",
        escape_html(label)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_its_quiet_zone() {
        let drawn = svg("otpauth://totp/Onsale:ada%40example.org?secret=ABC", "Code \"for\" you").expect("it fits");
        assert!(drawn.contains("aria-label=\"Code &quot;for&quot; you\""), "{drawn}");
        // The first row of two finders: seven dark modules each, and whatever is between.
        assert!(drawn.contains("d=\"M4 4h7v1h-7z"), "{drawn}");
        assert!(svg(&"x".repeat(5_000), "too long").is_none());
    }
}
