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
#[derive(Debug, Default, Serialize, Deserialize)]
struct Contents {
    /// What pages load, by the bundle that they name.
    bundles: BTreeMap<String, Files>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Files {
    /// The digest of all that they were made from.
    source: String,
    /// The script that wakes the islands.
    start: String,
    /// The module it imports.
    module: String,
    /// The WebAssembly that the module runs.
    wasm: String,
    /// The pages' style; the gateway finds its name by itself.
    style: String,
    /// The size of the WebAssembly as brotli.
    packed: usize,
}

impl Contents {
    fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join("site.json")).ok()?).ok()
    }

    fn sizes(&self) -> String {
        let each = self.bundles.iter().map(|(name, files)| format!("{name} {} bytes", files.packed));
        each.collect::<Vec<_>>().join(", ")
    }
}

/// Builds the folder, unless nothing changed since it was built; says what it did.
pub(crate) fn build(root: &Path, options: Options) -> Result<String> {
    let target = compile::target_folder(root)?;
    let output = options.output.unwrap_or_else(|| target.join("site"));
    let before = Contents::read(&output).unwrap_or_default();
    let fresh = empty(output.with_extension("new"))?;
    // A bundle keeps cargo to one core for most of its time: those before it are bound and packed meanwhile.
    let made = std::thread::scope(|scope| {
        let mut making = Vec::new();
        for bundle in Bundle::ALL {
            let wasm = compile::compile(root, &target.join("wasm"), bundle, options.locked)?;
            let source = Source::read(root, bundle, wasm)?;
            let kept = before.bundles.get(bundle.name()).filter(|files| files.source == source.digest()).cloned();
            let (output, fresh, bindgen) = (&output, &fresh, target.join(format!("site.bindgen-{}", bundle.name())));
            making.push(scope.spawn(move || match kept {
                Some(files) => keep(output, fresh, files),
                None => make(fresh, &source, &compile::bind(&source.wasm, &bindgen)?),
            }));
        }
        let made =
            making.into_iter().map(|making| making.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        made.collect::<Result<Vec<_>>>()
    })?;
    let bundles = Bundle::ALL.iter().map(|bundle| bundle.name().to_owned()).zip(made).collect();
    let contents = Contents { bundles };
    if contents.bundles == before.bundles {
        fs::remove_dir_all(&fresh).with_context(|| format!("remove {}", fresh.display()))?;
        return Ok(format!("nothing changed, {} is up to date ({})", output.display(), contents.sizes()));
    }
    put_in_place(&output, &fresh, &contents)?;
    Ok(format!("{}: WebAssembly as brotli, {}", output.display(), contents.sizes()))
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

    fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.wasm, self.start.as_bytes(), self.style.as_bytes()] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        hex::encode(digest.finalize())
    }
}

/// The folder, with nothing in it.
fn empty(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    Ok(folder)
}

/// Writes a bundle's files.
fn make(folder: &Path, source: &Source, bound: &Bound) -> Result<Files> {
    let name = source.bundle.name();
    let wasm = named(name, "wasm", &bound.wasm);
    let module = named(name, "js", bound.module.as_bytes());
    let script = source.start.replace("./bundle.js", &format!("./{module}"));
    let script = script.replace("./bundle.wasm", &format!("./{wasm}"));
    let start = named(&format!("{name}-start"), "js", script.as_bytes());
    let style = named(name, "css", source.style.as_bytes());
    let packed = pack::write(&folder.join(&wasm), &bound.wasm)?;
    pack::write(&folder.join(&module), bound.module.as_bytes())?;
    pack::write(&folder.join(&start), script.as_bytes())?;
    pack::write(&folder.join(&style), source.style.as_bytes())?;
    Ok(Files { source: source.digest(), start, module, wasm, style, packed })
}

/// Takes over the files of a bundle that has not changed.
fn keep(from: &Path, to: &Path, files: Files) -> Result<Files> {
    for name in [&files.start, &files.module, &files.wasm, &files.style] {
        for name in [name.clone(), format!("{name}.br")] {
            fs::copy(from.join(&name), to.join(&name))
                .with_context(|| format!("keep {}", from.join(&name).display()))?;
        }
    }
    Ok(files)
}

/// Puts the fresh folder where the old one is, if no bundle is too large.
fn put_in_place(output: &Path, fresh: &Path, contents: &Contents) -> Result<()> {
    fs::write(fresh.join("site.json"), serde_json::to_vec_pretty(&contents)?).context("write site.json")?;
    for (name, files) in &contents.bundles {
        ensure!(
            files.packed <= WASM_PACKED_BYTES_MAX,
            "the bundle {name} is {} bytes as brotli, {WASM_PACKED_BYTES_MAX} at most ({}): leave out what only the server needs, or give its islands a bundle of their own",
            files.packed,
            contents.sizes()
        );
    }
    if output.exists() {
        fs::remove_dir_all(output).with_context(|| format!("remove {}", output.display()))?;
    }
    fs::rename(fresh, output).with_context(|| format!("put {} in its place", output.display()))
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

    /// The folder made of these, or why not.
    fn put(folder: &Output, all: &[(Source, Bound)]) -> Result<Contents> {
        let fresh = empty(folder.0.join("new"))?;
        let made =
            all.iter().map(|(source, bound)| Ok((source.bundle.name().to_owned(), make(&fresh, source, bound)?)));
        let contents = Contents { bundles: made.collect::<Result<_>>()? };
        put_in_place(&folder.site(), &fresh, &contents)?;
        Ok(contents)
    }

    #[test]
    fn the_folder_names_its_files_and_changes_with_them() {
        let folder = Output::new("site");
        let all = [Bundle::Front, Bundle::Room].map(|bundle| (source(bundle), bound(b"\0asm".to_vec())));
        put(&folder, &all).expect("written");
        let written = Contents::read(&folder.site()).expect("contents");
        assert_eq!(written.bundles.keys().collect::<Vec<_>>(), ["front", "room"]);
        let files = &written.bundles["room"];
        let start = fs::read_to_string(folder.site().join(&files.start)).expect("the start");
        assert!(start.contains(&files.module) && start.contains(&files.wasm), "{start}");
        assert_eq!(files.style, named("room", "css", b"a{color:red}"));
        for name in [&files.start, &files.module, &files.wasm, &files.style, &format!("{}.br", files.wasm)] {
            assert!(folder.site().join(name).is_file(), "{name}");
        }
        assert!(!folder.site().join("old.js").exists());
        assert_eq!(files.source, source(Bundle::Room).digest());
        let other = Source { style: "a{}".to_owned(), ..source(Bundle::Room) };
        assert_ne!(other.digest(), files.source);
    }

    #[test]
    fn a_bundle_that_did_not_change_is_taken_over() {
        let folder = Output::new("kept");
        let written = put(&folder, &[(source(Bundle::Room), bound(b"\0asm".to_vec()))]).expect("written");
        let fresh = empty(folder.0.join("new")).expect("a folder");
        let kept = keep(&folder.site(), &fresh, written.bundles["room"].clone()).expect("kept");
        assert_eq!(kept, written.bundles["room"]);
        assert_eq!(fs::read_dir(&fresh).expect("readable").count(), 8);
    }

    #[test]
    fn a_bundle_that_is_too_large_is_refused_and_nothing_takes_its_place() {
        let folder = Output::new("large");
        // What no packing makes smaller.
        let noise = (0_u32..8_000).flat_map(|block| Sha256::digest(block.to_le_bytes())).collect::<Vec<_>>();
        let all = [(source(Bundle::Front), bound(b"\0asm".to_vec())), (source(Bundle::Buying), bound(noise))];
        let told = put(&folder, &all).expect_err("it is too large").to_string();
        assert!(told.contains("the bundle buying is 256") && told.contains("front 8 bytes"), "{told}");
        assert!(folder.site().join("old.js").is_file(), "what was there stays");
        assert!(Contents::read(&folder.site()).is_none());
    }
}
