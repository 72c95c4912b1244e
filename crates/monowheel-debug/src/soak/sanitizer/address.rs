//! `AddressSanitizer`: its runtime, which a module that was built with it needs before everything else, and its reports.
//!
//! rustc links the runtime into programs only. Python is none, so the runtime is loaded first (`LD_PRELOAD`). GCC's and
//! clang's have the same interface (`__asan_version_mismatch_check_v8`); both are shared libraries of the compiler.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, on_path};

/// Compilers, and what each calls the runtime: older versions of clang name the processor.
const RUNTIMES: [(&str, &str); 5] = [
    ("gcc", "libasan.so"),
    ("cc", "libasan.so"),
    ("clang", "libclang_rt.asan.so"),
    ("clang", "libclang_rt.asan-x86_64.so"),
    ("clang", "libclang_rt.asan-aarch64.so"),
];
/// Leaks are what the mode `leaks` measures. An abort also shows Python's stack, and faulthandler keeps its signals.
/// A request for too much memory fails as it does without the sanitizer.
const OPTIONS: &str = "detect_leaks=0:abort_on_error=1:allow_user_segv_handler=1:allocator_may_return_null=1";
/// How its reports begin.
const REPORT: &str = "ERROR: AddressSanitizer: ";
/// What a frame of CPython names: its sources, or its binary.
const PYTHONS: [&str; 6] = [" Include/", " Modules/", " Objects/", " Python/", "/bin/python", "libpython"];
const LIMIT: Duration = Duration::from_secs(30);
/// Lines of a report that are kept: the access, and both stacks.
const LINES: usize = 40;

/// The runtime of this machine.
#[derive(Debug)]
pub(in crate::soak) struct Runtime {
    library: PathBuf,
    /// The command that prints its path.
    command: String,
}

impl Runtime {
    /// The first that a compiler has.
    ///
    /// # Errors
    /// [`ErrorKind::Toolchain`] when there is none; after Ctrl-C.
    pub(in crate::soak) fn find(stop: &CancelToken) -> Result<Self> {
        for (compiler, name) in RUNTIMES.iter().filter(|(compiler, _)| on_path(compiler).is_some()) {
            let option = format!("-print-file-name={name}");
            let said = Call::new(compiler).arg(&option).stdout(LIMIT, stop).unwrap_or_default();
            stop.check()?;
            // A compiler without it prints the name alone.
            let library = Path::new(said.trim());
            if library.is_absolute() && library.is_file() {
                // The real file: a sandbox may not show where a link is.
                let library = fs_err::canonicalize(library)?;
                return Ok(Self { library, command: format!("{compiler} {option}") });
            }
        }
        Err(Error::new(
            ErrorKind::Toolchain,
            "the wheel was built with AddressSanitizer, whose runtime is not installed",
        )
        .next("install gcc (libasan) or clang with compiler-rt: apt-get install gcc"))
    }

    /// The call with the runtime loaded first, and every object of Python in memory of its own.
    pub(in crate::soak) fn with(&self, call: Call) -> Call {
        call.env("LD_PRELOAD", &self.library).env("ASAN_OPTIONS", OPTIONS).env("PYTHONMALLOC", "malloc")
    }

    /// The same for the shell, before `python`.
    pub(in crate::soak) fn shell(&self) -> String {
        format!("LD_PRELOAD=$({}) ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc ", self.command)
    }

    pub(in crate::soak) fn library(&self) -> &Path {
        &self.library
    }
}

/// What a report says in its first line: `heap-buffer-overflow`.
pub(in crate::soak) fn defect(printed: &str) -> Option<String> {
    let (_, said) = printed.split_once(REPORT)?;
    let line = said.lines().next()?;
    // Addresses differ in each run.
    let is_name = |word: &&str| word.contains('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let what = line.split([':', ' ']).find(is_name).or_else(|| line.split(' ').next()).unwrap_or_default();
    let access = said.lines().nth(1).map(|line| line.split(" at ").next().unwrap_or(line).trim());
    let access = access.filter(|access| access.starts_with("READ of") || access.starts_with("WRITE of"));
    Some(access.map_or_else(|| what.to_owned(), |access| format!("{what}: {access}")))
}

/// The report, without Python's own frames.
pub(in crate::soak) fn trace(printed: &str) -> String {
    let lines = printed.lines().skip_while(|line| !line.contains(REPORT));
    let lines = lines.take_while(|line| !line.starts_with("SUMMARY: ") && !line.starts_with("Shadow bytes"));
    let is_pythons = |line: &&str| line.trim_start().starts_with('#') && PYTHONS.iter().any(|part| line.contains(part));
    let own = |line: &&str| !line.trim().is_empty() && !is_pythons(line);
    lines.filter(own).take(LINES).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "noise\n\
        =================================================================\n\
        ==13137==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60200000aed3 at pc 0x7f95 bp 0x7f sp 0x7f\n\
        READ of size 1 at 0x60200000aed3 thread T0\n    \
            #0 0x7f959e7c2d10 in demo::read src/python.rs:3\n    \
            #1 0x7f959e7c2d10 in _PyEval_EvalFrameDefault (/usr/bin/python3.11+0x11d10)\n    \
            #2 0x7f9616e508e3 in PyEval_EvalCode Python/ceval.c:1148\n\n\
        SUMMARY: AddressSanitizer: heap-buffer-overflow src/lib.rs:3 in demo::read\nShadow bytes around\n";

    #[test]
    fn a_report_has_a_name_an_access_and_the_modules_frames() {
        assert_eq!(defect(PRINTED).as_deref(), Some("heap-buffer-overflow: READ of size 1"));
        let trace = trace(PRINTED);
        assert!(trace.contains("demo::read") && !trace.contains("PyEval") && !trace.contains("Shadow"), "{trace}");
        let named = |line: &str| defect(&format!("==1=={REPORT}{line}"));
        assert_eq!(named("attempting double-free on 0x1 in thread T0:").as_deref(), Some("double-free"));
        assert_eq!(named("SEGV on unknown address 0x0 (pc 0x1)").as_deref(), Some("SEGV"));
        assert_eq!(defect("Fatal Python error: Aborted"), None);
    }
}
