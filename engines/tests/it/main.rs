//! That the engines start, end, crash and come back.

mod cluster;
mod postgres;
mod redis;
mod sockets;
mod together;

use std::path::PathBuf;

/// A new folder for one test.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("engines-{:016x}", rand::random::<u64>()))
}

/// Removes what a test made, also where a link leads to.
fn remove(folder: &std::path::Path) {
    for engine in ["postgres", "elasticsearch"] {
        if let Ok(real) = std::fs::canonicalize(folder.join(engine)) {
            std::fs::remove_dir_all(real).expect("the data goes");
        }
    }
    std::fs::remove_dir_all(folder).expect("the folder goes");
}
