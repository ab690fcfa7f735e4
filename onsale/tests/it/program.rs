//! Runs the executable with settings of a test's own and no others.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(crate) const SECRET: &str = "for tests only: thirty-two characters and more";

/// The executable, in a folder of its own, with nothing of this process's settings but where programs are.
pub(crate) fn onsale(arguments: &[&str], settings: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onsale"));
    command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("ONSALE_HOME", home()).env("RUST_LOG", "warn");
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    onsale(arguments, &settings).output().expect("the executable runs")
}

/// What it said, out and err.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-home")
}

/// A running executable; told to stop when it goes.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(arguments: &[&str], settings: &[(String, String)]) -> Self {
        Self::saying_to(arguments, settings, Stdio::inherit())
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// In a process that may have so many files.
    pub(crate) fn with_files(files: u32, arguments: &[&str], settings: &[(String, String)]) -> Self {
        let command = onsale(arguments, settings);
        let mut limited = Command::new("/bin/sh");
        limited.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")]);
        limited.arg(command.get_program()).args(command.get_args()).env_clear();
        limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self(limited.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("sh starts"))
    }

    /// Its log goes there.
    pub(crate) fn saying_to(arguments: &[&str], settings: &[(String, String)], log: Stdio) -> Self {
        let mut command = onsale(arguments, settings);
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().expect("the executable starts"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _may_have_ended = Command::new("/bin/sh").args(["-c", &format!("kill -TERM {}", self.0.id())]).status();
        let deadline = Instant::now() + Duration::from_secs(20);
        while matches!(self.0.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _has_ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}
