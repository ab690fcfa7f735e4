//! Embeds `sql/<service>/V*.sql`, so that the executable needs no files beside it. Cargo looks at the
//! folders again on each build: a new file is never missed.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// The order in which services are migrated: the bus first, because all others may use it.
const SERVICES: &[&str] =
    &["bus", "auth", "admin", "booking", "payment", "search", "notification", "gateway", "sandbox"];

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's folder");
    let out = env::var("OUT_DIR").expect("cargo names the output folder");
    // The whole tree. A folder that is not there must not be named: it would count as changed at every build.
    println!("cargo::rerun-if-changed=sql");
    let mut code = String::from("pub(crate) static SERVICES: &[Service] = &[\n");
    for service in SERVICES {
        let folder = Path::new(&root).join("sql").join(service);
        writeln!(code, "    Service {{ name: {service:?}, scripts: &[").expect("writing to a string");
        for script in scripts(&folder) {
            let path = folder.join(format!("{script}.sql"));
            writeln!(code, "        ({script:?}, include_str!({path:?})),").expect("writing to a string");
        }
        code.push_str("    ] },\n");
    }
    code.push_str("];\n");
    fs::write(Path::new(&out).join("scripts.rs"), code).expect("the output folder can be written");
}

/// The names of a folder's scripts, in order; none where there is no folder.
fn scripts(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".sql").map(str::to_owned))
        .filter(|name| name.starts_with('V'))
        .collect();
    names.sort();
    names
}
