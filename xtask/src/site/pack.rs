//! A file and, beside it, the same packed by brotli as tightly as it goes: it is done once and sent often.

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use std::fs;
use std::path::Path;

/// Writes both; gives the packed size.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<usize> {
    let parameters = BrotliEncoderParams { quality: 11, size_hint: content.len(), ..BrotliEncoderParams::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut packed, &parameters)
        .with_context(|| format!("pack {}", path.display()))?;
    fs::write(path, content).with_context(|| format!("write {}", path.display()))?;
    let beside = path.with_added_extension("br");
    fs::write(&beside, &packed).with_context(|| format!("write {}", beside.display()))?;
    Ok(packed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_the_same_when_unpacked() {
        let path = std::env::temp_dir().join(format!("onsale-pack-{}.js", std::process::id()));
        let content = "let a = 1;".repeat(100);
        let size = write(&path, content.as_bytes()).expect("written");
        let packed = fs::read(path.with_added_extension("br")).expect("readable");
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).expect("unpacked");
        fs::remove_file(&path).and_then(|()| fs::remove_file(path.with_added_extension("br"))).expect("removed");
        assert_eq!((unpacked, packed.len()), (content.into_bytes(), size));
        assert!(size < 60, "{size}");
    }
}
