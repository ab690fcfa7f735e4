//! What the process itself costs, under the names that Prometheus' own clients use.

use std::fmt::Write;
use std::fs;

/// The kernel counts processor time for programs in hundredths of a second (Linux, `USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;
/// The smallest page of every platform that Linux's `/proc/self/statm` is read on here.
const PAGE_BYTES: u64 = 4096;

/// Appends the process's own metrics; where there is no `/proc`, only the version.
pub(crate) fn append(text: &mut String) {
    let version = env!("CARGO_PKG_VERSION");
    metric(
        text,
        "onsale_build_info",
        "gauge",
        "The version that runs; always 1.",
        &format!("{{version=\"{version}\"}} 1"),
    );
    if let Some(seconds) = fs::read_to_string("/proc/self/stat").ok().and_then(|stat| cpu_seconds(&stat)) {
        let help = "Processor time of the process, user and system, in seconds.";
        metric(text, "process_cpu_seconds_total", "counter", help, &format!(" {seconds}"));
    }
    if let Some(bytes) = fs::read_to_string("/proc/self/statm").ok().and_then(|statm| resident_bytes(&statm)) {
        metric(text, "process_resident_memory_bytes", "gauge", "Memory of the process in RAM.", &format!(" {bytes}"));
    }
    if let Ok(descriptors) = fs::read_dir("/proc/self/fd") {
        let count = descriptors.count();
        metric(text, "process_open_fds", "gauge", "Files and sockets that the process has open.", &format!(" {count}"));
    }
}

fn metric(text: &mut String, name: &str, kind: &str, help: &str, sample: &str) {
    // Writing to a String cannot fail.
    let _infallible = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name}{sample}");
}

/// Fields 14 and 15 of `/proc/self/stat`; the second field, the name in brackets, may hold blanks.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) / TICKS_PER_SECOND)
}

/// The second field of `/proc/self/statm`, in pages.
fn resident_bytes(statm: &str) -> Option<u64> {
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_with_blanks_and_brackets_is_skipped() {
        let stat = "7 (on sale) x) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 4 0 100 1000 200";
        assert_eq!(cpu_seconds(stat), Some(2.0));
        assert_eq!(resident_bytes("1000 25 12 3 0 90 0"), Some(102_400));
    }
}
