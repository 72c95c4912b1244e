//! A child process, and all of its descendants.

use std::io;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus};
use std::time::{Duration, Instant};

use super::leash::{self, Leash};

/// The poll interval for a process that was asked to terminate.
const TICK: Duration = Duration::from_millis(20);
/// How long a process may take to terminate after it was asked to.
const GRACE: Duration = Duration::from_secs(3);

/// A process in a separate group. It ends when this is dropped, or when monowheel ends for any reason.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    leash: Leash,
    ended: bool,
}

impl Process {
    pub(super) fn spawn(mut command: Command) -> io::Result<Self> {
        let (leash, child) = leash::spawn(&mut command)?;
        Ok(Self { child, leash, ended: false })
    }

    pub(super) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    pub(super) fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Its exit status, if it has ended.
    pub(super) fn poll(&mut self) -> io::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        self.ended |= status.is_some();
        Ok(status)
    }

    /// Waits for its end.
    pub(super) fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.ended = true;
        Ok(status)
    }

    /// Asks the whole group to terminate, and kills it after a grace period.
    pub(super) fn end(&mut self) {
        if self.leash.ask(&self.child) {
            let start = Instant::now();
            while start.elapsed() < GRACE && matches!(self.child.try_wait(), Ok(None)) {
                std::thread::sleep(TICK);
            }
        }
        // Even if the leader has ended: its children may have ignored the first signal.
        self.leash.kill(&mut self.child);
        let _ = self.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.ended {
            self.end();
        }
    }
}
