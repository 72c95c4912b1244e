//! Wheels and binaries → [`Report`]: gathers the facts of each, asks every rule, and keeps the outline.
//!
//! [`Auditor::gather`] reads a file; [`Auditor::judge`] reads only facts, also those that [`crate::kept`] stored.

mod ignore;
mod installed;
mod named;
mod sdists;
mod sets;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use monowheel_system::threads;
use monowheel_wheel::abi::PythonVersion;
use monowheel_wheel::source::ReadAt;
use rayon::prelude::*;

use crate::builder::Builder;
use crate::by_python;
use crate::cancellable::Cancellable;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::gather::{self, Depth};
use crate::kept;
use crate::report::{Counts, Failure, FileReport, Ignore, Report, SCHEMA, SetReport};
use crate::rule::{Check, Found};
use crate::rules;
use crate::set::{self, Outline};

pub(crate) use ignore::Ignores;
pub use installed::installed;
pub use named::{Named, check_ignore, floor_of, of_path, sdists_beside};

/// Opens a subject; called once, on the thread that audits it.
pub type Open = Box<dyn Fn() -> Result<Box<dyn ReadAt>> + Send + Sync>;

/// Something to audit.
pub struct Subject {
    /// The name given by the user; its last component is the file name.
    pub place: String,
    /// How much of it is read.
    pub depth: Depth,
    /// The floor of a bare binary, if known from elsewhere than its name; otherwise [`Options::floor`] applies.
    pub floor: Option<PythonVersion>,
    /// How to open its bytes.
    pub open: Open,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("place", &self.place).field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl Subject {
    /// A file on disk.
    #[must_use]
    pub fn file(path: &std::path::Path) -> Self {
        let place = path.display().to_string();
        let path = path.to_owned();
        let open: Open = Box::new(move || Ok(Box::new(monowheel_wheel::source::File::open(&path)?)));
        Self { place, depth: Depth::Everything, floor: None, open }
    }

    /// Bytes in memory, under a file name.
    #[must_use]
    pub fn bytes(file: impl Into<String>, bytes: std::sync::Arc<[u8]>) -> Self {
        let open: Open = Box::new(move || Ok(Box::new(bytes.clone())));
        Self { place: file.into(), depth: Depth::Everything, floor: None, open }
    }
}

/// The options of an audit.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Number of threads; the number of cores if absent.
    pub jobs: Option<usize>,
    /// The ignores of the configuration.
    pub ignores: Vec<Ignore>,
    /// The floor that the user states for bare binaries.
    pub floor: Option<PythonVersion>,
    /// The platforms that the project declares.
    pub declared: Option<Vec<String>>,
    /// The project whose configuration this is, by its name as spelled in file names: `declared` applies only to its
    /// wheels. If absent, it applies to all.
    pub project: Option<String>,
    /// The file names of the sdists next to the wheels.
    pub sdists: Vec<String>,
    /// The directories that contain them, to read their metadata.
    pub sdist_folders: Vec<std::path::PathBuf>,
    /// The Python that monowheel runs in, for checks that need Python.
    pub python: Option<std::path::PathBuf>,
    /// Its version and that of its renderer, as [kept facts](crate::kept) name them.
    pub checked_by: String,
    /// Whether outlines have the symbols of Python that libraries use: there may be thousands in a wheel.
    pub symbols: bool,
    /// Ends the audit early.
    pub stop: CancelToken,
}

/// The findings of every rule for one subject, worst first.
#[must_use]
pub fn findings(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules::all() {
        if let Check::One(check) = rule.check {
            check(facts, &mut Found::new(rule, &mut findings));
        }
    }
    if let Some(builder) = Builder::of(facts) {
        for finding in &mut findings {
            if let Some(fix) = builder.fix(&finding.rule) {
                finding.fix = Some(fix.to_owned());
            }
        }
    }
    worst_first(findings)
}

pub(crate) fn worst_first(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.place.cmp(&b.place)));
    findings
}

/// One audit: its options, and which of their ignores were used.
#[derive(Debug)]
pub struct Auditor {
    options: Options,
    ignores: Ignores,
}

impl Auditor {
    /// An audit with these options.
    ///
    /// # Errors
    /// [`monowheel_error::ErrorKind::Usage`] if an ignore names an unknown rule, gives no reason, or its path is not a
    /// valid pattern.
    pub fn new(options: Options) -> Result<Self> {
        options.ignores.iter().try_for_each(check_ignore)?;
        let ignores = Ignores::of(&options.ignores)?;
        Ok(Self { options, ignores })
    }

    /// Audits one subject.
    ///
    /// # Errors
    /// If it cannot be opened or read, or after [`Options::stop`]. Defects *of* the file are in the report.
    pub fn file(&self, subject: &Subject) -> Result<FileReport> {
        Ok(self.judge(&self.gather(subject)?))
    }

    /// Everything that rules see of one subject.
    ///
    /// # Errors
    /// If it cannot be opened or read, or after [`Options::stop`]. Defects *of* the file are in the facts.
    pub fn gather(&self, subject: &Subject) -> Result<Facts> {
        let source = Cancellable::new((subject.open)()?, &self.options.stop);
        // A file that had to be downloaded completely is checked completely.
        let depth = if source.is_remote() { subject.depth } else { Depth::Everything };
        let facts = gather::facts(&source, &subject.place, depth)?;
        // A read error after that is not a defect of the wheel.
        self.options.stop.check()?;
        self.complete(facts, subject)
    }

    /// The facts of one subject from their [stored form](crate::kept); the subject is not opened. `None` if its sources
    /// were parsed by another Python than [`Options::checked_by`].
    ///
    /// # Errors
    /// If they are damaged, of another revision, or those of another file name, or after [`Options::stop`].
    pub fn kept(&self, stored: &[u8], subject: &Subject) -> Result<Option<Facts>> {
        let Some(facts) = kept::read(stored, &self.options.checked_by)? else { return Ok(None) };
        let file = gather::file_name(&subject.place);
        if facts.file != file {
            return Err(Error::new(ErrorKind::Format, format!("the kept facts of {file} are those of {}", facts.file)));
        }
        self.complete(Facts { place: subject.place.clone(), ..facts }, subject).map(Some)
    }

    /// Adds what Python and the options decide.
    fn complete(&self, mut facts: Facts, subject: &Subject) -> Result<Facts> {
        let Options { python, checked_by, stop, .. } = &self.options;
        by_python::look(&mut facts, python.as_deref(), checked_by, stop)?;
        facts.stated_floor = subject.floor.or(self.options.floor);
        Ok(facts)
    }

    /// The report on a file from its facts. Nothing else is read.
    #[must_use]
    pub fn judge(&self, facts: &Facts) -> FileReport {
        let (findings, ignored) = self.ignores.apply(findings(facts));
        let symbols = if self.options.symbols { set::symbols(facts) } else { Vec::new() };
        FileReport { outline: Outline { symbols, ..Outline::of(facts) }, findings, ignored }
    }

    /// Audits the wheels of each distribution together.
    #[must_use]
    pub fn sets<'a>(&self, outlines: impl IntoIterator<Item = &'a Outline>) -> Vec<SetReport> {
        sets::reports(outlines, &self.options, &self.ignores)
    }

    /// The ignores that have matched nothing so far.
    #[must_use]
    pub fn unused_ignores(&self) -> Vec<Ignore> {
        self.ignores.unused()
    }
}

/// Audits all subjects; `ended` is called with each place once it is done, from several threads.
///
/// A subject that cannot be opened or read is among the report's failures; the others are audited.
///
/// # Errors
/// If the threads cannot be started, if an ignore's path is not a valid pattern, or after [`Options::stop`].
pub fn audit(subjects: &[Subject], options: &Options, ended: &(dyn Fn(&str) + Sync)) -> Result<Report> {
    audit_facts(subjects, options, &Auditor::gather, ended)
}

/// The same with facts from `facts`, which may know them without opening the subject.
///
/// # Errors
/// As [`audit`].
pub fn audit_facts(
    subjects: &[Subject],
    options: &Options,
    facts: &(dyn Fn(&Auditor, &Subject) -> Result<Facts> + Sync),
    ended: &(dyn Fn(&str) + Sync),
) -> Result<Report> {
    let auditor = Auditor::new(options.clone())?;
    let look = |subject: &Subject| -> Result<Result<FileReport, Failure>> {
        options.stop.check()?;
        let looked = facts(&auditor, subject).map(|facts| auditor.judge(&facts));
        options.stop.check()?;
        ended(&subject.place);
        Ok(looked.map_err(|error| Failure { place: subject.place.clone(), why: error.to_string() }))
    };
    let looked: Vec<Result<FileReport, Failure>> = match subjects {
        // Not worth starting a thread.
        [one] => vec![look(one)?],
        _ => threads::pool(options.jobs)?.install(|| subjects.par_iter().map(look).collect::<Result<_>>())?,
    };
    let mut files = Vec::new();
    let mut failures = Vec::new();
    for end in looked {
        match end {
            Ok(file) => files.push(file),
            Err(failure) => failures.push(failure),
        }
    }
    let sets = auditor.sets(files.iter().map(|file| &file.outline));
    let mut counts = Counts::default();
    for file in &files {
        counts.add_all(&file.findings, file.ignored.len());
    }
    for set in &sets {
        counts.add_all(&set.findings, set.ignored.len());
    }
    let unused_ignores = auditor.unused_ignores();
    Ok(Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        counts,
        files,
        sets,
        failures,
        unused_ignores,
        proofs: Vec::new(),
        fixed: Vec::new(),
    })
}
