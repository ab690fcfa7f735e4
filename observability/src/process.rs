//! What the process itself costs, under the names that Prometheus' own clients use.

use std::fmt::Write;
use std::fs;
use tokio::runtime::Handle;

/// The kernel counts processor time for programs in hundredths of a second (Linux, `USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;
/// The smallest page of every platform that Linux's `/proc/self/statm` is read on here.
const PAGE_BYTES: u64 = 4096;

/// Appends the process's own metrics; where there is no `/proc`, only the version and what the runtime says.
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
    if let Some(most) = fs::read_to_string("/proc/self/limits").ok().and_then(|limits| files_max(&limits)) {
        metric(text, "process_max_fds", "gauge", "Files and sockets that the process may have.", &format!(" {most}"));
    }
    if let Some(threads) = fs::read_to_string("/proc/self/stat").ok().and_then(|stat| threads(&stat)) {
        let help = "Threads of the process: workers, the blocking pool, and those of libraries.";
        metric(text, "onsale_process_threads", "gauge", help, &format!(" {threads}"));
    }
    if let Ok(runtime) = Handle::try_current() {
        of_the_runtime(text, &runtime);
    }
}

/// What tokio counts by itself; how late tasks are is measured beside (`runtime.rs`).
fn of_the_runtime(text: &mut String, runtime: &Handle) {
    let counts = runtime.metrics();
    let workers = counts.num_workers();
    let busy: f64 = (0..workers).map(|worker| counts.worker_total_busy_duration(worker).as_secs_f64()).sum();
    metric(text, "onsale_runtime_workers", "gauge", "Threads that run tasks.", &format!(" {workers}"));
    let help = "Tasks that have begun and not ended.";
    metric(text, "onsale_runtime_tasks", "gauge", help, &format!(" {}", counts.num_alive_tasks()));
    let help = "Tasks in the queue that all workers take from.";
    metric(text, "onsale_runtime_queue_depth", "gauge", help, &format!(" {}", counts.global_queue_depth()));
    let help = "Time that workers were busy, in seconds, of all workers.";
    metric(text, "onsale_runtime_busy_seconds_total", "counter", help, &format!(" {busy}"));
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

/// Field 20 of `/proc/self/stat`.
fn threads(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(17)?.parse().ok()
}

/// The soft limit of open files in `/proc/self/limits`; nothing where there is none.
fn files_max(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
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
        assert_eq!(threads(stat), Some(4));
        assert_eq!(resident_bytes("1000 25 12 3 0 90 0"), Some(102_400));
    }

    #[test]
    fn the_soft_limit_of_files_is_told_where_there_is_one() {
        let limits = "Limit            Soft Limit  Hard Limit  Units\nMax open files   1024        524288      files\n";
        assert_eq!(files_max(limits), Some(1024));
        assert_eq!(files_max(&limits.replace("1024 ", "unlimited ")), None);
    }
}
