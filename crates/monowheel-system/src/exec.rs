//! The only place that starts processes.
//!
//! A [`Call`] is a program with its arguments, environment and folder. It is either captured (short
//! probes, with a time limit) or logged (long tools: every line goes to a log file and to a callback
//! while the tool runs). Each child leads a process group of its own, so that Ctrl-C, a time limit
//! or `--fail-fast` ends the tool together with everything it started.

mod cancel;
mod empty_dir;
mod search_path;

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

pub use cancel::CancelToken;
pub use empty_dir::EmptyDir;
pub use search_path::{on_path, search_path};

use monowheel_error::{Error, ErrorKind, Result};

/// How often a waiting call looks whether it shall stop.
const TICK: Duration = Duration::from_millis(50);
/// How long a child may take to end by itself after it was asked to.
const GRACE: Duration = Duration::from_secs(3);
/// How long a pipe may stay open after the child's end (a daemon that it left behind holds it).
const DRAIN: Duration = Duration::from_secs(1);

/// A program to run, with all that it is given.
#[derive(Clone, Debug)]
pub struct Call {
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, Variable)>,
    dir: Option<PathBuf>,
    /// Keeps the directory of [`Call::in_empty_dir`].
    empty_dir: Option<EmptyDir>,
    #[cfg(unix)]
    jobs: Option<jobserver::Client>,
}

/// What becomes of an environment variable.
#[derive(Clone)]
enum Variable {
    Set(OsString),
    /// Set, and shown nowhere: in no line of a log, in no `Debug`.
    Secret(OsString),
    Removed,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Set(value) => write!(f, "Set({value:?})"),
            Self::Secret(_) => f.write_str("Secret"),
            Self::Removed => f.write_str("Removed"),
        }
    }
}

/// What a captured call printed, and how it ended.
#[derive(Clone, Debug)]
pub struct Captured {
    /// How the program ended.
    pub status: ExitStatus,
    /// Standard output, invalid UTF-8 replaced.
    pub stdout: String,
    /// Standard error, invalid UTF-8 replaced.
    pub stderr: String,
}

impl Call {
    /// A call of `program` without arguments, in this process's folder and environment.
    pub fn new(program: impl AsRef<Path>) -> Self {
        Self {
            program: program.as_ref().to_path_buf(),
            args: Vec::new(),
            env: Vec::new(),
            dir: None,
            empty_dir: None,
            #[cfg(unix)]
            jobs: None,
        }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_os_string());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_os_string()));
        self
    }

    /// Sets an environment variable of the child.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_os_string(), Variable::Set(value.as_ref().to_os_string())));
        self
    }

    /// Sets an environment variable of the child that is shown nowhere.
    #[must_use]
    pub fn secret(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_os_string(), Variable::Secret(value.as_ref().to_os_string())));
        self
    }

    /// Takes an environment variable from the child.
    #[must_use]
    pub fn without_env(mut self, name: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_os_string(), Variable::Removed));
        self
    }

    /// The folder to run in.
    #[must_use]
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.dir = Some(dir.as_ref().to_path_buf());
        self
    }

    /// Runs in an empty directory of its own, so that nothing in the current one is imported, read or run.
    ///
    /// # Errors
    /// When the directory cannot be created.
    pub fn in_empty_dir(self) -> Result<Self> {
        Ok(self.in_dir(EmptyDir::create()?))
    }

    /// Runs in this empty directory, which is there as long as the call.
    #[must_use]
    pub fn in_dir(mut self, empty: EmptyDir) -> Self {
        self.dir = Some(empty.path().to_path_buf());
        self.empty_dir = Some(empty);
        self
    }

    /// Shares the tokens of a GNU make job server with the child, so that several cargo calls
    /// together start no more compilers than there are cores.
    #[cfg(unix)]
    #[must_use]
    pub fn jobs(mut self, jobs: &jobserver::Client) -> Self {
        self.jobs = Some(jobs.clone());
        self
    }

    /// The call as a line that can be pasted into a shell: variables set, program, arguments.
    #[must_use]
    pub fn shell_line(&self) -> String {
        let vars = self.env.iter().filter_map(|(name, value)| match value {
            Variable::Set(value) => Some(format!("{}={}", name.to_string_lossy(), quoted(value))),
            Variable::Secret(_) => Some(format!("{}=…", name.to_string_lossy())),
            Variable::Removed => None,
        });
        let words =
            std::iter::once(self.program.as_os_str()).chain(self.args.iter().map(OsString::as_os_str)).map(quoted);
        vars.chain(words).collect::<Vec<_>>().join(" ")
    }

    /// Runs to the end and returns what was printed.
    ///
    /// # Errors
    /// When the program cannot be started or outlives `limit` (it is ended then).
    pub fn capture(&self, limit: Duration, stop: &CancelToken) -> Result<Captured> {
        let mut child = self.spawn(Stdio::piped(), Stdio::piped())?;
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let status = self.wait(&mut child, Some(limit), stop)?;
        let text = |pipe: mpsc::Receiver<Vec<u8>>| {
            String::from_utf8_lossy(&pipe.recv_timeout(DRAIN).unwrap_or_default()).into_owned()
        };
        Ok(Captured { status, stdout: text(stdout), stderr: text(stderr) })
    }

    /// Like [`Call::capture`], and an unsuccessful end is an error that shows the last lines.
    ///
    /// # Errors
    /// As [`Call::capture`], and when the program does not end with 0.
    pub fn stdout(&self, limit: Duration, stop: &CancelToken) -> Result<String> {
        let captured = self.capture(limit, stop)?;
        if captured.status.success() {
            return Ok(captured.stdout);
        }
        let printed = if captured.stderr.trim().is_empty() { &captured.stdout } else { &captured.stderr };
        Err(Error::new(
            ErrorKind::Tool,
            format!("{} ended with {}\n{}", self.name(), captured.status, last_lines(printed, 12)),
        ))
    }

    /// Runs to the end; every line of both streams goes to `log` and then to `on_line`.
    ///
    /// # Errors
    /// When the program cannot be started, the log cannot be written, or `stop` was set (the process
    /// group is ended first).
    pub fn logged(&self, log: &mut dyn Write, stop: &CancelToken, on_line: &mut dyn FnMut(&str)) -> Result<ExitStatus> {
        self.logged_within(None, log, stop, on_line)
    }

    /// Like [`Call::logged`], and ends a program that outlives `limit`, if there is one.
    ///
    /// # Errors
    /// As [`Call::logged`]; [`ErrorKind::Tool`] for one that was ended.
    pub fn logged_within(
        &self,
        limit: Option<Duration>,
        log: &mut dyn Write,
        stop: &CancelToken,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<ExitStatus> {
        let start = Instant::now();
        writeln!(log, "$ {}", self.shell_line())?;
        let mut child = self.spawn(Stdio::piped(), Stdio::piped())?;
        let (sender, lines) = mpsc::channel::<String>();
        forward(child.stdout.take(), sender.clone());
        forward(child.stderr.take(), sender);
        let mut ended: Option<(ExitStatus, Instant)> = None;
        loop {
            match lines.recv_timeout(TICK) {
                Ok(line) => {
                    if let Err(error) = writeln!(log, "{line}") {
                        end_group(&mut child);
                        return Err(error.into());
                    }
                    on_line(&line);
                }
                // What is still queued is read to its end; an open pipe on which nothing comes is not.
                Err(mpsc::RecvTimeoutError::Timeout) if ended.is_some_and(|(_, at)| at.elapsed() > DRAIN) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) if ended.is_none() => std::thread::sleep(TICK),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            if ended.is_none() {
                if stop.is_set() {
                    end_group(&mut child);
                    stop.check()?;
                }
                if limit.is_some_and(|limit| start.elapsed() > limit) {
                    end_group(&mut child);
                    return Err(self.overran(start));
                }
                ended = child.try_wait()?.map(|status| (status, Instant::now()));
            }
        }
        log.flush()?;
        match ended {
            Some((status, _)) => Ok(status),
            None => Ok(child.wait()?),
        }
    }

    fn overran(&self, start: Instant) -> Error {
        let seconds = start.elapsed().as_secs();
        Error::new(ErrorKind::Tool, format!("{} did not end within {seconds} s", self.name()))
    }

    fn name(&self) -> String {
        self.program.file_name().unwrap_or(self.program.as_os_str()).to_string_lossy().into_owned()
    }

    fn spawn(&self, stdout: Stdio, stderr: Stdio) -> Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        for (name, value) in &self.env {
            match value {
                Variable::Set(value) | Variable::Secret(value) => command.env(name, value),
                Variable::Removed => command.env_remove(name),
            };
        }
        self.set_search_path(&mut command);
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        #[cfg(unix)]
        {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            if let Some(jobs) = &self.jobs {
                jobs.configure(&mut command);
            }
        }
        command.spawn().map_err(|error| {
            Error::new(ErrorKind::Toolchain, format!("{} could not be started: {error}", self.name()))
                .at(self.program.display())
                .next("check that it is installed and executable; `monowheel plan` says what is used")
        })
    }

    /// Gives the child a `PATH` without relative entries ([`search_path()`]).
    fn set_search_path(&self, command: &mut Command) {
        let own = self.env.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value);
        let path = match own {
            Some(Variable::Set(value) | Variable::Secret(value)) => Some(value.clone()),
            Some(Variable::Removed) => None,
            None => std::env::var_os("PATH"),
        };
        match search_path::without_relative(path) {
            // An empty PATH is the current directory; without one, the system's own directories are searched.
            Some(path) if path.is_empty() => command.env_remove("PATH"),
            Some(path) => command.env("PATH", path),
            None => command,
        };
    }

    fn wait(&self, child: &mut Child, limit: Option<Duration>, stop: &CancelToken) -> Result<ExitStatus> {
        let start = Instant::now();
        let mut nap = Duration::from_millis(1);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if stop.is_set() {
                end_group(child);
                stop.check()?;
            }
            if limit.is_some_and(|limit| start.elapsed() > limit) {
                end_group(child);
                return Err(self.overran(start));
            }
            std::thread::sleep(nap);
            nap = (nap * 2).min(TICK);
        }
    }
}

/// Asks the child's whole process group to end, and makes it after a grace period.
fn end_group(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
        let _ = kill_process_group(group, Signal::TERM);
        let start = Instant::now();
        while start.elapsed() < GRACE && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(TICK);
        }
        // Also when the leader is gone: what it started may have ignored the first signal.
        let _ = kill_process_group(group, Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = child.kill();
    let _ = child.wait();
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

fn forward(pipe: Option<impl Read + Send + 'static>, lines: mpsc::Sender<String>) {
    let Some(pipe) = pipe else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n') {
            let Ok(line) = line else { break };
            let text = String::from_utf8_lossy(&line);
            if lines.send(text.trim_end_matches('\r').to_owned()).is_err() {
                break;
            }
        }
    });
}

/// The last `count` lines that are not empty.
#[must_use]
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// A word as a POSIX shell reads it back.
///
/// The `shlex` crate quotes it where that is necessary. It would also quote `x==1.0` and `--target=x`, which no shell
/// changes; these stay bare, as in Python's `shlex.quote`, because people read and paste such commands.
#[must_use]
pub fn quoted(word: impl AsRef<OsStr>) -> String {
    let word = word.as_ref().to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%".contains(c);
    // zsh replaces `=ls` by the path of ls.
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(is_plain) {
        return word.into_owned();
    }
    // The only error is a NUL, which no argument of a program can have.
    shlex::Quoter::new().allow_nul(true).quote(&word).unwrap_or_default().into_owned()
}

/// The file name of a program on this system.
#[must_use]
pub fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    #[test]
    fn captures_both_streams() -> Result<()> {
        let out =
            Call::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]).capture(LIMIT, &CancelToken::default())?;
        assert_eq!((out.stdout.as_str(), out.stderr.as_str(), out.status.code()), ("out\n", "err\n", Some(3)));
        Ok(())
    }

    #[test]
    fn a_time_limit_ends_the_whole_group() {
        let start = Instant::now();
        let call = Call::new("sh").args(["-c", "sleep 60 & sleep 60"]);
        let error = call.capture(Duration::from_millis(200), &CancelToken::default()).err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Tool));
        assert!(start.elapsed() < LIMIT);
    }

    #[test]
    fn a_time_limit_ends_a_logged_call_and_keeps_what_it_said() {
        let mut log = Vec::new();
        let call = Call::new("sh").args(["-c", "echo begun; sleep 62 & sleep 62"]);
        let limit = Some(Duration::from_millis(300));
        let error = call.logged_within(limit, &mut log, &CancelToken::default(), &mut |_| {}).err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Tool));
        assert!(String::from_utf8_lossy(&log).ends_with("begun\n"));
    }

    #[test]
    fn stop_ends_a_logged_call_and_what_it_started() -> Result<()> {
        let stop = CancelToken::default();
        let seen = stop.clone();
        let mut log = Vec::new();
        let call = Call::new("sh").args(["-c", "sleep 61 & echo $!; wait"]);
        let mut pid = String::new();
        let error = call.logged(&mut log, &stop, &mut |line| {
            line.clone_into(&mut pid);
            seen.set();
        });
        assert_eq!(error.err().map(|error| error.kind()), Some(ErrorKind::Interrupted));
        assert!(!pid.is_empty());
        // A zombie whose parent is gone may linger for a moment; it must not be running.
        let state = Call::new("ps").args(["-o", "stat=", "-p", &pid]).capture(LIMIT, &CancelToken::default())?;
        assert!(state.stdout.trim().is_empty() || state.stdout.trim().starts_with('Z'), "{}", state.stdout);
        Ok(())
    }

    #[test]
    fn a_daemon_that_holds_the_pipe_does_not_hold_us() -> Result<()> {
        let start = Instant::now();
        let status = Call::new("sh").args(["-c", "sleep 30 & echo done"]).logged(
            &mut Vec::new(),
            &CancelToken::default(),
            &mut |_| {},
        )?;
        assert!(status.success());
        assert!(start.elapsed() < Duration::from_secs(10));
        Ok(())
    }

    #[test]
    fn a_secret_reaches_the_child_and_nothing_else() -> Result<()> {
        let call = Call::new("sh").args(["-c", "test \"$TOKEN\" = pypi-x"]).secret("TOKEN", "pypi-x");
        let mut log = Vec::new();
        assert!(call.logged(&mut log, &CancelToken::default(), &mut |_| {})?.success());
        let said = format!("{call:?}\n{}", String::from_utf8_lossy(&log));
        assert!(said.contains("TOKEN=…") && !said.contains("=pypi-x"), "{said}");
        assert!(!said.contains("Secret(\"pypi-x"), "{said}");
        Ok(())
    }

    #[test]
    fn quotes_what_a_shell_would_split() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r#""it's""#);
        assert_eq!(quoted(""), "''");
        for bare in ["--target=x", "x==1.0", "-Wl,-x", "/a/b.c:d@e+f%g"] {
            assert_eq!(quoted(bare), bare);
        }
        for odd in ["=ls", "$HOME", "it's $x!", "a\"b'c`d`\\", "~", "*", "a;b", "a\nb", "\u{e9} x", "{a,b}", "a^b", "#"]
        {
            let words = shlex::split(&quoted(odd));
            assert_eq!(words, Some(vec![odd.to_owned()]));
            let call = Call::new("sh").arg("-c").arg(format!("printf %s {}", quoted(odd)));
            assert_eq!(call.stdout(LIMIT, &CancelToken::default()).unwrap(), odd.trim(), "{}", quoted(odd));
        }
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Call::new("/no/such/tool").capture(LIMIT, &CancelToken::default()).err();
        assert!(error.is_some_and(|error| error.to_string().contains("/no/such/tool")));
    }
}
