//! Rust to what a browser runs.

use crate::site::bundle::Bundle;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "wasm-release";

/// What a browser imports, and the WebAssembly that it runs.
pub(super) struct Bound {
    pub(super) module: String,
    pub(super) wasm: Vec<u8>,
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Where cargo puts what it builds.
pub(super) fn target_folder(root: &Path) -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let output = Command::new(cargo())
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root)
        .output()
        .context("run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("read what cargo metadata said")?;
    Ok(metadata.target_directory)
}

/// Compiles a bundle in a folder of its own, so that no server build is built anew for other features.
pub(super) fn compile(root: &Path, folder: &Path, bundle: Bundle, locked: bool) -> Result<Vec<u8>> {
    let name = bundle.name();
    let mut command = Command::new(cargo());
    command.current_dir(root).args(["build", "--package", "onsale-ui", "--bin", name]);
    command.args(["--no-default-features", "--features", name]);
    command.args(["--profile", PROFILE, "--target", TARGET, "--target-dir"]).arg(folder);
    if locked {
        command.arg("--locked");
    }
    // Flags for this machine's own processor are none for the browser's.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let status = command.status().context("run cargo")?;
    if !status.success() {
        bail!("the bundle {name} does not compile; where only the target is missing: rustup target add {TARGET}");
    }
    let wasm = folder.join(TARGET).join(PROFILE).join(name).with_extension("wasm");
    fs::read(&wasm).with_context(|| format!("read {}", wasm.display()))
}

/// Makes the module that browsers import, and the WebAssembly it runs.
pub(super) fn bind(wasm: &[u8], folder: &Path) -> Result<Bound> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("empty {}", folder.display()))?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes("onsale", wasm.to_vec()).typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true).omit_default_module_path(true);
    bindgen.web(true)?.generate(folder).context("bind the islands")?;
    ensure!(!folder.join("snippets").exists(), "a dependency brings scripts of its own: serve them too");
    let module = fs::read_to_string(folder.join("onsale.js")).context("read the module")?;
    let wasm = fs::read(folder.join("onsale_bg.wasm")).context("read the WebAssembly")?;
    fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
    Ok(Bound { module, wasm })
}
