//! What browsers run: the `ui`'s islands as WebAssembly, a bundle a part of the pages, each with the script that wakes
//! it and its style, all packed by brotli too, under names that change with their content. The gateway serves the
//! folder (`SITE_DIR`).

#[expect(unreachable_pub, reason = "it is public where it stands, in the ui")]
#[path = "../../ui/src/bundle.rs"]
mod bundle;
mod compile;
mod pack;
#[path = "../../ui/src/squeeze.rs"]
mod squeeze;

use anyhow::{Context, Result, ensure};
use bundle::Bundle;
use compile::Bound;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The most that a phone should load to wake a page.
const WASM_PACKED_BYTES_MAX: usize = 250_000;

/// How to build it.
pub(crate) struct Options {
    pub(crate) locked: bool,
    pub(crate) output: Option<PathBuf>,
}

/// The folder's table of contents, `site.json`: what the gateway puts into pages.
#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    /// The digest of all that the folder was made from.
    source: String,
    /// What pages load, by the bundle that they name.
    bundles: BTreeMap<String, Files>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Files {
    /// The script that wakes the islands.
    start: String,
    /// The module it imports.
    module: String,
    /// The WebAssembly that the module runs.
    wasm: String,
    /// Its size as brotli.
    packed: usize,
}

/// Builds the folder, unless nothing changed since it was built; says what it did.
pub(crate) fn build(root: &Path, options: Options) -> Result<String> {
    let target = compile::target_folder(root)?;
    let output = options.output.unwrap_or_else(|| target.join("site"));
    let mut sources = Vec::new();
    for bundle in Bundle::ALL {
        let wasm = compile::compile(root, &target.join("wasm"), bundle, options.locked)?;
        sources.push(Source::read(root, bundle, wasm)?);
    }
    let digest = digest(&sources);
    if let Some(contents) = contents(&output).filter(|contents| contents.source == digest) {
        return Ok(format!("nothing changed, {} is up to date ({})", output.display(), sizes(&contents)));
    }
    let bound = sources.iter().map(|source| compile::bind(&source.wasm, &target.join("site.bindgen")));
    let bound = bound.collect::<Result<Vec<_>>>()?;
    let contents = write(&output, &sources, &bound, digest)?;
    Ok(format!("{}: WebAssembly as brotli, {}", output.display(), sizes(&contents)))
}

fn sizes(contents: &Contents) -> String {
    let each = contents.bundles.iter().map(|(name, files)| format!("{name} {} bytes", files.packed));
    each.collect::<Vec<_>>().join(", ")
}

/// All that a bundle is made from.
struct Source {
    bundle: Bundle,
    wasm: Vec<u8>,
    start: String,
    style: String,
}

impl Source {
    fn read(root: &Path, bundle: Bundle, wasm: Vec<u8>) -> Result<Self> {
        let text = |path: PathBuf| fs::read_to_string(&path).with_context(|| format!("read {}", path.display()));
        let ui = root.join("ui");
        let style = bundle.style().iter().map(|file| text(ui.join("style").join(file))).collect::<Result<String>>()?;
        Ok(Self { bundle, wasm, start: text(ui.join("start.js"))?, style: squeeze::squeeze(&style) })
    }
}

fn digest(sources: &[Source]) -> String {
    let mut digest = Sha256::new();
    for source in sources {
        for part in [source.bundle.name().as_bytes(), &source.wasm, source.start.as_bytes(), source.style.as_bytes()] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
    }
    hex::encode(digest.finalize())
}

fn contents(folder: &Path) -> Option<Contents> {
    serde_json::from_slice(&fs::read(folder.join("site.json")).ok()?).ok()
}

/// Writes the folder beside the old one and, if no bundle is too large, puts it in its place.
fn write(output: &Path, sources: &[Source], bound: &[Bound], source: String) -> Result<Contents> {
    let fresh = output.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("empty {}", fresh.display()))?;
    }
    fs::create_dir_all(&fresh).with_context(|| format!("make {}", fresh.display()))?;
    let mut contents = Contents { source, bundles: BTreeMap::new() };
    for (source, bound) in sources.iter().zip(bound) {
        contents.bundles.insert(source.bundle.name().to_owned(), write_bundle(&fresh, source, bound)?);
    }
    fs::write(fresh.join("site.json"), serde_json::to_vec_pretty(&contents)?).context("write site.json")?;
    for (name, files) in &contents.bundles {
        ensure!(
            files.packed <= WASM_PACKED_BYTES_MAX,
            "the bundle {name} is {} bytes as brotli, {WASM_PACKED_BYTES_MAX} at most ({}): leave out what only the server needs, or give its islands a bundle of their own",
            files.packed,
            sizes(&contents)
        );
    }
    if output.exists() {
        fs::remove_dir_all(output).with_context(|| format!("remove {}", output.display()))?;
    }
    fs::rename(&fresh, output).with_context(|| format!("put {} in its place", output.display()))?;
    Ok(contents)
}

fn write_bundle(folder: &Path, source: &Source, bound: &Bound) -> Result<Files> {
    let name = source.bundle.name();
    let wasm = named(name, "wasm", &bound.wasm);
    let module = named(name, "js", bound.module.as_bytes());
    let start = source.start.replace("./bundle.js", &format!("./{module}"));
    let start = start.replace("./bundle.wasm", &format!("./{wasm}"));
    let start_name = named(&format!("{name}-start"), "js", start.as_bytes());
    let packed = pack::write(&folder.join(&wasm), &bound.wasm)?;
    pack::write(&folder.join(&module), bound.module.as_bytes())?;
    pack::write(&folder.join(&start_name), start.as_bytes())?;
    pack::write(&folder.join(named(name, "css", source.style.as_bytes())), source.style.as_bytes())?;
    Ok(Files { start: start_name, module, wasm, packed })
}

/// A name that changes with the content; the gateway gives the style the same one.
fn named(stem: &str, extension: &str, content: &[u8]) -> String {
    format!("{stem}-{}.{extension}", hex::encode(&Sha256::digest(content)[..8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bundle: Bundle) -> Source {
        Source {
            bundle,
            wasm: b"\0asm".to_vec(),
            start: "import \"./bundle.js\"; \"./bundle.wasm\"".to_owned(),
            style: "a{color:red}".to_owned(),
        }
    }

    fn bound(wasm: Vec<u8>) -> Bound {
        Bound { module: "export {}".to_owned(), wasm }
    }

    /// A folder with something in it, gone at the end.
    struct Output(PathBuf);

    impl Output {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("onsale-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join("site")).expect("a folder");
            fs::write(folder.join("site/old.js"), "old").expect("a file");
            Self(folder)
        }

        fn site(&self) -> PathBuf {
            self.0.join("site")
        }
    }

    impl Drop for Output {
        fn drop(&mut self) {
            let _not_there = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_folder_names_its_files_and_changes_with_them() {
        let folder = Output::new("site");
        let sources = [source(Bundle::Front), source(Bundle::Room)];
        let all = [bound(b"\0asm".to_vec()), bound(b"\0asm".to_vec())];
        write(&folder.site(), &sources, &all, digest(&sources)).expect("written");
        let written = contents(&folder.site()).expect("contents");
        assert_eq!(written.bundles.keys().collect::<Vec<_>>(), ["front", "room"]);
        let files = &written.bundles["room"];
        let start = fs::read_to_string(folder.site().join(&files.start)).expect("the start");
        assert!(start.contains(&files.module) && start.contains(&files.wasm), "{start}");
        let style = named("room", "css", b"a{color:red}");
        for name in [&files.start, &files.module, &files.wasm, &style, &format!("{}.br", files.wasm)] {
            assert!(folder.site().join(name).is_file(), "{name}");
        }
        assert!(!folder.site().join("old.js").exists());
        assert_eq!(written.source, digest(&sources));
        let other = Source { style: "a{}".to_owned(), ..source(Bundle::Room) };
        assert_ne!(digest(&[source(Bundle::Front), other]), written.source);
    }

    #[test]
    fn a_bundle_that_is_too_large_is_refused_and_nothing_takes_its_place() {
        let folder = Output::new("large");
        // What no packing makes smaller.
        let noise = (0_u32..8_000).flat_map(|block| Sha256::digest(block.to_le_bytes())).collect::<Vec<_>>();
        let sources = [source(Bundle::Front), source(Bundle::Buying)];
        let refused = write(&folder.site(), &sources, &[bound(b"\0asm".to_vec()), bound(noise)], String::new());
        let told = refused.expect_err("it is too large").to_string();
        assert!(told.contains("the bundle buying is 256") && told.contains("front 8 bytes"), "{told}");
        assert!(folder.site().join("old.js").is_file(), "what was there stays");
        assert!(contents(&folder.site()).is_none());
    }
}
