//! Runs programs in a process of the tested interpreter, until they end or end it.

use std::path::Path;
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, Captured, last_lines, signal};
use monowheel_system::foreign_file;
use monowheel_test::trials::Prepared;
use serde::Serialize;

use super::event::{Ended, Event, Outcome};
use super::mode::Mode;
use super::sanitizer::{Runtime, thread};
use crate::running::Running;
use crate::stack::{self, Target};

/// The Python package that runs inside.
const SCRIPTS: [(&str, &str); 3] = [
    ("describe.py", include_str!("monowheel_soak/describe.py")),
    ("generate.py", include_str!("monowheel_soak/generate.py")),
    ("run.py", include_str!("monowheel_soak/run.py")),
];
/// The directory of what the tested interpreter writes.
const JOURNAL: &str = "journal";
/// The largest journal: the wheel may write to it too.
const MOST: u64 = 256 << 20;
const LIMIT: Duration = Duration::from_secs(300);
/// A program that takes longer may hang.
const SLOW: Duration = Duration::from_secs(1);

/// What is on standard output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    /// The script's own output.
    Own,
    /// The reports of a sanitizer, if it goes on after them.
    Reports,
}

/// The scripts on disk, and the interpreters.
#[derive(Debug)]
pub(super) struct Workshop<'a> {
    /// The scripts. What runs can write only to `journal` in it.
    folder: tempfile::TempDir,
    /// The environment with the wheel.
    pub(super) tested: &'a Prepared<'a>,
    /// The interpreter that runs monowheel, which has hypothesis.
    own: &'a Path,
    /// How long nothing may happen.
    hang: Duration,
    /// What the wheel needs if it was built with a sanitizer.
    pub(super) sanitizer: Option<Runtime>,
    /// The files whose frames a report of a sanitizer names.
    files: thread::Files,
}

#[derive(Serialize)]
struct Plan<'a> {
    modules: &'a [String],
    programs: &'a [Vec<String>],
    journal: &'a Path,
    /// Whether standard output goes into the journal, where a report is between the events.
    reports: bool,
}

impl<'a> Workshop<'a> {
    pub(super) fn open(tested: &'a Prepared<'a>, own: &'a Path, hang: Duration, stop: &CancelToken) -> Result<Self> {
        let sanitizer = tested.sanitizer.map(|sanitizer| Runtime::of(sanitizer, stop)).transpose()?;
        let files = thread::Files { modules: tested.libraries(), python: fs_err::canonicalize(&tested.python)? };
        let folder = tempfile::Builder::new().prefix("monowheel-soak-").tempdir()?;
        for (name, text) in SCRIPTS {
            fs_err::write(folder.path().join(name), text)?;
        }
        fs_err::create_dir(folder.path().join(JOURNAL))?;
        Ok(Self { folder, tested, own, hang, sanitizer, files })
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// A call of the tested interpreter, isolated.
    fn call(&self, words: &[String], reads: &[&Path], output: Output) -> Result<Call> {
        let call = Call::new(&self.tested.python).args(words).dir(self.folder.path());
        let library = self.sanitizer.as_ref().and_then(Runtime::library);
        let call = match &self.sanitizer {
            Some(runtime) => runtime.with(call, output == Output::Reports),
            None => call,
        };
        let reads: Vec<&Path> =
            std::iter::once(self.folder.path()).chain(reads.iter().copied()).chain(library).collect();
        self.tested.isolated(call, &reads, &[&self.file(JOURNAL)])
    }

    /// What can be called: the JSON that the generator reads.
    pub(super) fn describe(&self, modules: &[String], stop: &CancelToken) -> Result<String> {
        let words = ["-I".to_owned(), self.file("describe.py").to_string_lossy().into_owned()];
        self.call(&[&words, modules].concat(), &[], Output::Own)?.stdout(LIMIT, stop)
    }

    /// Programs: the same for the same seed.
    pub(super) fn generate(
        &self,
        description: &str,
        seed: u64,
        count: usize,
        stop: &CancelToken,
    ) -> Result<Vec<Vec<String>>> {
        let file = self.file("description.json");
        fs_err::write(&file, description)?;
        let words = [seed.to_string(), count.to_string()];
        let call = Call::new(self.own).arg("-I").arg(self.file("generate.py")).args(words).arg(&file);
        let ended = call.dir(self.folder.path()).capture(LIMIT, stop)?;
        if !ended.status.success() {
            let said = last_lines(&ended.stderr, 5);
            let error = Error::new(ErrorKind::Toolchain, format!("could not generate calls\n{said}"));
            let is_missing = said.contains("No module named 'hypothesis'");
            return Err(error.at(self.own.display()).next(if is_missing {
                "python -m pip install 'monowheel[debug]', into the environment of monowheel"
            } else {
                "report this: monowheel's own script failed"
            }));
        }
        serde_json::from_str(&ended.stdout)
            .map_err(|error| Error::new(ErrorKind::Format, format!("could not read the generated calls: {error}")))
    }

    /// Whether the interpreter has what a mode needs: why not.
    pub(super) fn missing(&self, mode: Mode, stop: &CancelToken) -> Result<Option<String>> {
        let Some(statement) = mode.needs() else { return Ok(None) };
        let told = self.call(&["-I", "-c", statement].map(str::to_owned), &[], Output::Own)?.capture(LIMIT, stop)?;
        let is_there = told.status.success();
        Ok((!is_there).then(|| format!("this Python cannot do it: {}", last_lines(&told.stderr, 1))))
    }

    /// Runs programs, until the time is over.
    pub(super) fn run(
        &self,
        mode: Mode,
        modules: &[String],
        programs: &[Vec<String>],
        until: Instant,
        stop: &CancelToken,
    ) -> Result<Outcome> {
        let (plan, journal) = (self.file("plan.json"), self.file(JOURNAL).join("journal.jsonl"));
        let reports = self.sanitizer.as_ref().is_some_and(Runtime::reports_on_stdout);
        let text = serde_json::to_string(&Plan { modules, programs, journal: &journal, reports });
        fs_err::write(&plan, text.map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?)?;
        // What ran before may have left something else there.
        let _ = fs_err::remove_file(&journal);
        fs_err::OpenOptions::new().write(true).create_new(true).open(&journal)?;
        let mut words = Self::words(mode, &self.file("run.py"));
        words.extend([mode.word().to_owned(), plan.to_string_lossy().into_owned()]);
        let ended = self.watch(&words, None, &journal, until, stop)?;
        let text = foreign_file::read(&journal, MOST).unwrap_or_default();
        let events = self.events(&String::from_utf8_lossy(&text));
        let last = events.iter().rev().find_map(|event| match event {
            Event::Runs { program } => Some(*program),
            _ => None,
        });
        Ok(Outcome { events, last, ended })
    }

    /// The lines of a journal, and the reports between them.
    fn events(&self, journal: &str) -> Vec<Event> {
        let (mut events, mut others) = (Vec::new(), String::new());
        for line in journal.lines() {
            // A process that was ended may have written half of its last line.
            match serde_json::from_str(line) {
                Ok(event) => {
                    events.extend(self.reported(&std::mem::take(&mut others)));
                    events.push(event);
                }
                Err(_) => others.extend([line, "\n"]),
            }
        }
        events.extend(self.reported(&others));
        events
    }

    /// The reports about the wheel.
    fn reported<'p>(&'p self, text: &str) -> impl Iterator<Item = Event> + 'p {
        thread::printed(text).into_iter().filter(|report| report.is_of(&self.files)).map(Event::Reported)
    }

    /// A report with the names of functions.
    pub(super) fn named(&self, report: &thread::Printed) -> thread::Report {
        report.named(&self.files)
    }

    /// Whether a report about the wheel is in what was printed.
    pub(super) fn is_reported(&self, text: &str) -> bool {
        thread::printed(text).iter().any(|report| report.is_of(&self.files))
    }

    /// The words after the interpreter that run a script in a mode.
    fn words(mode: Mode, script: &Path) -> Vec<String> {
        let options = mode.options().iter().map(|option| (*option).to_owned());
        options.chain([script.to_string_lossy().into_owned()]).collect()
    }

    /// Runs a script that repeats a finding. Nothing else is written: it hangs if it has not ended after some time.
    pub(super) fn repeat(&self, mode: Mode, script: &Path, limit: Duration, stop: &CancelToken) -> Result<Ended> {
        self.watch(&Self::words(mode, script), Some(script), script, Instant::now() + limit, stop)
    }

    /// Waits for the end of the interpreter with these words, or until its journal no longer grows.
    fn watch(
        &self,
        words: &[String],
        reads: Option<&Path>,
        journal: &Path,
        until: Instant,
        stop: &CancelToken,
    ) -> Result<Ended> {
        let running = Running::of(self.call(words, reads.as_slice(), Output::Reports)?, LIMIT, stop)?;
        let size = || fs_err::symlink_metadata(journal).map(|about| about.len()).unwrap_or_default();
        let (mut seen, mut since) = (size(), Instant::now());
        loop {
            if let Some(captured) = running.poll()? {
                return Ok(self.ended(&captured));
            }
            stop.check()?;
            let now = size();
            if now != seen {
                (seen, since) = (now, Instant::now());
            }
            if since.elapsed() >= self.hang {
                return Ok(Ended::Hang(self.stacks(running.inside(), stop)));
            }
            // One that may hang is waited for.
            if Instant::now() >= until && since.elapsed() < SLOW {
                return Ok(Ended::Over);
            }
        }
    }

    fn ended(&self, captured: &Captured) -> Ended {
        let reports = self.sanitizer.as_ref().filter(|runtime| runtime.reports_on_stdout()).map(|_| &*captured.stdout);
        let printed = format!("{}{}", reports.unwrap_or_default(), captured.stderr);
        // The alarm of the mode signals is not a defect.
        if let Some(name) = signal(&captured.status, self.tested.is_isolated()).filter(|name| name != "SIGALRM") {
            return Ended::Signal(name, printed);
        }
        if captured.status.success() { Ended::Well(printed) } else { Ended::Failed(printed) }
    }

    /// The stacks of a process that hangs, if they can be read.
    fn stacks(&self, id: u32, stop: &CancelToken) -> String {
        let options = stack::Options { python: Some(self.own), ..stack::Options::default() };
        let report = match stack::read(&Target::Process(id), options, stop) {
            Ok(report) => report,
            Err(error) => return error.what().to_owned(),
        };
        if let Some(finding) = report.findings.first() {
            return finding.what.clone();
        }
        let mut lines = Vec::new();
        for thread in &report.threads {
            let waits = thread.waits.map_or("runs", |wait| wait.label());
            lines.push(format!("thread {}: {waits}", thread.id));
            let frames = thread.frames.iter().filter(|frame| !frame.is_plumbing()).take(4);
            lines.extend(frames.map(|frame| format!("    {}", frame.label())));
        }
        lines.join("\n")
    }
}
