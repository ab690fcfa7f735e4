//! The files that pages load: the style and the font, which are in the program, and what browsers run, from the
//! folder that `cargo xtask site` builds. Each name changes with its content, so that it may be kept for ever.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use onsale_ui::{Accent, Assets, Bundle, Loads, Scripts};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files longer than this are none of ours.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
const KEPT_FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// All files, in memory: they are few and small.
pub(crate) struct Site {
    files: HashMap<String, File>,
    /// What pages refer to.
    pub(crate) assets: Arc<Assets>,
}

struct File {
    content_type: HeaderValue,
    plain: Bytes,
    brotli: Option<Bytes>,
}

/// The folder's table of contents.
#[derive(Deserialize)]
struct Contents {
    bundles: HashMap<String, Files>,
}

#[derive(Deserialize)]
struct Files {
    start: String,
    module: String,
    wasm: String,
}

impl Files {
    fn addresses(&self) -> Scripts {
        Scripts { start: address(&self.start), module: address(&self.module), wasm: address(&self.wasm) }
    }
}

impl Site {
    /// Reads the folder. Without it pages are whole and can be read, and nothing on them moves.
    pub(crate) fn open(folder: Option<&Path>, accent: Option<Accent>) -> Self {
        let font = (onsale_ui::FONT_NAME.to_owned(), File::new("woff2", Bytes::from_static(onsale_ui::FONT)));
        let mut files = HashMap::from([font]);
        let mut assets = Assets { font: address(onsale_ui::FONT_NAME), accent, ..Assets::default() };
        for bundle in Bundle::ALL {
            let style = onsale_ui::style(bundle);
            let name = format!("{}-{}.css", bundle.name(), hex::encode(&Sha256::digest(style.as_bytes())[..8]));
            assets.bundles.insert(bundle, Loads { stylesheet: address(&name), scripts: None });
            files.insert(name, File::new("css", style.into()));
        }
        let folder = folder.map(Path::to_owned).or_else(found);
        match folder.as_deref().map(read) {
            Some(Ok((contents, read))) => {
                if !files.keys().all(|name| name == onsale_ui::FONT_NAME || read.contains_key(name)) {
                    tracing::warn!(folder = ?folder, "the site folder is of another build: run cargo xtask site");
                }
                files.extend(read);
                for (bundle, loads) in &mut assets.bundles {
                    loads.scripts = contents.bundles.get(bundle.name()).map(Files::addresses);
                }
            }
            Some(Err(error)) => {
                tracing::error!(%error, folder = ?folder, "THE SITE FOLDER CANNOT BE READ: pages can be looked at, but nobody can sign in or buy on them");
            }
            None => {
                tracing::error!(
                    "THE SITE IS NOT BUILT: pages can be looked at, but nobody can sign in or buy on them; run cargo xtask site, or set SITE_DIR"
                );
            }
        }
        Self { files, assets: Arc::new(assets) }
    }

    /// A file by its name, packed where the reader can unpack it.
    pub(crate) fn file(&self, name: &str, asked: &HeaderMap) -> Option<Response> {
        let file = self.files.get(name)?;
        let packed = file.brotli.as_ref().filter(|_| takes_brotli(asked));
        let mut response = packed.unwrap_or(&file.plain).clone().into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, file.content_type.clone());
        headers.insert(header::CACHE_CONTROL, KEPT_FOR_EVER);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if packed.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        Some(response)
    }
}

impl File {
    fn new(extension: &str, plain: Bytes) -> Self {
        Self { content_type: content_type(extension), plain, brotli: None }
    }
}

fn address(name: &str) -> String {
    format!("/assets/{name}")
}

fn content_type(extension: &str) -> HeaderValue {
    HeaderValue::from_static(match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    })
}

/// Where the folder lies when nothing says it: next to the program, or in the target folder that it was built into.
fn found() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    [folder.join("site"), folder.join("../site")].into_iter().find(|folder| folder.join("site.json").is_file())
}

fn read(folder: &Path) -> io::Result<(Contents, HashMap<String, File>)> {
    let contents = std::fs::read(folder.join("site.json"))?;
    let contents: Contents = serde_json::from_slice(&contents)?;
    let mut files = HashMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let served = matches!(extension, "css" | "js" | "wasm" | "woff2");
        if !served || entry.metadata()?.len() > FILE_BYTES_MAX {
            continue;
        }
        let mut file = File::new(extension, std::fs::read(&path)?.into());
        let packed = path.with_added_extension("br");
        if packed.is_file() {
            file.brotli = Some(std::fs::read(packed)?.into());
        }
        files.insert(entry.file_name().to_string_lossy().into_owned(), file);
    }
    let named = contents.bundles.values().flat_map(|bundle| [&bundle.start, &bundle.module, &bundle.wasm]);
    if let Some(missing) = named.into_iter().find(|name| !files.contains_key(*name)) {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("{missing} is not in it")));
    }
    Ok((contents, files))
}

/// RFC 9110, 12.5.3, as far as it takes: `br` is named, and not with a quality of nothing.
fn takes_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|part| {
        let (coding, quality) = part.split_once(';').unwrap_or((part, ""));
        let refused = quality.trim().strip_prefix("q=").is_some_and(|quality| quality.parse() == Ok(0.0));
        coding.trim().eq_ignore_ascii_case("br") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_goes_to_those_who_take_it() {
        for (accepted, takes) in [("gzip, deflate, br", true), ("br;q=0", false), ("gzip", false), ("BR;q=0.5", true)] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            assert_eq!(takes_brotli(&headers), takes, "{accepted}");
        }
        assert!(!takes_brotli(&HeaderMap::new()));
    }
}
