//! Log lines go through a bounded queue to a thread that writes them to standard error: a full disk or a
//! pipe that nobody reads loses lines, which are counted, and never stops a request.

use crate::settings::LogFormat;
use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::{Layer, Registry};

/// Lines that may wait for a writer that is slow.
const LINES_WAITING_MAX: usize = 8192;

enum Message {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// The thread that writes.
pub(crate) struct Writer(SyncSender<Message>);

impl Writer {
    /// Waits until what was logged before is written, for `limit` at most.
    pub(crate) fn flush(&self, limit: Duration) {
        let (done, written) = sync_channel(1);
        if self.0.try_send(Message::Flush(done)).is_ok() {
            let _gave_up = written.recv_timeout(limit);
        }
    }
}

/// Gives each event a buffer that becomes one line of the queue.
#[derive(Clone)]
pub(crate) struct Lines(SyncSender<Message>);

/// One event's line.
pub(crate) struct Line {
    buffer: Vec<u8>,
    queue: SyncSender<Message>,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let line = std::mem::take(&mut self.buffer);
        if self.queue.try_send(Message::Line(line)).is_err() {
            metrics::counter!("onsale_log_lines_dropped_total").increment(1);
        }
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { buffer: Vec::with_capacity(256), queue: self.0.clone() }
    }
}

/// Starts the thread that writes to standard error.
pub(crate) fn spawn() -> io::Result<(Writer, Lines)> {
    spawn_to(io::stderr())
}

fn spawn_to(output: impl Write + Send + 'static) -> io::Result<(Writer, Lines)> {
    let (queue, lines) = sync_channel(LINES_WAITING_MAX);
    std::thread::Builder::new().name("logs".to_owned()).spawn(move || write_all(&lines, output))?;
    Ok((Writer(queue.clone()), Lines(queue)))
}

fn write_all(lines: &Receiver<Message>, mut output: impl Write) {
    while let Ok(message) = lines.recv() {
        match message {
            // A line that cannot be written is lost: there is nowhere to say so.
            Message::Line(line) => drop(output.write_all(&line)),
            Message::Flush(done) => {
                let _nowhere_to_say = output.flush();
                let _gone = done.try_send(());
            }
        }
    }
}

/// Formats events as lines.
pub(crate) fn layer(format: LogFormat, lines: Lines) -> Box<dyn Layer<Registry> + Send + Sync> {
    let layer = tracing_subscriber::fmt::layer().with_writer(lines);
    match format {
        LogFormat::Pretty => layer.with_ansi(io::stderr().is_terminal()).with_target(true).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Instant;

    /// A pipe that nobody reads.
    struct Stuck(std::sync::mpsc::Receiver<()>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _never = self.0.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A disk with no room left.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_pipe_that_nobody_reads_stops_nobody() {
        let (release, stuck) = channel();
        let (writer, lines) = spawn_to(Stuck(stuck)).expect("a thread");
        let began = Instant::now();
        for _ in 0..LINES_WAITING_MAX * 2 {
            lines.make_writer().write_all(b"a line\n").expect("buffered");
        }
        writer.flush(Duration::from_millis(10));
        assert!(began.elapsed() < Duration::from_secs(5), "took {:?}", began.elapsed());
        drop(release);
    }

    #[test]
    fn a_full_disk_stops_nobody() {
        let (writer, lines) = spawn_to(Full).expect("a thread");
        lines.make_writer().write_all(b"lost\n").expect("buffered");
        let began = Instant::now();
        writer.flush(Duration::from_secs(5));
        assert!(began.elapsed() < Duration::from_secs(4), "the thread ended at its first error");
    }

    #[test]
    fn lines_come_whole_and_in_order() {
        let path = std::env::temp_dir().join(format!("onsale-logs-{}", std::process::id()));
        let (writer, lines) = spawn_to(std::fs::File::create(&path).expect("a file")).expect("a thread");
        for n in 0..100 {
            writeln!(lines.make_writer(), "line {n}").expect("buffered");
        }
        writer.flush(Duration::from_secs(5));
        let text = std::fs::read_to_string(&path).expect("written");
        std::fs::remove_file(&path).expect("removed");
        let expected: String = (0..100).map(|n| format!("line {n}\n")).collect();
        assert_eq!(text, expected);
    }
}
