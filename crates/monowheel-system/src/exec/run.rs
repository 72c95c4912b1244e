//! Running a call to its end.

use std::io::Write;
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};

use super::output::{COMPLETE, Collected, Log, lines_of};
use super::process::Process;
use super::{Call, CancelToken, Captured, last_lines};

/// How often a waiting call checks the stop flag.
const TICK: Duration = Duration::from_millis(50);
/// How long an open pipe may be silent after the child has ended (a daemon that it started holds it open).
const DRAIN: Duration = Duration::from_secs(1);
/// How long a pipe is read after the child has ended: such a daemon may print without end.
const OVER: Duration = Duration::from_secs(5);

impl Call {
    /// Runs to the end and returns the output: of more than 2 MiB in a stream, the first and the last part.
    ///
    /// # Errors
    /// When the program cannot be started or exceeds `limit` (then it is killed).
    pub fn capture(&self, limit: Duration, stop: &CancelToken) -> Result<Captured> {
        self.collected(limit, stop, false)
    }

    /// Runs to the end on this terminal: the program reads from it, and Ctrl-C is the program's.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn on_terminal(&self) -> Result<ExitStatus> {
        let mut command = self.command();
        command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
        // Not in a process group of its own: only the foreground group can read from a terminal.
        command.status().map_err(|error| {
            Error::new(ErrorKind::Toolchain, format!("{} could not be started: {error}", self.name()))
                .at(self.program.display())
                .next("check that it is installed and executable")
        })
    }

    /// Like [`Call::capture`], for output that a program reads completely. An unsuccessful exit is an error that shows
    /// the last lines.
    ///
    /// # Errors
    /// As [`Call::capture`], when the program does not exit with 0, and when it prints more than 64 MiB.
    pub fn stdout(&self, limit: Duration, stop: &CancelToken) -> Result<String> {
        let captured = self.collected(limit, stop, true)?;
        if captured.status.success() {
            return Ok(captured.stdout);
        }
        let printed = if captured.stderr.trim().is_empty() { &captured.stdout } else { &captured.stderr };
        Err(Error::new(
            ErrorKind::Tool,
            format!("{} ended with {}\n{}", self.name(), captured.status, last_lines(printed, 12)),
        ))
    }

    fn collected(&self, limit: Duration, stop: &CancelToken, all: bool) -> Result<Captured> {
        let mut process = self.spawn()?;
        let (Some(stdout), Some(stderr)) = (process.stdout(), process.stderr()) else {
            return Err(Error::new(ErrorKind::Tool, format!("{} has no pipes", self.name())));
        };
        let stdout = if all { Collected::all_of(stdout)? } else { Collected::ends_of(stdout)? };
        let stderr = Collected::ends_of(stderr)?;
        let is_over = || all && stdout.is_over();
        let status = self.wait(&mut process, limit, stop, &is_over)?;
        let captured = Captured { status, stdout: stdout.text(DRAIN), stderr: stderr.text(DRAIN) };
        if is_over() { Err(self.printed_too_much()) } else { Ok(captured) }
    }

    fn wait(
        &self,
        process: &mut Process,
        limit: Duration,
        stop: &CancelToken,
        is_over: &dyn Fn() -> bool,
    ) -> Result<ExitStatus> {
        let start = Instant::now();
        let mut nap = Duration::from_millis(1);
        loop {
            if let Some(status) = process.poll()? {
                return Ok(status);
            }
            stop.check()?;
            if is_over() {
                return Err(self.printed_too_much());
            }
            if start.elapsed() > limit {
                return Err(self.overran(start));
            }
            std::thread::sleep(nap);
            nap = (nap * 2).min(TICK);
        }
    }

    /// Runs to the end; every line of both streams goes to `log` and then to `on_line`. A line of more than 64 KiB is
    /// truncated. A log of more than 256 MiB continues with the last MiB of the output.
    ///
    /// # Errors
    /// When the program cannot be started, the log cannot be written, or `stop` was set (the process
    /// group is killed first).
    pub fn logged(&self, log: &mut dyn Write, stop: &CancelToken, on_line: &mut dyn FnMut(&str)) -> Result<ExitStatus> {
        self.logged_within(None, log, stop, on_line)
    }

    /// Like [`Call::logged`], and kills a program that exceeds `limit`, if there is one.
    ///
    /// # Errors
    /// As [`Call::logged`]; [`ErrorKind::Tool`] for one that was killed.
    pub fn logged_within(
        &self,
        limit: Option<Duration>,
        log: &mut dyn Write,
        stop: &CancelToken,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<ExitStatus> {
        writeln!(log, "$ {}", self.shell_line())?;
        let mut log = Log::new(log);
        let ended = self.followed(limit, stop, &mut |line| {
            log.line(line)?;
            on_line(line);
            Ok(())
        });
        log.end()?;
        ended
    }

    fn followed(
        &self,
        limit: Option<Duration>,
        stop: &CancelToken,
        on_line: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<ExitStatus> {
        let start = Instant::now();
        let mut process = self.spawn()?;
        let lines = lines_of(process.stdout(), process.stderr())?;
        let mut ended: Option<(ExitStatus, Instant)> = None;
        loop {
            let since_end = ended.map_or(Duration::ZERO, |(_, at)| at.elapsed());
            match lines.recv_timeout(TICK) {
                Ok(line) => on_line(&line)?,
                Err(RecvTimeoutError::Timeout) if since_end > DRAIN => break,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) if ended.is_none() => std::thread::sleep(TICK),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if since_end > OVER {
                break;
            }
            if ended.is_none() {
                stop.check()?;
                if limit.is_some_and(|limit| start.elapsed() > limit) {
                    return Err(self.overran(start));
                }
                ended = process.poll()?.map(|status| (status, Instant::now()));
            }
        }
        match ended {
            Some((status, _)) => Ok(status),
            None => Ok(process.wait()?),
        }
    }

    fn overran(&self, start: Instant) -> Error {
        let seconds = start.elapsed().as_secs();
        Error::new(ErrorKind::Tool, format!("{} did not finish within {seconds} s", self.name()))
    }

    fn printed_too_much(&self) -> Error {
        let most = monowheel_error::text::bytes(COMPLETE as u64);
        Error::new(ErrorKind::Tool, format!("{} printed more than the limit of {most}", self.name()))
    }
}
