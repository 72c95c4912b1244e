//! Files and directories on disk: paired by name, compared, and reported together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use monowheel_audit::cancellable::Cancellable;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_system::exec::CancelToken;
use monowheel_wheel::source::{File, ReadAt};
use serde::Serialize;

use crate::compare::{Comparison, Difference, LineTables, with_line_tables};
use crate::held::{Held, sha256};
use crate::symbols::folder;

/// The version of the JSON schema.
pub const SCHEMA: &str = "monowheel.compare/1";

/// The result of comparing two files, or two directories.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// Nothing differs, nothing is on one side only, and everything could be compared.
    pub identical: bool,
    /// The user's name for A.
    pub(crate) a: String,
    /// The user's name for B.
    pub(crate) b: String,
    /// The files that were compared, sorted by name.
    pub pairs: Vec<Pair>,
    /// Distributions that are only in directory A.
    pub only_in_a: Vec<String>,
    /// Distributions that are only in directory B.
    pub only_in_b: Vec<String>,
    /// The files that could not be compared: never omitted, and never a clean exit.
    pub failures: Vec<Failure>,
}

/// Two files.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// The path of A's.
    pub a: String,
    /// The path of B's.
    pub b: String,
    /// SHA-256 of A's, in hexadecimal.
    pub sha256_a: String,
    /// SHA-256 of B's.
    pub sha256_b: String,
    /// The differences.
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// Two files that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The path of A's.
    pub a: String,
    /// The path of B's.
    pub(crate) b: String,
    /// Why, with the next step.
    pub why: String,
}

impl Report {
    /// The exit status of a command with this report: files that could not be compared outweigh differences.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        if !self.failures.is_empty() || self.pairs.iter().any(|pair| !pair.comparison.is_complete()) {
            ExitCode::Incomplete
        } else if self.identical {
            ExitCode::Clean
        } else {
            ExitCode::Findings
        }
    }

    /// Every difference of every pair.
    pub fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.pairs.iter().flat_map(|pair| pair.comparison.differences())
    }

    fn new(a: &Path, b: &Path) -> Self {
        Self {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            identical: false,
            a: a.display().to_string(),
            b: b.display().to_string(),
            pairs: Vec::new(),
            only_in_a: Vec::new(),
            only_in_b: Vec::new(),
            failures: Vec::new(),
        }
    }

    fn with_single(mut self, in_a: &BTreeSet<PathBuf>, in_b: &BTreeSet<PathBuf>) -> Self {
        let shown = |name: &PathBuf| name.display().to_string();
        self.only_in_a = in_a.difference(in_b).map(shown).collect();
        self.only_in_b = in_b.difference(in_a).map(shown).collect();
        self
    }

    fn judged(mut self) -> Self {
        let same = self.pairs.iter().all(|pair| pair.comparison.is_identical());
        self.identical = same && self.only_in_a.is_empty() && self.only_in_b.is_empty() && self.failures.is_empty();
        self
    }

    fn add(&mut self, a: &Path, b: &Path, compared: Result<Pair>) -> Result<()> {
        match compared {
            Ok(pair) => self.pairs.push(pair),
            // A wheel and an sdist: the command line has to change.
            Err(error) if error.kind() == ErrorKind::Usage => return Err(error),
            Err(error) => {
                let (a, b) = (a.display().to_string(), b.display().to_string());
                self.failures.push(Failure { a, b, why: error.to_string() });
            }
        }
        Ok(())
    }
}

/// Compares two distributions on disk.
///
/// # Errors
/// [`ErrorKind::Usage`] when one is a wheel and the other an sdist; a file that cannot be read is a
/// [`Failure`] of the report. When `stop` was set.
pub fn files(a: &Path, b: &Path, stop: &CancelToken) -> Result<Report> {
    let mut report = Report::new(a, b);
    report.add(a, b, compared(a, b, stop)?)?;
    Ok(report.judged())
}

/// Compares the distributions (`*.whl`, `*.tar.gz`) of two directories that have the same file name.
///
/// # Errors
/// [`ErrorKind::Usage`] when both directories have none; when a directory cannot be read; when `stop` was set.
pub fn folders(a: &Path, b: &Path, stop: &CancelToken) -> Result<Report> {
    let (in_a, in_b) = (distributions_of(a)?, distributions_of(b)?);
    if in_a.is_empty() && in_b.is_empty() {
        return Err(none_in(a, b));
    }
    let mut report = Report::new(a, b);
    for name in in_a.intersection(&in_b) {
        stop.check()?;
        let (a, b) = (a.join(name), b.join(name));
        report.add(&a, &b, compared(&a, &b, stop)?)?;
    }
    Ok(report.with_single(&in_a, &in_b).judged())
}

/// The distributions of a directory as they are now, whatever happens to the files later.
#[derive(Debug)]
pub struct HeldFolder {
    folder: PathBuf,
    files: BTreeMap<PathBuf, Held>,
}

impl HeldFolder {
    /// Reads them all.
    ///
    /// # Errors
    /// When one cannot be read; when `stop` was set.
    pub fn of(folder: &Path, stop: &CancelToken) -> Result<Self> {
        let mut files = BTreeMap::new();
        for name in distributions_of(folder)? {
            stop.check()?;
            let held = Held::of(&folder.join(&name))?;
            files.insert(name, held);
        }
        Ok(Self { folder: folder.to_path_buf(), files })
    }

    /// Checks that every file is unchanged since it was read.
    ///
    /// # Errors
    /// As [`Held::check`].
    pub fn check(&self, during: &str) -> Result<()> {
        self.files.values().try_for_each(|held| held.check(during))
    }
}

/// Compares the distributions of two directories as they were when they were read.
///
/// # Errors
/// As [`folders`].
pub fn held(a: &HeldFolder, b: &HeldFolder, stop: &CancelToken) -> Result<Report> {
    let names = |folder: &HeldFolder| folder.files.keys().cloned().collect::<BTreeSet<PathBuf>>();
    let (in_a, in_b) = (names(a), names(b));
    if in_a.is_empty() && in_b.is_empty() {
        return Err(none_in(&a.folder, &b.folder));
    }
    let mut report = Report::new(&a.folder, &b.folder);
    for (name, one) in &a.files {
        let Some(other) = b.files.get(name) else { continue };
        stop.check()?;
        let compared = pair_of(&Side::held(one), &Side::held(other), stop);
        stop.check()?;
        report.add(one.path(), other.path(), compared)?;
    }
    Ok(report.with_single(&in_a, &in_b).judged())
}

fn none_in(a: &Path, b: &Path) -> Error {
    Error::new(ErrorKind::Usage, "no wheels or sdists in these directories")
        .at(format!("{} and {}", a.display(), b.display()))
        .next("name two directories with *.whl or *.tar.gz files directly in them")
}

/// One file of a pair: its hash, and the bytes that were hashed.
struct Side<'a> {
    path: &'a Path,
    sha256: String,
    bytes: &'a dyn ReadAt,
}

/// Borrowed bytes.
struct Borrowed<'a>(&'a dyn ReadAt);

impl ReadAt for Borrowed<'_> {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.0.read_at(offset, buffer)
    }
}

impl<'a> Side<'a> {
    fn held(held: &'a Held) -> Self {
        Self { path: held.path(), sha256: held.sha256().to_owned(), bytes: held.bytes() }
    }

    fn open(path: &'a Path, file: &'a File) -> Result<Self> {
        Ok(Self { path, sha256: sha256(file)?, bytes: file })
    }

    /// The differences are those of the hashed bytes, even if the file was written to in the meantime.
    fn check(&self) -> Result<()> {
        if sha256(self.bytes)? == self.sha256 {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Format, "changed while it was compared")
            .at(self.path.display())
            .next("compare again"))
    }
}

/// Opens both files once: the hashed bytes are the compared bytes.
fn pair(a: &Path, b: &Path, stop: &CancelToken) -> Result<Pair> {
    let (open_a, open_b) = (File::open(a)?, File::open(b)?);
    pair_of(&Side::open(a, &open_a)?, &Side::open(b, &open_b)?, stop)
}

/// The pair, or why it could not be compared; after Ctrl-C neither.
fn compared(a: &Path, b: &Path, stop: &CancelToken) -> Result<Result<Pair>> {
    let pair = pair(a, b, stop);
    stop.check()?;
    Ok(pair)
}

fn pair_of(a: &Side<'_>, b: &Side<'_>, stop: &CancelToken) -> Result<Pair> {
    let at = |error: Error| {
        let next = error.next_step().map(str::to_owned);
        let error = Error::new(error.kind(), error.what()).at(format!("{} and {}", a.path.display(), b.path.display()));
        next.map_or(error.clone(), |next| error.next(next))
    };
    // Files with equal hashes are equal: nothing more has to be read.
    let comparison = if a.sha256 == b.sha256 {
        Comparison::Identical
    } else {
        let tables = LineTables { a: folder::beside(a.path), b: folder::beside(b.path) };
        let (one, other) = (Cancellable::new(Borrowed(a.bytes), stop), Cancellable::new(Borrowed(b.bytes), stop));
        let comparison = with_line_tables(&one, &other, tables).map_err(at)?;
        a.check()?;
        b.check()?;
        comparison
    };
    Ok(Pair {
        a: a.path.display().to_string(),
        b: b.path.display().to_string(),
        sha256_a: a.sha256.clone(),
        sha256_b: b.sha256.clone(),
        comparison,
    })
}
/// The file names of a directory's distributions.
fn distributions_of(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut names = BTreeSet::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let text = name.to_string_lossy();
        if (text.ends_with(".whl") || text.ends_with(".tar.gz")) && !path.is_dir() {
            names.insert(PathBuf::from(name));
        }
    }
    Ok(names)
}
