//! Finds the engines' programs: on the `PATH` and where Debian, Ubuntu and Homebrew put them.

use crate::EngineError;
use std::path::{Path, PathBuf};

/// The folder with `postgres` and `initdb`: of that major version if one is asked for and it is there,
/// else the newest.
pub fn postgres_programs(version: Option<&str>) -> Result<PathBuf, EngineError> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for folder in postgres_folders() {
        if folder.join("postgres").is_file() && folder.join("initdb").is_file() {
            found.push((version_of(&folder), folder));
        }
    }
    let wanted = version.and_then(|version| version.parse::<u32>().ok());
    found
        .iter()
        .find(|(version, _)| Some(*version) == wanted)
        .or_else(|| found.iter().max_by_key(|(version, _)| *version))
        .map(|(_, folder)| folder.clone())
        .ok_or(EngineError::Missing {
            program: "PostgreSQL",
            remedy: "run `make setup`, or install it (Debian, Ubuntu: postgresql; Homebrew: postgresql@17)",
        })
}

/// The program `redis-server`.
pub fn redis_server() -> Result<PathBuf, EngineError> {
    program("redis-server").ok_or(EngineError::Missing {
        program: "redis-server",
        remedy: "run `make setup`, or install it (Debian, Ubuntu: redis-server; Homebrew: redis)",
    })
}

/// The program `java` of a JRE that runs both Kafka and Elasticsearch.
pub fn java() -> Result<PathBuf, EngineError> {
    let home = std::env::var_os("JAVA_HOME").map(|home| PathBuf::from(home).join("bin"));
    let brewed = ["/opt/homebrew/opt", "/usr/local/opt"];
    let brewed = brewed.into_iter().flat_map(|opt| below(opt, |name| name.starts_with("openjdk")));
    let folders = home.into_iter().chain(search_folders()).chain(brewed);
    let mut programs = folders.map(|folder| folder.join("java")).filter(|path| path.is_file());
    programs.find(|program| JAVA.contains(&java_version_of(program))).ok_or(EngineError::Missing {
        program: "a JRE of version 17 to 21",
        remedy: "run `scripts/bootstrap test`, or install it (Debian, Ubuntu: openjdk-17-jre-headless; Homebrew: openjdk@17)",
    })
}

/// The program `mvn`.
pub(crate) fn maven() -> Result<PathBuf, EngineError> {
    program("mvn").ok_or(EngineError::Missing {
        program: "Maven",
        remedy: "run `scripts/bootstrap test`, or install it (Debian, Ubuntu, Homebrew: maven)",
    })
}

/// The versions that Elasticsearch's and Kafka's papers name.
const JAVA: std::ops::RangeInclusive<u32> = 17..=21;

fn java_version_of(program: &Path) -> u32 {
    let output = std::process::Command::new(program).arg("-version").output();
    output.map_or(0, |output| major_version(&String::from_utf8_lossy(&output.stderr).replace('"', "")))
}

/// A program on the `PATH` or in one of the usual folders.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    search_folders().into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn search_folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    let usual = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin", "/opt/homebrew/bin"];
    folders.extend(usual.iter().map(PathBuf::from));
    folders
}

fn postgres_folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> =
        search_folders().iter().filter_map(|folder| std::fs::canonicalize(folder.join("postgres")).ok()).collect();
    // A link on the PATH leads to the folder that also has `initdb`.
    folders.iter_mut().for_each(|path| {
        path.pop();
    });
    folders.extend(below("/usr/lib/postgresql", |_| true));
    for opt in ["/opt/homebrew/opt", "/usr/local/opt"] {
        folders.extend(below(opt, |name| name.starts_with("postgresql")));
    }
    folders
}

fn below(parent: &str, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(&wanted))
        .map(|entry| entry.path().join("bin"))
        .collect()
}

/// The major version, of `postgres (PostgreSQL) 15.18`; 0 when it does not say.
fn version_of(folder: &Path) -> u32 {
    let Ok(output) = std::process::Command::new(folder.join("postgres")).arg("--version").output() else { return 0 };
    major_version(&String::from_utf8_lossy(&output.stdout))
}

fn major_version(text: &str) -> u32 {
    let digits = |word: &str| word.chars().take_while(char::is_ascii_digit).collect::<String>();
    text.split_whitespace().find_map(|word| digits(word).parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn versions_are_read_as_postgres_writes_them() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), 15);
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1"), 18);
        assert_eq!(major_version("openjdk version 17.0.15 2025-04-15"), 17);
        assert_eq!(major_version(""), 0);
    }
}
