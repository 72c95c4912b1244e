//! `dist/monowheel.json`: what was built, with what, and how it ended. The one model of the file, for writing and
//! reading.

use std::io;
use std::path::Path;

use monowheel_audit::audit::Auditor;
use monowheel_audit::finding::Finding;
use monowheel_audit::report::Counts;
use monowheel_audit::set::{Coverage, Outline};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::Abi;
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_system::exec::IsolationReport;
use monowheel_system::hash::sha256;
use monowheel_system::{own_files, regular_file};
use serde::{Deserialize, Serialize};

use crate::contract::Breach;
use crate::plan::ToolFacts;
use crate::size::OverBudget;
use crate::symbols;

/// The version of the manifest's schema; readers reject any other.
pub const SCHEMA: &str = "monowheel.manifest/1";
/// The manifest's file name in `dist/`.
pub const FILE: &str = own_files::MANIFEST;

/// The wheels of a release.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub(crate) schema: String,
    /// The version of monowheel.
    pub monowheel: String,
    /// The distribution's name as written.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether every planned wheel has been built.
    pub complete: bool,
    /// The versions of the tools that built it.
    pub tools: ToolFacts,
    /// Whether everything that was compiled keeps the frame pointer (PEP 831).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frame_pointers: bool,
    /// Settings of the environment that reached the compilers, by name (`RUSTFLAGS`, …).
    pub environment: Vec<(String, String)>,
    /// The source that every wheel was built from.
    pub sdist: File,
    /// The commit that the sdist records as its origin.
    pub commit: Option<String>,
    /// How the source's code was run, if the source is not the user's own project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<IsolationReport>,
    /// The wheels, in the order of the plan.
    pub wheels: Vec<Wheel>,
    /// The audit's verdict on all of them.
    pub audit: Audit,
    /// The wheels that are larger than `[tool.monowheel.size]` allows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over_budget: Vec<OverBudget>,
}

/// The verdict of the audit on all distributions.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Audit {
    /// Whether nothing in `dist/` has a finding at or above the project's `fail-on`.
    pub clean: bool,
    /// The number of findings of all wheels in `dist/` and of the release, by severity.
    pub counts: Counts,
    /// The findings about the release; each wheel has its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Which wheel an installer takes on each Python and platform.
    pub(crate) coverage: Coverage,
}

/// A distribution file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct File {
    /// Its name in `dist/`.
    pub file: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

impl File {
    /// The entry of these bytes.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self { file: name.to_owned(), sha256: sha256(bytes), size: bytes.len() as u64 }
    }
}

/// A planned wheel and its outcome.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Wheel {
    /// The platform's name.
    pub target: String,
    /// The ABI.
    pub abi: Abi,
    /// The planned tag.
    pub(crate) tag: String,
    /// The Rust targets.
    pub(crate) triples: Vec<String>,
    /// The linker.
    pub(crate) linker: String,
    /// maturin's arguments, without this machine's paths.
    pub(crate) arguments: Vec<String>,
    /// Features of the binding crate that were enabled from outside: the crate itself does not have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) added_features: Vec<String>,
    /// How it ended.
    pub verdict: Verdict,
    /// The file, if there is one.
    #[serde(flatten)]
    pub file: Option<File>,
    /// Its line tables, if they are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbols: Option<symbols::Kept>,
    /// The duration of the build, also for a wheel that was reused.
    pub seconds: Option<f64>,
    /// Why there is no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Breaches of the contract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<Breach>,
    /// The audit's findings on a wheel that is in `dist/`: warnings and notes, because an error keeps it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Facts about the wheel, for the verdict on the release.
    #[serde(skip)]
    pub outline: Option<Outline>,
}

/// How a planned wheel ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Built now.
    Built,
    /// Built before from the same source with the same tools.
    Reused,
    /// Built, but not as planned: it is not in `dist/`.
    Broken,
    /// It could not be built.
    Failed,
    /// Something it needs is missing.
    Blocked,
    /// Not attempted, because the build was stopped.
    Skipped,
}

impl Manifest {
    /// The manifest in this directory. Its files have plain names: they are in the directory itself.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when there is none, [`ErrorKind::Format`] when it has another schema.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let bytes = match regular_file::read(&path, regular_file::MOST_TEXT) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(Error::new(ErrorKind::Project, "no wheels have been built there")
                    .at(path.display())
                    .next("run monowheel build"));
            }
            Err(error) => return Err(error.into()),
        };
        let wrong =
            |what: String| Error::new(ErrorKind::Format, what).at(path.display()).next("rebuild it: monowheel build");
        let another_form = |why: String| wrong(format!("not a manifest with the schema {SCHEMA}: {why}"));
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|error| another_form(error.to_string()))?;
        if manifest.schema != SCHEMA {
            return Err(another_form(format!("its schema is {:?}", manifest.schema)));
        }
        let is_plain = |file: &&File| Path::new(&file.file).file_name().is_some_and(|name| name == &*file.file);
        if let Some(file) = manifest.files().find(|file| !is_plain(file)) {
            return Err(wrong(format!("{:?} is not a file of this directory", file.file)));
        }
        Ok(manifest)
    }

    /// The sdist, then the wheels that exist.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        std::iter::once(&self.sdist).chain(self.wheels.iter().filter_map(|wheel| wheel.file.as_ref()))
    }

    /// The wheels that have more bytes than that.
    pub(crate) fn over(&self, max_wheel: Option<u64>) -> Vec<OverBudget> {
        let files = self.wheels.iter().filter_map(|wheel| wheel.file.as_ref());
        files.filter_map(|file| OverBudget::check(&file.file, file.size, max_wheel)).collect()
    }
}

impl Audit {
    /// The verdict over these wheels, which are in `dist/`.
    #[must_use]
    pub fn of(wheels: &[Wheel], auditor: &Auditor, policy: &AuditPolicy) -> Self {
        let mut audit = Self::default();
        for wheel in wheels {
            audit.counts.add_all(&wheel.findings, 0);
        }
        for set in auditor.sets(wheels.iter().filter_map(|wheel| wheel.outline.as_ref())) {
            audit.counts.add_all(&set.findings, set.ignored.len());
            audit.findings.extend(set.findings);
            audit.coverage = set.coverage;
        }
        audit.clean = policy.passes(&audit.counts);
        audit
    }
}

impl Verdict {
    /// Whether the wheel is in `dist/`.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Built | Self::Reused)
    }

    /// The display name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Built => "built",
            Self::Reused => "reused",
            Self::Broken => "BROKEN",
            Self::Failed => "FAILED",
            Self::Blocked => "BLOCKED",
            Self::Skipped => "skipped",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use monowheel_audit::finding::{Place, Severity};
    use monowheel_audit::set::{CoverageRow, Interpreter};

    use super::*;

    /// A file of these bytes.
    pub(crate) fn file(name: &str, bytes: &[u8]) -> File {
        let sha256 = monowheel_system::hash::sha256(bytes);
        File { file: name.to_owned(), sha256, size: bytes.len() as u64 }
    }

    /// A wheel for 64-bit Windows.
    pub(crate) fn wheel(file: Option<File>) -> Wheel {
        Wheel {
            target: "win_amd64".to_owned(),
            abi: Abi::Stable(monowheel_wheel::abi::Family::Abi3),
            tag: "cp38-abi3-win_amd64".to_owned(),
            triples: vec!["x86_64-pc-windows-gnullvm".to_owned()],
            linker: "zig 0.15.2".to_owned(),
            arguments: vec!["build".to_owned()],
            added_features: Vec::new(),
            verdict: if file.is_some() { Verdict::Built } else { Verdict::Failed },
            file,
            symbols: None,
            seconds: Some(1.5),
            why: None,
            breaches: Vec::new(),
            findings: Vec::new(),
            outline: None,
        }
    }

    /// The manifest of these files.
    pub(crate) fn manifest(sdist: File, wheels: Vec<Wheel>) -> Manifest {
        Manifest {
            schema: SCHEMA.to_owned(),
            monowheel: "0.0.1".to_owned(),
            name: "demo".to_owned(),
            version: "1.0".to_owned(),
            complete: wheels.iter().all(|wheel| wheel.verdict.is_good()),
            tools: ToolFacts { maturin: None, zig: None, toolchain: None, rustc: None },
            frame_pointers: false,
            environment: vec![("RUSTFLAGS".to_owned(), "-g".to_owned())],
            sdist,
            commit: None,
            isolation: None,
            wheels,
            audit: Audit::default(),
            over_budget: Vec::new(),
        }
    }

    fn write(folder: &Path, manifest: &Manifest) -> Result<()> {
        let text = serde_json::to_string(manifest).unwrap_or_default();
        Ok(fs_err::write(folder.join(FILE), text)?)
    }

    #[test]
    fn the_budget_is_that_of_each_wheel() {
        let sdist = file("demo-1.0.tar.gz", &[0; 100]);
        let wheels =
            vec![wheel(Some(file("small.whl", &[0; 10]))), wheel(Some(file("large.whl", &[0; 11]))), wheel(None)];
        let manifest = manifest(sdist, wheels);
        assert_eq!(manifest.over(None), []);
        let over: Vec<String> = manifest.over(Some(10)).into_iter().map(|over| over.file).collect();
        assert_eq!(over, ["large.whl"]);
    }

    #[test]
    fn what_is_written_is_read() -> Result<()> {
        let dir = tempfile::tempdir()?;
        // A rule of another version.
        let mut finding = Finding::new(Severity::Warning, Place::member("a/b.so"), "wrong").details(["x"]);
        finding.rule = "a-rule-of-tomorrow".into();
        let failed = Wheel {
            why: Some("no linker".to_owned()),
            breaches: vec![Breach { what: "w".to_owned(), next: "n".to_owned() }],
            ..wheel(None)
        };
        let built = Wheel { findings: vec![finding.clone()], ..wheel(Some(file("a.whl", b"a"))) };
        let mut written = manifest(file("a-1.tar.gz", b"b"), vec![built, failed]);
        written.audit.findings = vec![finding];
        written.audit.coverage = Coverage {
            pythons: vec![Interpreter { version: (3, 8), free_threaded: false }],
            rows: vec![CoverageRow { platform: "win_amd64".to_owned(), wheels: vec![None, Some("a.whl".to_owned())] }],
        };
        write(dir.path(), &written)?;
        let read = Manifest::read(dir.path())?;
        let json = |manifest: &Manifest| serde_json::to_value(manifest).unwrap_or_default();
        assert_eq!(json(&read), json(&written));
        assert_eq!(read.files().map(|file| file.file.as_str()).collect::<Vec<_>>(), ["a-1.tar.gz", "a.whl"]);
        Ok(())
    }

    #[test]
    fn what_is_no_manifest_is_refused() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let fails = || Manifest::read(dir.path()).err().map(|error| (error.kind(), error.to_string()));
        assert!(fails().is_some_and(|(kind, said)| kind == ErrorKind::Project && said.contains("monowheel build")));
        let good = manifest(file("a-1.tar.gz", b"b"), vec![wheel(Some(file("a.whl", b"a")))]);
        for name in ["../a.whl", "/a.whl", "b/a.whl", "..", ""] {
            let wheels = vec![wheel(Some(file(name, b"a")))];
            write(dir.path(), &Manifest { wheels, ..good.clone() })?;
            assert!(fails().is_some_and(|(kind, _)| kind == ErrorKind::Format), "{name:?}");
        }
        write(dir.path(), &Manifest { schema: "monowheel.manifest/2".to_owned(), ..good.clone() })?;
        assert!(fails().is_some_and(|(_, said)| said.contains("monowheel.manifest/2")));
        write(dir.path(), &good)?;
        assert!(fails().is_none());
        Ok(())
    }

    #[test]
    fn the_policy_decides_what_is_clean() -> Result<()> {
        let warning = Finding::new(Severity::Warning, Place::file(), "wrong");
        let wheels = [Wheel { findings: vec![warning], ..wheel(Some(file("a.whl", b"a"))) }];
        for (fail_on, clean) in [(Severity::Error, true), (Severity::Warning, false), (Severity::Note, false)] {
            let policy = AuditPolicy { fail_on, ..AuditPolicy::default() };
            let auditor = Auditor::new(policy.options(Vec::new(), &monowheel_system::exec::CancelToken::default()))?;
            assert_eq!(Audit::of(&wheels, &auditor, &policy).clean, clean, "{fail_on:?}");
        }
        Ok(())
    }
}
