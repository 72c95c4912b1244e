//! Files and folders on disk: paired by name, compared, told in one report.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use monowheel_audit::cancellable::Cancellable;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_system::exec::CancelToken;
use monowheel_system::hash;
use monowheel_wheel::source::File;
use serde::Serialize;

use crate::compare::{Comparison, Difference, distributions};

/// The version of the JSON form.
pub const SCHEMA: &str = "monowheel.compare/1";

/// What came of comparing two files, or two folders of them.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// Nothing differs, nothing is on one side only, and everything could be compared.
    pub identical: bool,
    /// What the user named as A.
    pub(crate) a: String,
    /// What the user named as B.
    pub(crate) b: String,
    /// The files that were compared, sorted by name.
    pub pairs: Vec<Pair>,
    /// Distributions that only the folder A has.
    pub only_in_a: Vec<String>,
    /// Distributions that only the folder B has.
    pub only_in_b: Vec<String>,
    /// What could not be compared: never passed over, never a clean exit.
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
    /// What differs.
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
    /// What a command that made this report ends with: what could not be compared outweighs what differs.
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

    fn judged(mut self) -> Self {
        let same = self.pairs.iter().all(|pair| pair.comparison.is_identical());
        self.identical = same && self.only_in_a.is_empty() && self.only_in_b.is_empty() && self.failures.is_empty();
        self
    }

    fn add(&mut self, a: &Path, b: &Path, stop: &CancelToken) -> Result<()> {
        let pair = pair(a, b, stop);
        stop.check()?;
        match pair {
            Ok(pair) => self.pairs.push(pair),
            // A wheel and an sdist: the words have to change.
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
/// [`ErrorKind::Usage`] when one is a wheel and the other an sdist; what cannot be read is a
/// [`Failure`] of the report. When `stop` was set.
pub fn files(a: &Path, b: &Path, stop: &CancelToken) -> Result<Report> {
    let mut report = Report::new(a, b);
    report.add(a, b, stop)?;
    Ok(report.judged())
}

/// Compares the distributions (`*.whl`, `*.tar.gz`) of two folders that have the same file name.
///
/// # Errors
/// [`ErrorKind::Usage`] when both folders have none; when a folder cannot be read; when `stop` was set.
pub fn folders(a: &Path, b: &Path, stop: &CancelToken) -> Result<Report> {
    let (in_a, in_b) = (distributions_of(a)?, distributions_of(b)?);
    if in_a.is_empty() && in_b.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no wheels and no sdists in these folders")
            .at(format!("{} and {}", a.display(), b.display()))
            .next("name two folders with *.whl or *.tar.gz files directly in them"));
    }
    let mut report = Report::new(a, b);
    for name in in_a.intersection(&in_b) {
        stop.check()?;
        report.add(&a.join(name), &b.join(name), stop)?;
    }
    let names = |names: std::collections::btree_set::Difference<'_, PathBuf>| -> Vec<String> {
        names.map(|name| name.display().to_string()).collect()
    };
    report.only_in_a = names(in_a.difference(&in_b));
    report.only_in_b = names(in_b.difference(&in_a));
    Ok(report.judged())
}

fn pair(a: &Path, b: &Path, stop: &CancelToken) -> Result<Pair> {
    let (sha256_a, sha256_b) = (hash::sha256_file(a)?, hash::sha256_file(b)?);
    // Equal hashes are equal files: nothing more has to be read.
    let comparison = if sha256_a == sha256_b {
        Comparison::Identical
    } else {
        let at = |error: Error| {
            let next = error.next_step().map(str::to_owned);
            let error = Error::new(error.kind(), error.what()).at(format!("{} and {}", a.display(), b.display()));
            next.map_or(error.clone(), |next| error.next(next))
        };
        distributions(&Cancellable::new(File::open(a)?, stop), &Cancellable::new(File::open(b)?, stop)).map_err(at)?
    };
    Ok(Pair { a: a.display().to_string(), b: b.display().to_string(), sha256_a, sha256_b, comparison })
}

/// The file names of a folder's distributions.
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
