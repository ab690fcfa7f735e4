//! How late the runtime is: a task that is woken, and one of the blocking pool, are timed once a second. Both grow when
//! something keeps a worker for long, when there is more to do than processors, or when the pool is full.

use std::time::Duration;
use tokio::time::Instant;

const PROBED_EVERY: Duration = Duration::from_secs(1);

/// Measures for as long as it is polled; it never ends.
pub(crate) async fn probe() {
    let timer = metrics::histogram!("onsale_runtime_delay_seconds", "kind" => "timer");
    let blocking = metrics::histogram!("onsale_runtime_delay_seconds", "kind" => "blocking");
    loop {
        let due = Instant::now() + PROBED_EVERY;
        tokio::time::sleep_until(due).await;
        timer.record(due.elapsed());
        let asked = Instant::now();
        // It only fails where the runtime ends.
        if tokio::task::spawn_blocking(|| ()).await.is_ok() {
            blocking.record(asked.elapsed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder;

    #[tokio::test(start_paused = true)]
    async fn both_delays_are_measured() {
        let recorder = recorder::recorder("test").expect("buckets are right");
        let _local = metrics::set_default_local_recorder(&recorder);
        let _it_never_ends = tokio::time::timeout(PROBED_EVERY * 2, probe()).await;
        let text = recorder.handle().render();
        for kind in ["timer", "blocking"] {
            let count = format!("onsale_runtime_delay_seconds_count{{process=\"test\",kind=\"{kind}\"}} ");
            let counted = text.lines().find_map(|line| line.strip_prefix(&count)).expect(kind);
            assert!(counted.parse::<u32>().expect("a number") >= 1, "{text}");
        }
    }
}
