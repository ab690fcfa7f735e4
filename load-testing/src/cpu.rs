//! Processor time of processes, from `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The kernel counts processor time for programs in hundredths of a second (Linux, `USER_HZ`).
const MICROS_PER_TICK: u64 = 10_000;

/// Processor time so far, in micros, by who used it.
pub type Times = BTreeMap<String, u64>;

struct Process {
    name: String,
    parent: u32,
    ticks: u64,
}

/// The processor time of `roots` with all their descendants: each root under its own name, PostgreSQL and
/// Redis servers below them under theirs. Ended children count with their parent.
#[must_use]
pub fn times(roots: &[(&str, u32)]) -> Times {
    let processes = processes(Path::new("/proc"));
    let mut times = Times::new();
    for (id, process) in &processes {
        let Some(root) = root_of(*id, &processes, roots) else { continue };
        let name = match process.name.as_str() {
            "postgres" => "postgresql",
            "redis-server" => "redis",
            _ => root,
        };
        *times.entry(name.to_owned()).or_default() += process.ticks * MICROS_PER_TICK;
    }
    times
}

/// The children of a process that run a program of this name.
#[must_use]
pub fn children(parent: u32, name: &str) -> Vec<u32> {
    let processes = processes(Path::new("/proc"));
    let own = processes.iter().filter(|(_, process)| process.parent == parent && process.name == name);
    own.map(|(id, _)| *id).collect()
}

/// What was used between two looks.
#[must_use]
pub fn used(before: &Times, after: &Times) -> Times {
    let spent = |(name, micros): (&String, &u64)| {
        let earlier = before.get(name).copied().unwrap_or(0);
        (name.clone(), micros.saturating_sub(earlier))
    };
    after.iter().map(spent).collect()
}

/// The nearest root above a process, or the process itself.
fn root_of<'a>(mut id: u32, processes: &BTreeMap<u32, Process>, roots: &[(&'a str, u32)]) -> Option<&'a str> {
    // A chain of parents is short; the bound is against a table read while it changed.
    for _ in 0..64 {
        if let Some((name, _)) = roots.iter().find(|(_, root)| *root == id) {
            return Some(name);
        }
        id = processes.get(&id)?.parent;
    }
    None
}

fn processes(proc: &Path) -> BTreeMap<u32, Process> {
    let Ok(entries) = fs::read_dir(proc) else { return BTreeMap::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers
        .filter_map(|id| {
            let stat = fs::read_to_string(proc.join(id.to_string()).join("stat")).ok()?;
            Some((id, parse(&stat)?))
        })
        .collect()
}

/// Fields of `/proc/<id>/stat` (proc(5)): the name in brackets, the parent, and four times in ticks: user, system,
/// and those of ended children.
fn parse(stat: &str) -> Option<Process> {
    let (start, rest) = stat.rsplit_once(')')?;
    let name = start.split_once('(')?.1.to_owned();
    let fields: Vec<_> = rest.split_ascii_whitespace().collect();
    let parent = fields.get(1)?.parse().ok()?;
    let mut ticks = 0;
    for field in fields.get(11..15)? {
        ticks += field.parse::<u64>().ok()?;
    }
    Some(Process { name, parent, ticks })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(name: &str, parent: u32) -> Process {
        Process { name: name.to_owned(), parent, ticks: 1 }
    }

    #[test]
    fn a_stat_line_is_read_with_the_time_of_ended_children() {
        let read =
            parse("42 (post gres) S 7 42 42 0 -1 4194560 900 0 0 0 150 50 20 10 20 0 4 0 100").expect("readable");
        assert_eq!((read.name.as_str(), read.parent, read.ticks), ("post gres", 7, 230));
    }

    #[test]
    fn servers_below_a_root_belong_to_it_and_strangers_to_nobody() {
        let processes = BTreeMap::from([
            (1, process("init", 0)),
            (10, process("onsale", 1)),
            (11, process("postgres", 10)),
            (12, process("postgres", 11)),
            (20, process("postgres", 1)),
        ]);
        let roots = [("onsale", 10)];
        assert_eq!(root_of(12, &processes, &roots), Some("onsale"));
        assert_eq!(root_of(20, &processes, &roots), None);
    }

    #[test]
    fn our_own_time_is_seen() {
        let id = std::process::id();
        let before = times(&[("me", id)]);
        let began = std::time::Instant::now();
        let mut n = 0_u64;
        while began.elapsed().as_millis() < 60 {
            n = std::hint::black_box(n + 1);
        }
        assert!(used(&before, &times(&[("me", id)]))["me"] >= 20_000);
    }
}
