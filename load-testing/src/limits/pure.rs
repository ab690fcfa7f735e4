//! What one processor and the disk do by themselves: JSON, signatures, `fdatasync`.

use anyhow::{Context, ensure};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use onsale_core::api::queue::QueueStatus;
use std::fs::File;
use std::hint::black_box;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes that are written before each `fdatasync`: a page of PostgreSQL's.
const PAGE: usize = 8 << 10;
/// Between two looks at the clock.
const STEP: u32 = 16;
/// About the signed part of an access token.
const SIGNED_BYTES: usize = 420;

const STATUS: &str = r#"{"state":"waiting","number":48211,"nowServing":20311,"ahead":27899,"wait":{"fromSeconds":240,"toSeconds":420},"startsAt":"2035-01-01T10:00:00Z","paused":false,"signInNeeded":false,"askAgainSeconds":10}"#;

/// How often something is done in a second, by one thread.
///
/// # Errors
/// When it fails once.
pub fn per_second(time: Duration, mut what: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < time {
        for _ in 0..STEP {
            what()?;
        }
        done += STEP;
    }
    Ok(f64::from(done) / began.elapsed().as_secs_f64())
}

/// Statuses of a waiting room that are read from JSON and written to it, a second.
///
/// # Errors
/// When the example is no status.
pub fn json(time: Duration) -> anyhow::Result<f64> {
    per_second(time, || {
        let status: QueueStatus = serde_json::from_str(black_box(STATUS)).context("read a status")?;
        black_box(serde_json::to_vec(&status)?);
        Ok(())
    })
}

/// Ed25519 signatures that are verified, a second.
///
/// # Errors
/// When a good one is refused, or a bad one is taken.
pub fn verifies(time: Duration) -> anyhow::Result<f64> {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public: VerifyingKey = key.verifying_key();
    let message = vec![b'm'; SIGNED_BYTES];
    let signature = key.sign(&message);
    ensure!(public.verify_strict(&message[1..], &signature).is_err(), "a wrong signature was taken");
    per_second(time, || public.verify_strict(black_box(&message), &signature).context("a good signature was refused"))
}

/// `fdatasync`s a second, each after a page was written at the same place of a file.
///
/// # Errors
/// When the folder cannot be written to.
pub fn fsyncs(folder: &Path, time: Duration) -> anyhow::Result<f64> {
    let path = folder.join("fsync");
    let mut file = File::create(&path).with_context(|| format!("write {}", path.display()))?;
    let page = vec![1; PAGE];
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < time {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&page)?;
        file.sync_data()?;
        done += 1;
    }
    let took = began.elapsed();
    std::fs::remove_file(&path)?;
    Ok(f64::from(done) / took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_counted_and_what_fails_is_told() {
        let mut done = 0.0;
        let began = Instant::now();
        let rate = per_second(Duration::from_millis(30), || {
            done += 1.0;
            std::thread::sleep(Duration::from_micros(100));
            Ok(())
        });
        let counted = done / began.elapsed().as_secs_f64();
        assert!((rate.expect("it ran") / counted - 1.0).abs() < 0.1);
        assert!(per_second(Duration::from_millis(5), || anyhow::bail!("no")).is_err());
    }

    #[test]
    fn the_processor_and_the_disk_have_rates() {
        let short = Duration::from_millis(20);
        assert!(json(short).expect("JSON") > 100.0);
        assert!(verifies(short).expect("signatures") > 10.0);
        assert!(fsyncs(&std::env::temp_dir(), short).expect("a file") > 1.0);
    }
}
