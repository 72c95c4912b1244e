//! `ThreadSanitizer`: its reports, which the interpreter prints while it goes on, with addresses alone.
//!
//! ```text
//! ==================
//! WARNING: ThreadSanitizer: data race (pid=7)
//!   Write of size 8 at 0x7208000000a0 by thread T2:
//!     #0 /env/lib/python3.15t/site-packages/demo.cpython-315t-x86_64-linux-gnu.so+0x6beb4
//!
//!   Previous write of size 8 at 0x7208000000a0 by thread T1:
//!     #0 …
//! SUMMARY: …
//! ==================
//! ```
//!
//! A report is a finding only if a module of the wheel takes part: races inside of CPython are its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use monowheel_build::symbols::resolve::{Address, Place, places};
use monowheel_system::foreign_file;

/// Not about races: threads that run at the end, and functions in handlers of signals.
pub(super) const QUIET: &str = "report_thread_leaks=0:report_signal_unsafe=0:die_after_fork=0:exitcode=0";
/// Signals are faulthandler's, and names are looked up afterwards: the interpreter may run isolated.
const OTHERS: &str =
    "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:allocator_may_return_null=1:second_deadlock_stack=1";
const FRAMES: &str = "symbolize=0:stack_trace_format='    #%n %m+%o'";
/// How a report begins, and the line around it.
const REPORT: &str = "WARNING: ThreadSanitizer: ";
const LINE: &str = "==================";
/// Headings of stacks that only say where something was made.
const MADE: [&str; 3] = ["Thread ", "Location ", "As if "];
/// Sources of dependencies and of the standard library.
const OTHER_CRATES: [&str; 4] = ["/registry/src/", "/cargo/registry/", "/git/checkouts/", "/rustc/"];
/// The largest library that is read.
const MOST: u64 = 1 << 30;
/// Lines of a report that are kept: both stacks.
const LINES: usize = 40;
/// Frames of one stack.
const STACK: usize = 12;

/// `TSAN_OPTIONS`, for reports on standard output or error.
pub(super) fn options(on_stdout: bool) -> String {
    let log = if on_stdout { "log_path=stdout" } else { "log_path=stderr" };
    [QUIET, OTHERS, FRAMES, log].join(":")
}

/// The files whose frames are named.
#[derive(Debug)]
pub(in crate::soak) struct Files {
    /// The modules of the wheel.
    pub(in crate::soak) modules: Vec<PathBuf>,
    /// The interpreter, with the runtime in it.
    pub(in crate::soak) python: PathBuf,
}

/// A report with the names of functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::soak) struct Report {
    /// Which defect, and where.
    pub(in crate::soak) what: String,
    /// Its stacks, without Python's own frames.
    pub(in crate::soak) trace: String,
}

/// One report, as it was printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::soak) struct Printed {
    title: String,
    stacks: Vec<Stack>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stack {
    heading: String,
    frames: Vec<Frame>,
}

/// The library, and the address in it.
type Frame = (PathBuf, u64);
/// What frames stand for.
type Names = BTreeMap<Frame, Vec<Place>>;

impl Stack {
    /// Whether it is one that the defect consists of.
    fn is_part(&self) -> bool {
        !MADE.iter().any(|made| self.heading.starts_with(made)) && !self.heading.ends_with("created at:")
    }

    fn is_of(&self, files: &Files) -> bool {
        self.frames.iter().any(|(library, _)| files.modules.contains(library))
    }

    /// The place that accesses the memory, which may be in Python or in a function of the runtime, and those in the crate; of
    /// a stack without one, all that are in a module of the wheel. Each with whether it is in such a module.
    fn shown(&self, files: &Files, names: &Names) -> Vec<(bool, Place)> {
        let places = |frame: &Frame| {
            let is_own = files.modules.contains(&frame.0);
            let places = names.get(frame).cloned().unwrap_or_default().into_iter();
            // Where the runtime was compiled says nothing.
            places.map(move |place| (is_own, if is_own { place } else { Place { file: None, ..place } }))
        };
        let mut all: Vec<(bool, Place)> = self.frames.iter().flat_map(places).collect();
        let is_top_known = self.frames.first().is_some_and(|top| names.contains_key(top)) && self.is_part();
        let top = if is_top_known && !all.is_empty() { Some(all.remove(0)) } else { None };
        let own: Vec<(bool, Place)> = all.into_iter().filter(|(is_own, _)| *is_own).collect();
        let has_crate = own.iter().any(|(_, place)| is_of_crate(place));
        let rest = own.into_iter().filter(|(_, place)| !has_crate || is_of_crate(place));
        top.into_iter().chain(rest).collect()
    }
}

/// The reports in what was printed.
pub(in crate::soak) fn printed(text: &str) -> Vec<Printed> {
    let mut reports = Vec::new();
    let mut open: Option<Printed> = None;
    for line in text.lines() {
        if let Some((_, title)) = line.split_once(REPORT) {
            reports.extend(open.take());
            let title = title.rsplit_once(" (pid=").map_or(title, |(title, _)| title).to_owned();
            open = Some(Printed { title, stacks: Vec::new() });
        } else if line.starts_with(LINE) {
            reports.extend(open.take());
        } else if let Some(report) = &mut open {
            report.read(line);
        }
    }
    // The process may have ended within it.
    reports.extend(open);
    reports
}

impl Printed {
    fn read(&mut self, line: &str) {
        let text = line.trim();
        if let Some((number, place)) = text.strip_prefix('#').and_then(|frame| frame.split_once(' ')) {
            let frame = place
                .rsplit_once("+0x")
                .and_then(|(library, address)| Some((PathBuf::from(library), u64::from_str_radix(address, 16).ok()?)));
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
            if let (true, Some(frame), Some(stack)) = (is_number, frame, self.stacks.last_mut()) {
                stack.frames.push(frame);
            }
        } else if !text.is_empty() && line.starts_with("  ") {
            self.stacks.push(Stack { heading: text.to_owned(), frames: Vec::new() });
        }
    }

    /// Whether a module of the wheel takes part.
    pub(in crate::soak) fn is_of(&self, files: &Files) -> bool {
        self.stacks.iter().any(|stack| stack.is_part() && stack.is_of(files))
    }

    /// The report with the names of functions.
    pub(in crate::soak) fn named(&self, files: &Files) -> Report {
        let names = self.names(files);
        let mut lines = vec![format!("{REPORT}{}", self.title)];
        let mut parts = Vec::new();
        for stack in &self.stacks {
            let shown = stack.shown(files, &names);
            if shown.is_empty() && !stack.is_part() {
                continue;
            }
            lines.push(stack.heading.clone());
            lines.extend(shown.iter().take(STACK).map(|(_, place)| format!("    {}", shown_as(place))));
            if stack.is_part() && !stack.frames.is_empty() {
                let function = shown.iter().find(|(is_own, place)| *is_own && is_of_crate(place)).or(shown.first());
                let unnamed = if stack.is_of(files) { "the module" } else { "Python" };
                parts.push((&*stack.heading, function.map_or(unnamed, |(_, place)| &*place.function).to_owned()));
            }
        }
        lines.truncate(LINES);
        Report { what: self.what(&parts), trace: lines.join("\n") }
    }

    /// `data race: write of size 8 in demo::fill, previous read of size 8 in demo::len`.
    fn what(&self, parts: &[(&str, String)]) -> String {
        let part = |(heading, function): &(&str, String)| {
            let access = heading.split_once(" at 0x").map_or("", |(access, _)| access);
            let access = access.to_ascii_lowercase();
            if access.is_empty() { function.clone() } else { format!("{access} in {function}") }
        };
        let mut places: Vec<String> = parts.iter().map(part).collect();
        places.dedup();
        places.truncate(2);
        format!("{}: {}", self.title, places.join(", "))
    }

    /// What the frames stand for. A library whose line tables cannot be read has none.
    fn names(&self, files: &Files) -> Names {
        let mut wanted: BTreeMap<&Path, Vec<u64>> = BTreeMap::new();
        for (library, address) in self.stacks.iter().flat_map(|stack| &stack.frames) {
            if files.modules.contains(library) || *library == files.python {
                wanted.entry(library).or_default().push(*address);
            }
        }
        let mut names = BTreeMap::new();
        for (library, addresses) in wanted {
            // Where the call is that returns there.
            let calls: Vec<Address> = addresses.iter().map(|address| Address::FromBase(*address).of_call()).collect();
            let found = foreign_file::read(library, MOST).and_then(|bytes| places(&bytes, &calls)).unwrap_or_default();
            names.extend(addresses.iter().map(|address| (library.to_path_buf(), *address)).zip(found));
        }
        names
    }
}

/// Whether it is in the source of the crate itself.
fn is_of_crate(place: &Place) -> bool {
    place.file.as_ref().is_some_and(|file| !OTHER_CRATES.iter().any(|other| file.contains(other)))
}

fn shown_as(place: &Place) -> String {
    match (&place.file, place.line) {
        (Some(file), Some(line)) => format!("{} {file}:{line}", place.function),
        (Some(file), None) => format!("{} {file}", place.function),
        (None, _) => place.function.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "/env/site-packages/demo.so";

    fn files() -> Files {
        Files { modules: vec![MODULE.into()], python: "/lab/bin/python3.15t".into() }
    }

    fn report(title: &str, stacks: &[(&str, &[&str])]) -> String {
        let mut text = format!("{LINE}\nWARNING: ThreadSanitizer: {title} (pid=7)\n");
        for (heading, libraries) in stacks {
            text += &format!("  {heading}\n");
            for (number, library) in libraries.iter().enumerate() {
                text += &format!("    #{number} {library}+0x1{number}\n");
            }
            text += "\n";
        }
        text + "SUMMARY: ThreadSanitizer: data race (/env/demo.so+0x10)\n" + LINE + "\n"
    }

    #[test]
    fn a_race_is_of_the_wheel_if_one_access_is() {
        let python = "/lab/bin/python3.15t";
        let race = |first: &[&str], second: &[&str], made: &[&str]| {
            let text = report(
                "data race",
                &[
                    ("Write of size 8 at 0x7208 by thread T2:", first),
                    ("Previous write of size 8 at 0x7208 by thread T1:", second),
                    ("Location is heap block of size 8 at 0x7208 allocated by thread T1:", made),
                    ("Mutex M0 (0x7208) created at:", made),
                    ("Thread T1 (tid=8, running) created by main thread at:", made),
                ],
            );
            let [one] = &*printed(&text) else { return None };
            one.is_of(&files()).then(|| one.named(&files()).what)
        };
        let what = "data race: write of size 8 in the module, previous write of size 8 in Python";
        assert_eq!(race(&[MODULE, python], &[python], &[python]).as_deref(), Some(what));
        assert!(race(&[python], &[python, MODULE], &[python]).is_some());
        // What it allocated or started is not what it does.
        assert_eq!(race(&[python], &[python], &[MODULE]), None);
        assert_eq!(race(&["/env/site-packages/demo.so.1"], &["<null>"], &[]), None);
    }

    #[test]
    fn reports_are_found_in_other_output_and_when_they_are_cut() {
        let locks = report(
            "lock-order-inversion (potential deadlock)",
            &[
                ("Cycle in lock order graph: M0 (0x1) => M1 (0x2) => M0", &[]),
                ("Mutex M1 acquired here while holding mutex M0 in thread T1:", &["/lab/bin/python3.15t", MODULE]),
            ],
        );
        let race = report("data race", &[("Write of size 8 at 0x7208 by thread T2:", &[MODULE])]);
        let text = format!("{{\"event\": \"runs\"}}\n{locks}noise #1 x+0x1\n{}", race.split("SUMMARY").next().unwrap());
        let found: Vec<_> =
            printed(&text).iter().filter(|one| one.is_of(&files())).map(|one| one.named(&files())).collect();
        assert_eq!(found.len(), 2, "{text}");
        assert!(found[0].what.starts_with("lock-order-inversion (potential deadlock): "), "{found:?}");
        assert!(found[0].trace.contains("Mutex M1 acquired here"), "{found:?}");
        assert_eq!(printed("ThreadSanitizer: reported 1 warnings"), []);
    }
}
