//! gdb, py-spy and perf, if installed: each is tried on a Python process started for it, for one frame.
//!
//! Whether they work depends on the kernel (`ptrace_scope`, `perf_event_paranoid`, a container's seccomp filter), not
//! only on being installed. They do not affect builds: a failure is a note.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::on_path;
use monowheel_system::exec::{Call, CancelToken, Captured, last_lines};
use monowheel_system::python;
use monowheel_system::threads;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

/// Time limit for a tool; gdb reads the symbols of every library first.
const LIMIT: Duration = Duration::from_secs(60);
/// Time limit for the Python to start.
const START: Duration = Duration::from_secs(20);
/// The process to debug: it prints its PID, does work for perf, and exits by itself eventually.
const WORK: &str = "import os, time\nprint(os.getpid(), flush=True)\nend = time.monotonic() + 200\nwhile time.monotonic() < end:\n    sum(range(20000))\n    time.sleep(0.001)\n";

pub(super) const CHECK: CheckKind = CheckKind {
    name: "debugger",
    why: "crashes are easier to find with a debugger, but the system may not allow it to attach",
    look,
};

/// A tool and how to use it for one frame.
struct Tool {
    name: &'static str,
    /// Its arguments: the PID, and a directory to write to.
    words: fn(u32, &Path) -> Vec<String>,
    /// Whether its output shows that it worked.
    saw: fn(&str, &Path) -> bool,
    /// What it did.
    did: &'static str,
    /// How to allow it.
    fix: &'static str,
}

const PTRACE: &str = "allow it to attach: sysctl kernel.yama.ptrace_scope=0, or in a container --cap-add SYS_PTRACE";

const TOOLS: [Tool; 3] = [
    Tool {
        name: "gdb",
        words: |pid, _| {
            // Without the user's settings, and without querying a server for symbols.
            let start = ["-nx", "-q", "-batch", "-iex", "set debuginfod enabled off", "-p"].map(str::to_owned);
            start.into_iter().chain([pid.to_string(), "-ex".to_owned(), "backtrace 1".to_owned()]).collect()
        },
        saw: |printed, _| printed.lines().any(|line| line.starts_with("#0 ")),
        did: "attached to a test process and read a frame",
        fix: PTRACE,
    },
    Tool {
        name: "py-spy",
        words: |pid, _| ["dump", "--pid"].map(str::to_owned).into_iter().chain([pid.to_string()]).collect(),
        saw: |printed, _| printed.lines().any(|line| line.contains("<module>")),
        did: "attached to a test process and read its Python stack",
        fix: PTRACE,
    },
    Tool {
        name: "perf",
        words: |pid, folder| {
            let out = folder.join("perf.data").to_string_lossy().into_owned();
            let words = ["record", "--quiet", "--output", &out, "--pid", &pid.to_string(), "--", "sleep", "0.3"];
            words.map(str::to_owned).to_vec()
        },
        saw: |_, folder| fs_err::metadata(folder.join("perf.data")).is_ok_and(|file| file.len() > 0),
        did: "recorded a test process",
        fix: "allow it to sample: sysctl kernel.perf_event_paranoid=1",
    },
];

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let mut here: Vec<(&Tool, PathBuf)> = Vec::new();
    let mut checks = Vec::new();
    for tool in &TOOLS {
        match on_path(tool.name) {
            Some(path) => here.push((tool, path)),
            None => checks.push(Check::new(tool.name, State::Skipped, "not installed")),
        }
    }
    if here.is_empty() {
        return Ok(checks);
    }
    let python = context.machine.python.as_deref().ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "no Python to test the debuggers with")
            .next("run python3 -m monowheel doctor with a Python")
    })?;
    checks.extend(on_a_process(python, context.stop, &|pid, folder| {
        here.iter().map(|(tool, path)| used(tool, path, pid, folder, context.stop)).collect()
    })?);
    Ok(checks)
}

/// Starts the Python, passes on its PID, and ends it.
fn on_a_process(
    python: &Path,
    stop: &CancelToken,
    act: &dyn Fn(u32, &Path) -> Result<Vec<Check>>,
) -> Result<Vec<Check>> {
    let folder = tempfile::Builder::new().prefix("monowheel-doctor-").tempdir()?;
    let call = python::script(python, WORK)?;
    // A separate stop for the process: it ends with the tools, or with everything.
    let over = stop.below();
    let (sender, numbers) = mpsc::channel::<String>();
    std::thread::scope(|scope| {
        let running = threads::scoped(scope, {
            let over = over.clone();
            move || {
                call.logged(&mut std::io::sink(), &over, &mut |line| {
                    let _ = sender.send(line.to_owned());
                })
            }
        })?;
        let number = numbers.recv_timeout(START).ok().and_then(|line| line.trim().parse().ok());
        let acted =
            match number {
                Some(pid) => act(pid, folder.path()),
                None => Err(Error::new(ErrorKind::Tool, "the Python to test the debuggers with did not start")
                    .at(python.display())),
            };
        over.set();
        let _ = running.join();
        stop.check()?;
        acted
    })
}

fn used(tool: &Tool, path: &Path, pid: u32, folder: &Path, stop: &CancelToken) -> Result<Check> {
    // gdb reads commands from the directory that it runs in.
    let told = Call::new(path).args((tool.words)(pid, folder)).in_empty_dir()?.capture(LIMIT, stop);
    if let Err(error) = &told {
        if error.kind() == ErrorKind::Interrupted {
            return Err(error.clone());
        }
    }
    Ok(judge(tool, told, folder))
}

fn judge(tool: &Tool, told: Result<Captured>, folder: &Path) -> Check {
    let cannot = |why: &str| {
        Check::new(tool.name, State::Note, format!("installed, but does not work here\n{why}")).fix(Fix::told(tool.fix))
    };
    match told {
        Ok(told) if told.status.success() && (tool.saw)(&told.stdout, folder) => {
            Check::new(tool.name, State::Ok, tool.did)
        }
        Ok(told) => {
            let printed = if told.stderr.trim().is_empty() { &told.stdout } else { &told.stderr };
            cannot(&last_lines(printed, 3))
        }
        Err(error) => cannot(error.what()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn told(script: &str) -> Result<Captured> {
        Call::new("sh").args(["-c", script]).capture(START, &CancelToken::default())
    }

    #[test]
    fn a_tool_that_ends_well_and_saw_nothing_does_not_work() {
        let (gdb, none) = (&TOOLS[0], Path::new("/none"));
        // gdb -batch exits with 0 even if it could not attach.
        let check = judge(gdb, told("echo 'ptrace: Operation not permitted.' >&2"), none);
        assert!(check.state == State::Note && check.said.contains("not permitted"), "{check:?}");
        assert_eq!(judge(gdb, told("echo '#0  0x1 in poll ()'"), none).state, State::Ok);
        assert_eq!(judge(gdb, told("echo '#0  x'; exit 1"), none).state, State::Note);
        let slow = judge(gdb, Err(Error::new(ErrorKind::Tool, "gdb did not finish within 60 s")), none);
        assert!(slow.state == State::Note && slow.said.contains("60 s"), "{slow:?}");
        // perf prints nothing on success: its output file counts.
        assert_eq!(judge(&TOOLS[2], told("true"), none).state, State::Note);
    }

    #[test]
    fn the_process_is_there_while_it_is_looked_at_and_gone_after() -> Result<()> {
        let Some(python) = on_path("python3") else { return Ok(()) };
        let seen = std::cell::Cell::new(0);
        let alive = |pid: u32| Call::new("kill").args(["-0", &pid.to_string()]).capture(START, &CancelToken::default());
        on_a_process(&python, &CancelToken::default(), &|pid, _| {
            seen.set(pid);
            assert!(alive(pid)?.status.success());
            Ok(Vec::new())
        })?;
        assert!(!alive(seen.get())?.status.success());
        Ok(())
    }
}
