//! Little of what a process needs: memory, by a control group of Linux, and room on the disk, by a small file system in
//! memory. Both need root; without, their rows cannot be run.

use anyhow::{Context, ensure};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where control groups of either version are.
const GROUPS: [(&str, &str); 2] =
    [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")];
/// Room for PostgreSQL's data with a few runs of a row in it, in MiB.
const DISK_MIB: usize = 1536;
const MIB: usize = 1 << 20;

/// Processes that get so much more memory and no more; what they have stays theirs.
pub struct Memory {
    root: PathBuf,
    group: PathBuf,
}

impl Memory {
    /// Whether there are control groups that this process may make.
    #[must_use]
    pub fn can_be_short() -> bool {
        Self::open("onsale-chaos-probe", MIB).map(Self::close).is_ok_and(|closed| closed.is_ok())
    }

    /// A group that may take so many bytes.
    ///
    /// # Errors
    /// Where no group can be made.
    pub fn open(name: &str, bytes: usize) -> anyhow::Result<Self> {
        let (root, limit) = GROUPS
            .into_iter()
            .find(|(root, limit)| {
                limit.ends_with("bytes") == Path::new(root).join(limit).exists() && Path::new(root).exists()
            })
            .context("there are no control groups")?;
        let group = Path::new(root).join(name);
        fs::create_dir_all(&group)?;
        let memory = Self { root: root.into(), group };
        fs::write(memory.group.join(limit), bytes.to_string()).context("limit a group's memory")?;
        Ok(memory)
    }

    /// Puts a process in.
    ///
    /// # Errors
    /// When it has ended.
    pub fn hold(&self, process: u32) -> anyhow::Result<()> {
        fs::write(self.group.join("cgroup.procs"), process.to_string()).context("put a process into a group")
    }

    /// Lets all out.
    ///
    /// # Errors
    /// When the group cannot be removed.
    pub fn close(self) -> anyhow::Result<()> {
        for process in fs::read_to_string(self.group.join("cgroup.procs"))?.lines() {
            // It may have ended since.
            let _let_out = fs::write(self.root.join("cgroup.procs"), process);
        }
        fs::remove_dir(&self.group).context("remove a group")
    }
}

/// A small disk.
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts it at a folder, which is made.
    ///
    /// # Errors
    /// When that is not allowed.
    pub fn mount(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let size = format!("size={DISK_MIB}m,mode=0755");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "onsale-chaos"]).arg(folder).output()?;
        ensure!(mounted.status.success(), "mount: {}", String::from_utf8_lossy(&mounted.stderr).trim());
        Ok(Self(folder.to_owned()))
    }

    /// Whether one can be mounted below a folder.
    #[must_use]
    pub fn can_be_mounted(home: &Path) -> bool {
        Self::mount(&home.join("disk-probe")).is_ok()
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Fills it to the last byte.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn fill(&self) -> anyhow::Result<()> {
        let mut file = File::create(self.ballast())?;
        for size in [MIB, 4096] {
            let bytes = vec![0; size];
            for _ in 0..2 * DISK_MIB {
                match file.write_all(&bytes) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error).context("fill the disk"),
                }
            }
        }
        Ok(())
    }

    /// Gives the room back.
    ///
    /// # Errors
    /// When it cannot be.
    pub fn empty(&self) -> anyhow::Result<()> {
        fs::remove_file(self.ballast()).context("empty the disk")
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: whoever still has a file there may end first.
        let _unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
