//! Runs pystack, and reads what it prints.
//!
//! pystack stops the process for a moment, and reads the stacks of both languages from outside: nothing runs in it. It
//! prints no addresses; `addresses.py` makes it do so, where the Python of pystack is beside its program.

use std::path::Path;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, executable, last_lines, on_path};

use super::{Frame, Gil, Language, Options, Thread};
use crate::frames;

/// Reading symbols of a large program takes a while.
const LIMIT: Duration = Duration::from_secs(120);
const ADDRESSES: &str = include_str!("addresses.py");
const INSTALL: &str = "python -m pip install 'monowheel[debug]'";

/// The stacks of a process.
pub(super) fn of_process(id: u32, options: Options<'_>, stop: &CancelToken) -> Result<Vec<Thread>> {
    let pystack = program(options.python)?.arg("remote").args(options.locals.then_some("--locals"));
    let native = pystack.clone().arg("--native");
    let status = fs_err::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let inside = number_inside(&status);
    let call = match inside {
        Some(inside) => entered(id, native.arg(inside.to_string())),
        None => native.arg(id.to_string()),
    };
    let mut told = call.capture(LIMIT, stop)?;
    if !told.status.success() && inside.is_some() {
        // The namespace may belong to another user; frames of Python can be read from here.
        told = pystack.arg(id.to_string()).capture(LIMIT, stop)?;
    }
    if told.status.success() {
        return Ok(threads(&told.stdout));
    }
    Err(refused(id, &told.stderr))
}

/// The number of a process in its own namespace, by its `/proc/PID/status`, if that is not the one of this process: it is
/// in a container or a sandbox. CPython's numbers of threads are those of its namespace, and pystack needs the same.
fn number_inside(status: &str) -> Option<u32> {
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
    numbers.split_whitespace().nth(1)?;
    numbers.split_whitespace().last()?.parse().ok()
}

/// A call in the namespace of a process, with the files of this machine and the processes of that namespace.
fn entered(id: u32, call: Call) -> Call {
    let target = id.to_string();
    let namespaces = ["--target", &target, "--user", "--pid", "--preserve-credentials", "--"];
    call.within("unshare", ["--mount-proc", "--"]).within("nsenter", namespaces)
}

/// The stacks in a core file.
pub(super) fn of_core(core: &Path, options: Options<'_>, stop: &CancelToken) -> Result<Vec<Thread>> {
    let locals = options.locals.then_some("--locals");
    let call = program(options.python)?.args(["core", "--native"]).args(locals).arg(core);
    let told = call.capture(LIMIT, stop)?;
    if told.status.success() {
        return Ok(threads(&told.stdout));
    }
    Err(Error::new(ErrorKind::Tool, format!("pystack could not read it\n{}", last_lines(&told.stderr, 3)))
        .at(core.display())
        .next("name the core file of a CPython process of this machine; its interpreter must still be installed"))
}

/// pystack, beside the Python that runs monowheel, else on `PATH`.
fn program(python: Option<&Path>) -> Result<Call> {
    let name = executable("pystack");
    let beside = python.and_then(Path::parent).map(|folder| folder.join(&name)).filter(|path| path.is_file());
    let program = beside.or_else(|| on_path(&name)).ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "pystack is not installed, which reads the stacks of a process").next(INSTALL)
    })?;
    // pipx and uv link the program into a directory of `PATH`.
    let real = fs_err::canonicalize(&program).unwrap_or_else(|_| program.clone());
    let own = real.parent().map(|folder| folder.join(executable("python"))).filter(|path| path.is_file());
    Ok(own.map_or_else(|| Call::new(program), |own| Call::new(own).args(["-I", "-c", ADDRESSES])))
}

/// What is known about a process that could not be read.
#[derive(Clone, Copy, Debug, Default)]
struct Target {
    has_ended: bool,
    is_of_another_user: bool,
    /// Whether the kernel lets a process read only its children.
    is_restricted: bool,
    is_musl: bool,
}

/// Refuses a process that an emulator runs: its memory is the emulator's.
pub(super) fn check(id: u32) -> Result<()> {
    let program = fs_err::read_link(format!("/proc/{id}/exe")).unwrap_or_default();
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !name.starts_with("qemu-") {
        return Ok(());
    }
    let what = format!("process {id} runs in {name}: its stacks are those of the emulator");
    Err(Error::new(ErrorKind::Toolchain, what)
        .next("run it on a machine of its processor, or use python -X faulthandler"))
}

/// Why a process could not be read, and what to do about it.
fn refused(id: u32, said: &str) -> Error {
    let maps = fs_err::read_to_string(format!("/proc/{id}/maps")).unwrap_or_default();
    let target = Target {
        has_ended: !Path::new(&format!("/proc/{id}")).exists(),
        is_of_another_user: is_of_another_user(id),
        is_restricted: is_restricted(),
        is_musl: maps.contains("/ld-musl-"),
    };
    let last = last_lines(said, 2);
    Error::new(ErrorKind::Tool, format!("the stacks of process {id} could not be read\n{last}"))
        .next(advice(said, target))
}

fn advice(said: &str, target: Target) -> &'static str {
    let is_permission = ["not permitted", "EPERM", "ermission denied"].iter().any(|words| said.contains(words));
    if target.has_ended {
        "it has ended; let monowheel start it: monowheel debug stack -- COMMAND"
    } else if is_permission && target.is_of_another_user {
        "it belongs to another user: run monowheel as that user, or as root"
    } else if is_permission && target.is_restricted {
        "allow reading processes that are not children: sudo sysctl kernel.yama.ptrace_scope=0"
    } else if is_permission {
        "in a container, start it with --cap-add SYS_PTRACE; or something else is tracing the process already"
    } else if target.is_musl {
        "its C library is musl: run monowheel and pystack in the same container or environment as the process"
    } else {
        "check that it is a CPython of this machine, which pystack knows: python -m pip install --upgrade pystack"
    }
}

#[cfg(unix)]
fn is_of_another_user(id: u32) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &str| fs_err::metadata(path).ok().map(|about| about.uid());
    owner(&format!("/proc/{id}")) != owner("/proc/self")
}

#[cfg(not(unix))]
const fn is_of_another_user(_id: u32) -> bool {
    false
}

fn is_restricted() -> bool {
    let scope = fs_err::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    scope.trim().parse::<u8>().is_ok_and(|scope| scope > 0)
}

/// The threads that pystack prints, each with its innermost frame first.
pub(super) fn threads(printed: &str) -> Vec<Thread> {
    let mut threads: Vec<Thread> = Vec::new();
    // A source line comes before the variables, but for code without a file.
    let mut is_variable = false;
    for line in printed.lines() {
        if let Some(head) = line.strip_prefix("Traceback for thread ") {
            threads.push(thread(head));
            continue;
        }
        let Some(frames) = threads.last_mut().map(|thread| &mut thread.frames) else { continue };
        let text = line.trim_start();
        if let Some(frame) = frame(text) {
            frames.push(frame);
            is_variable = false;
        } else if matches!(text, "Arguments:" | "Locals:") {
            is_variable = true;
        } else if let Some(last) = frames.last_mut().filter(|last| last.language == Language::Python) {
            match text {
                "" => {}
                text if is_variable => last.variables.push(text.to_owned()),
                text => text.clone_into(&mut last.source),
            }
        }
    }
    for thread in &mut threads {
        thread.frames.reverse();
    }
    threads
}

/// `23884 (python) [Waiting for the GIL] (most recent call last):`.
fn thread(head: &str) -> Thread {
    let (id, rest) = head.split_once(' ').unwrap_or((head, ""));
    let name = rest.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(name, _)| name);
    let gil = if rest.contains("Has the GIL") {
        Some(Gil::Holds)
    } else if rest.contains("Waiting for the GIL") {
        Some(Gil::WaitsFor)
    } else {
        None
    };
    Thread { id: id.parse().unwrap_or_default(), name: name.to_owned(), gil, waits: None, frames: Vec::new() }
}

/// `(C) File "src/stuck.rs", line 13, in planted::stuck::deadlock (/lib/planted.abi3.so)`.
fn frame(text: &str) -> Option<Frame> {
    let (language, rest) = match text.strip_prefix("(C) File \"") {
        Some(rest) => (Language::Native, rest),
        None => (Language::Python, text.strip_prefix("(Python) File \"").or_else(|| text.strip_prefix("File \""))?),
    };
    let (file, rest) = rest.split_once("\", line ")?;
    let (line, function) = rest.split_once(", in ")?;
    let (function, library) = match function.rsplit_once(" (") {
        Some((function, library)) if language == Language::Native => (function, library.trim_end_matches(')')),
        _ => (function, ""),
    };
    let placed = library.rsplit_once("+0x");
    let placed = placed.and_then(|(path, offset)| Some((path, u64::from_str_radix(offset, 16).ok()?)));
    let (library, address) = placed.map_or((library, None), |(library, offset)| (library, Some(offset)));
    let known = |text: &str| if text == "???" { String::new() } else { text.to_owned() };
    let function = match language {
        Language::Native => known(&frames::name(function.trim_end_matches(" (inlined)"))),
        Language::Python => function.to_owned(),
    };
    Some(Frame {
        language,
        // That of a function without a name is its library.
        file: if function.is_empty() { String::new() } else { known(file) },
        function,
        line: line.parse().unwrap_or_default(),
        library: library.to_owned(),
        address,
        source: String::new(),
        variables: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
Traceback for thread 23885 (worker (1)) [Has the GIL] (most recent call last):
    (Python) File \"/w/dead.py\", line 5, in work
        planted.deadlock(callback)
      Arguments:
        callback: <function callback at 0x7f>
    (C) File \"src/stuck.rs\", line 13, in planted::stuck::deadlock::ha7ffaf659258355b (/w/planted.abi3.so)
    (C) File \"???\", line 0, in __rust_try (inlined) (/w/planted.abi3.so)
    (C) File \"/w/a+0xb/other.so\", line 0, in ??? (/w/a+0xb/other.so+0x1f0)

Traceback for thread 23884 (python) [Waiting for the GIL] (most recent call last):
    (Python) File \"<string>\", line 3, in callback
      Arguments:
        reason: 'none'
";

    #[test]
    fn a_process_in_a_namespace_has_a_number_of_its_own() {
        assert_eq!(number_inside("Name:\tpython3\nNSpid:\t21761\t2\nNSpgid:\t21761\n"), Some(2));
        assert_eq!(number_inside("NSpid:\t21761\t12\t3\n"), Some(3));
        assert_eq!(number_inside("NSpid:\t21761\n"), None);
        assert_eq!(number_inside(""), None);
        let line = entered(7, Call::new("/v/bin/pystack").args(["remote", "2"])).shell_line();
        let expected =
            "nsenter --target 7 --user --pid --preserve-credentials -- unshare --mount-proc -- /v/bin/pystack remote 2";
        assert_eq!(line, expected);
    }

    #[test]
    fn what_grants_the_permission_depends_on_what_refuses_it() {
        let of = |said, change: fn(&mut Target)| {
            let mut target = Target::default();
            change(&mut target);
            advice(said, target)
        };
        let refused = "Operation not permitted";
        assert!(of(refused, |_| {}).contains("SYS_PTRACE"));
        assert!(of(refused, |target| target.is_restricted = true).contains("ptrace_scope"));
        assert!(of(refused, |target| target.is_of_another_user = true).contains("another user"));
        assert!(of(refused, |target| target.has_ended = true).contains("has ended"));
        assert!(of("no symbols", |target| target.is_musl = true).contains("musl"));
        assert!(of("no symbols", |_| {}).contains("CPython of this machine"));
    }

    #[test]
    fn threads_frames_and_variables() {
        let found = threads(PRINTED);
        assert_eq!(
            found.iter().map(|thread| (thread.id, thread.gil)).collect::<Vec<_>>(),
            [(23885, Some(Gil::Holds)), (23884, Some(Gil::WaitsFor))]
        );
        let names: Vec<&str> = found[0].frames.iter().map(|frame| frame.function.as_str()).collect();
        assert_eq!(names, ["", "__rust_try", "planted::stuck::deadlock", "work"]);
        let python = &found[0].frames[3];
        assert_eq!((python.source.as_str(), python.line), ("planted.deadlock(callback)", 5));
        assert_eq!(python.variables, ["callback: <function callback at 0x7f>"]);
        let without_source = &found[1].frames[0];
        assert_eq!((without_source.source.as_str(), without_source.variables.len()), ("", 1));
        assert_eq!(found[0].frames[2].library, "/w/planted.abi3.so");
        let other = &found[0].frames[0];
        assert_eq!(
            (other.library.as_str(), other.address, other.file.as_str()),
            ("/w/a+0xb/other.so", Some(0x1f0), "")
        );
        assert_eq!(other.label(), "? in other.so");
    }

    #[test]
    fn other_text_is_no_thread() {
        assert!(threads("").is_empty());
        assert!(threads("(C) File \"x\", line 1, in f (l)\n\u{1b}[2J\n").is_empty());
    }
}
