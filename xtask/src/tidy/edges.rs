//! Dependencies point one way: `core ← platform ← service ← onsale`; services never depend on each other.

use super::Finding;
use std::path::Path;

const SERVICES: [&str; 8] = ["admin", "auth", "booking", "gateway", "notification", "payment", "queue", "search"];

/// The crates of ours that a crate may depend on.
fn allowed(krate: &str) -> Option<Vec<&'static str>> {
    let with_services = |others: &[&'static str]| SERVICES.iter().chain(others).copied().collect();
    Some(match krate {
        "core" | "engines" | "migration" | "observability" | "xtask" => vec![],
        "platform" | "ui" => vec!["core"],
        "load-testing" => vec!["core", "engines"],
        // The waiting room runs in the gateway's process, on the gateway's tables.
        "gateway" => vec!["core", "platform", "queue", "ui"],
        service if SERVICES.contains(&service) => vec!["core", "platform"],
        "testkit" => vec!["core", "platform", "migration", "engines"],
        "simulation" => with_services(&["core", "platform"]),
        "onsale" => with_services(&["core", "platform", "engines", "migration", "observability", "ui"]),
        _ => return None,
    })
}

/// Checks a crate's manifest. Tests of any crate may also use testkit.
pub(super) fn check(path: &Path, text: &str) -> Vec<Finding> {
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let Some(krate) = folder.filter(|_| text.contains("[package]")) else { return Vec::new() };
    let finding = |line, message| Finding { path: path.to_owned(), line, message };
    let Some(allowed) = allowed(&krate) else {
        return vec![finding(0, format!("the crate {krate} has no place yet: give it one in xtask/src/tidy/edges.rs"))];
    };
    let mut findings = Vec::new();
    for (line, section, dependency) in dependencies(text) {
        let for_tests = section.ends_with("dev-dependencies") && dependency == "testkit";
        if !for_tests && !allowed.contains(&dependency.as_str()) {
            findings.push(finding(line, format!("{krate} must not depend on {dependency} (STYLE: one way only)")));
        }
    }
    findings
}

/// Line, section and name of every dependency on a crate of ours.
fn dependencies(text: &str) -> Vec<(usize, String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut section);
            // [dependencies.onsale-core]
            if let Some((of, krate)) = section.split_once("dependencies.onsale-") {
                found.push((index + 1, format!("{of}dependencies"), krate.to_owned()));
            }
        } else if section.ends_with("dependencies")
            && let Some(rest) = line.strip_prefix("onsale-")
        {
            let krate = rest.split(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap_or_default();
            found.push((index + 1, section.clone(), krate.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(krate: &str, dependencies: &str) -> Vec<String> {
        let text = format!("[package]\nname = \"x\"\n{dependencies}");
        check(&Path::new(krate).join("Cargo.toml"), &text).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn services_never_depend_on_each_other() {
        for service in SERVICES {
            assert_eq!(
                findings(
                    service,
                    "[dependencies]\nonsale-core.workspace = true\nonsale-platform = { path = \"..\" }\n"
                )
                .len(),
                0
            );
            for other in
                SERVICES.iter().filter(|other| **other != service && (service, **other) != ("gateway", "queue"))
            {
                let text = format!("[dependencies]\nonsale-{other}.workspace = true\n");
                assert_eq!(findings(service, &text).len(), 1, "{service} on {other}");
            }
        }
    }

    #[test]
    fn nothing_points_back() {
        assert_eq!(findings("core", "[dependencies]\nonsale-platform.workspace = true\n").len(), 1);
        assert_eq!(findings("platform", "[dependencies.onsale-booking]\nworkspace = true\n").len(), 1);
        assert_eq!(findings("ui", "[target.'cfg(unix)'.dependencies]\nonsale-platform.workspace = true\n").len(), 1);
        assert_eq!(findings("booking", "[build-dependencies]\nonsale-auth.workspace = true\n").len(), 1);
    }

    #[test]
    fn tests_may_use_the_testkit_and_nothing_else_more() {
        assert_eq!(findings("booking", "[dev-dependencies]\nonsale-testkit.workspace = true\n").len(), 0);
        assert_eq!(findings("booking", "[dependencies]\nonsale-testkit.workspace = true\n").len(), 1);
        assert_eq!(findings("booking", "[dev-dependencies]\nonsale-auth.workspace = true\n").len(), 1);
    }

    #[test]
    fn a_new_crate_is_asked_for_its_place() {
        assert_eq!(findings("vault", "").len(), 1);
    }
}
