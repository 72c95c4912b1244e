//! A command that runs while it is watched.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, Captured, on_path};
use monowheel_system::threads;
use tempfile::TempDir;

/// A shell that writes the number of its process, and becomes the command.
const REPORT_ID: &str = "echo $$ >\"$1\"; shift; exec \"$@\"";
/// How long a shell may take to start.
const START: Duration = Duration::from_secs(20);
/// More processes of bubblewrap than one sandbox has.
const SANDBOX: usize = 4;
const TICK: Duration = Duration::from_millis(20);

/// A command that was started. It ends when this is dropped, with everything that it started.
pub(crate) struct Running {
    /// The number of its process.
    pub(crate) id: u32,
    ended: Receiver<Result<Captured>>,
    cancel: CancelToken,
    _folder: TempDir,
}

impl Running {
    /// Starts a command that was typed, which may run for `limit`.
    pub(crate) fn start(words: &[String], limit: Duration, stop: &CancelToken) -> Result<Self> {
        let Some((program, rest)) = words.split_first() else {
            return Err(Error::new(ErrorKind::Usage, "no command").next("write it after --"));
        };
        let path = if program.contains('/') { Some(std::path::absolute(program)?) } else { on_path(program) };
        let path: PathBuf = path.filter(|path| path.is_file()).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("there is no program {program}"))
                .next("name it by its path, or activate the environment that has it")
        })?;
        Self::of(Call::new(path).args(rest), limit, stop)
    }

    /// Starts a call, which may run for `limit`.
    pub(crate) fn of(call: Call, limit: Duration, stop: &CancelToken) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("monowheel-debug-").tempdir()?;
        let file = folder.path().join("id");
        let words = ["-c".as_ref(), REPORT_ID.as_ref(), "sh".as_ref(), file.as_os_str()];
        let call = call.within("/bin/sh", words);
        let cancel = stop.below();
        let (sender, ended) = sync_channel(1);
        let token = cancel.clone();
        threads::spawn(move || sender.send(call.capture(limit, &token)))?;
        let mut running = Self { id: 0, ended, cancel, _folder: folder };
        let begin = Instant::now();
        while running.id == 0 {
            stop.wait(TICK)?;
            let text = fs_err::read_to_string(&file).unwrap_or_default();
            // The line is complete with its end.
            running.id = text.strip_suffix('\n').and_then(|text| text.parse().ok()).unwrap_or_default();
            if begin.elapsed() > START {
                return Err(Error::new(ErrorKind::Tool, "the command did not start").next("check that /bin/sh works"));
            }
        }
        Ok(running)
    }

    /// The number of the process in a sandbox: bubblewrap starts itself once more, then the program.
    pub(crate) fn inside(&self) -> u32 {
        let mut id = self.id;
        for _ in 0..SANDBOX {
            let read = |name: &str| fs_err::read_to_string(format!("/proc/{id}/{name}")).unwrap_or_default();
            let child = read(&format!("task/{id}/children"));
            match child.split_whitespace().next().and_then(|child| child.parse().ok()) {
                Some(child) if read("comm").trim() == "bwrap" => id = child,
                _ => break,
            }
        }
        id
    }

    /// What it printed and how it ended, if it has.
    pub(crate) fn poll(&self) -> Result<Option<Captured>> {
        match self.ended.recv_timeout(TICK) {
            Ok(captured) => captured.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Error::new(ErrorKind::Io, "the command ended without a result")),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel.set();
        // It ends the process first. The wait is bounded by the time that a process gets to end.
        let _ = self.ended.recv_timeout(START);
    }
}
