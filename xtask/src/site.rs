//! What browsers run: the `ui`'s islands as WebAssembly, with the script that wakes them and the style, each also
//! packed by brotli, under names that change with their content. The gateway serves the folder (`SITE_DIR`).

mod pack;
#[path = "../../ui/src/squeeze.rs"]
mod squeeze;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// The most that a phone should load to wake a page.
const WASM_PACKED_BYTES_MAX: usize = 250_000;
const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "wasm-release";
/// The style's parts, in the order of `onsale_ui::style`.
const STYLE: [&str; 3] = ["tokens.css", "components.css", "site.css"];

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
    /// The script that wakes the islands.
    start: String,
    /// The module it imports.
    module: String,
    /// The WebAssembly that the module runs.
    wasm: String,
}

/// Builds the folder, unless nothing changed since it was built; says what it did.
pub(crate) fn build(root: &Path, options: Options) -> Result<String> {
    let target = target_folder(root)?;
    let output = options.output.unwrap_or_else(|| target.join("site"));
    let wasm = compile(root, &target.join("wasm"), options.locked)?;
    let source = Source::read(root, &wasm)?;
    let digest = source.digest();
    if contents(&output).is_some_and(|contents| contents.source == digest) {
        return Ok(format!("nothing changed, {} is up to date", output.display()));
    }
    let (script, wasm) = bind(&wasm, &target.join("site.bindgen"))?;
    let packed = write(&output, &source, (&script, &wasm), digest)?;
    ensure!(
        packed <= WASM_PACKED_BYTES_MAX,
        "the islands are {packed} bytes as brotli, {WASM_PACKED_BYTES_MAX} at most: leave out what only the server needs"
    );
    Ok(format!("{} kB of WebAssembly, {} kB as brotli, in {}", wasm.len() / 1_000, packed / 1_000, output.display()))
}

/// Where cargo puts what it builds.
fn target_folder(root: &Path) -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root)
        .output()
        .context("run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("read what cargo metadata said")?;
    Ok(metadata.target_directory)
}

/// Compiles the islands in a folder of their own, so that no server build is built anew for other features.
fn compile(root: &Path, folder: &Path, locked: bool) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["rustc", "--package", "onsale-ui", "--lib", "--crate-type", "cdylib"]);
    command.args(["--no-default-features", "--features", "hydrate"]);
    command.args(["--profile", PROFILE, "--target", TARGET, "--target-dir"]).arg(folder);
    if locked {
        command.arg("--locked");
    }
    // Flags for this machine's own processor are none for the browser's.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let status = command.status().context("run cargo")?;
    if !status.success() {
        bail!("the islands do not compile; where only the target is missing: rustup target add {TARGET}");
    }
    Ok(folder.join(TARGET).join(PROFILE).join("onsale_ui.wasm"))
}

/// All that the folder is made from.
struct Source {
    wasm: Vec<u8>,
    start: String,
    style: String,
}

impl Source {
    fn read(root: &Path, wasm: &Path) -> Result<Self> {
        let text = |path: PathBuf| fs::read_to_string(&path).with_context(|| format!("read {}", path.display()));
        let ui = root.join("ui");
        let style = STYLE.iter().map(|file| text(ui.join("style").join(file))).collect::<Result<String>>()?;
        let wasm = fs::read(wasm).with_context(|| format!("read {}", wasm.display()))?;
        Ok(Self { wasm, start: text(ui.join("start.js"))?, style: squeeze::squeeze(&style) })
    }

    fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for part in [self.wasm.as_slice(), self.start.as_bytes(), self.style.as_bytes()] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        hex::encode(digest.finalize())
    }
}

fn contents(folder: &Path) -> Option<Contents> {
    serde_json::from_slice(&fs::read(folder.join("site.json")).ok()?).ok()
}

/// Makes the module that browsers import, and the WebAssembly it runs.
fn bind(wasm: &Path, folder: &Path) -> Result<(String, Vec<u8>)> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("empty {}", folder.display()))?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).typescript(false).remove_name_section(true).remove_producers_section(true);
    bindgen.omit_default_module_path(true).out_name("onsale");
    bindgen.web(true)?.generate(folder).context("bind the islands")?;
    ensure!(!folder.join("snippets").exists(), "a dependency brings scripts of its own: serve them too");
    let script = fs::read_to_string(folder.join("onsale.js")).context("read the module")?;
    let wasm = fs::read(folder.join("onsale_bg.wasm")).context("read the WebAssembly")?;
    fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
    Ok((script, wasm))
}

/// Writes the folder beside the old one and puts it in its place; gives the packed size of the WebAssembly.
fn write(output: &Path, source: &Source, (script, wasm): (&str, &[u8]), digest: String) -> Result<usize> {
    let fresh = output.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("empty {}", fresh.display()))?;
    }
    fs::create_dir_all(&fresh).with_context(|| format!("make {}", fresh.display()))?;
    let wasm_name = named("onsale", "wasm", wasm);
    let module = named("onsale", "js", script.as_bytes());
    let start = source.start.replace("./onsale.js", &format!("./{module}"));
    let start = start.replace("./onsale.wasm", &format!("./{wasm_name}"));
    let start_name = named("start", "js", start.as_bytes());
    let packed = pack::write(&fresh.join(&wasm_name), wasm)?;
    pack::write(&fresh.join(&module), script.as_bytes())?;
    pack::write(&fresh.join(&start_name), start.as_bytes())?;
    pack::write(&fresh.join(named("onsale", "css", source.style.as_bytes())), source.style.as_bytes())?;
    let contents = Contents { source: digest, start: start_name, module, wasm: wasm_name };
    fs::write(fresh.join("site.json"), serde_json::to_vec_pretty(&contents)?).context("write site.json")?;
    if output.exists() {
        fs::remove_dir_all(output).with_context(|| format!("remove {}", output.display()))?;
    }
    fs::rename(&fresh, output).with_context(|| format!("put {} in its place", output.display()))?;
    Ok(packed)
}

/// A name that changes with the content; the gateway gives the style the same one.
fn named(stem: &str, extension: &str, content: &[u8]) -> String {
    format!("{stem}-{}.{extension}", hex::encode(&Sha256::digest(content)[..8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        Source {
            wasm: b"\0asm".to_vec(),
            start: "import \"./onsale.js\"; \"./onsale.wasm\"".to_owned(),
            style: "a{color:red}".to_owned(),
        }
    }

    #[test]
    fn the_folder_names_its_files_and_changes_with_them() {
        let folder = std::env::temp_dir().join(format!("onsale-site-{}", std::process::id()));
        let output = folder.join("site");
        fs::create_dir_all(&output).expect("a folder");
        fs::write(output.join("old.js"), "old").expect("a file");
        write(&output, &source(), ("export {}", b"\0asm"), source().digest()).expect("written");
        let written = contents(&output).expect("contents");
        let start = fs::read_to_string(output.join(&written.start)).expect("the start");
        let style = named("onsale", "css", b"a{color:red}");
        let gone = !output.join("old.js").exists();
        let all = [&written.start, &written.module, &written.wasm, &style]
            .map(|name| output.join(name).exists() && output.join(format!("{name}.br")).exists());
        fs::remove_dir_all(&folder).expect("removed");
        assert!(start.contains(&written.module) && start.contains(&written.wasm), "{start}");
        assert!(gone && all == [true; 4], "{all:?}");
        assert_eq!(written.source, source().digest());
        assert_ne!(Source { style: "a{}".to_owned(), ..source() }.digest(), source().digest());
    }
}
