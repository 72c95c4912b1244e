//! The result of an audit as Python objects: frozen views of the core's report.

use std::sync::Arc;

use monowheel_audit::finding;
use monowheel_audit::report::{self, Format, Renderable, Text, html};
use monowheel_error::ExitCode;
use monowheel_error::text::harmless;
use monowheel_system::crash;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::python::errors::Raised;

/// The outcome of an audit.
#[pyclass(frozen, module = "monowheel")]
pub(super) struct Report {
    pub(super) core: Arc<report::Report>,
    /// The lowest severity that fails.
    pub(super) fail_on: finding::Severity,
}

impl Report {
    fn rendered(&self, format: Format) -> Result<String, Raised> {
        Ok(crash::guarded(&[], || self.core.render(format, Text::default()))?)
    }
}

#[pymethods]
impl Report {
    /// Whether every file could be checked and no finding reaches `fail-on` (an error by default).
    #[getter]
    fn ok(&self) -> bool {
        self.core.exit_code(self.fail_on) == ExitCode::Clean
    }

    /// The wheels and libraries that were checked, in the order of the arguments.
    #[getter]
    fn files(&self) -> Vec<AuditedFile> {
        (0..self.core.files.len()).map(|index| AuditedFile { core: Arc::clone(&self.core), index }).collect()
    }

    /// Every finding of every wheel and group of wheels, most severe first within each; ignored ones are left out.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        let files = self.core.files.iter().flat_map(|file| {
            file.findings.iter().map(|found| Finding { core: found.clone(), file: Some(file.outline.file.clone()) })
        });
        let sets = self.core.sets.iter().flat_map(|set| &set.findings);
        files.chain(sets.map(|found| Finding { core: found.clone(), file: None })).collect()
    }

    /// Number of errors.
    #[getter]
    fn errors(&self) -> usize {
        self.core.counts.errors
    }

    /// Number of warnings.
    #[getter]
    fn warnings(&self) -> usize {
        self.core.counts.warnings
    }

    /// Number of notes.
    #[getter]
    fn notes(&self) -> usize {
        self.core.counts.notes
    }

    /// The sources that could not be checked: place and reason.
    #[getter]
    fn failures(&self) -> Vec<(String, String)> {
        self.core.failures.iter().map(|failure| (failure.place.clone(), failure.why.clone())).collect()
    }

    /// The report as JSON, with a versioned `schema`.
    fn to_json(&self) -> Result<String, Raised> {
        self.rendered(Format::Json)
    }

    /// The report as dictionaries and lists, the form of `to_json`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let text = py.detach(|| self.to_json())?;
        Ok(py.import("json")?.call_method1("loads", (text,))?.cast_into()?)
    }

    /// The report as SARIF 2.1.0.
    fn to_sarif(&self) -> Result<String, Raised> {
        self.rendered(Format::Sarif)
    }

    /// The report as one self-contained HTML page.
    fn to_html(&self) -> Result<String, Raised> {
        self.rendered(Format::Html)
    }

    /// The notebook representation.
    fn _repr_html_(&self) -> Result<String, Raised> {
        Ok(crash::guarded(&[], || html::fragment(&*self.core))?)
    }

    fn __repr__(&self) -> String {
        let counts = &self.core.counts;
        format!(
            "<monowheel.Report: {} files, {} errors, {} warnings, {} notes>",
            self.core.files.len(),
            counts.errors,
            counts.warnings,
            counts.notes
        )
    }
}

/// A wheel, or a shared library outside one, that was checked.
#[pyclass(frozen, module = "monowheel")]
pub(super) struct AuditedFile {
    core: Arc<report::Report>,
    index: usize,
}

impl AuditedFile {
    fn file_report(&self) -> &report::FileReport {
        &self.core.files[self.index]
    }
}

#[pymethods]
impl AuditedFile {
    /// The file name.
    #[getter]
    fn file(&self) -> &str {
        &self.file_report().outline.file
    }

    /// The path or URL it was read from.
    #[getter]
    fn place(&self) -> &str {
        &self.file_report().outline.place
    }

    /// Bytes.
    #[getter]
    fn size(&self) -> u64 {
        self.file_report().outline.size
    }

    /// The distribution's name as in the file name; None for a library outside a wheel.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.file_report().outline.name.as_deref()
    }

    /// The version as in the file name.
    #[getter]
    fn version(&self) -> Option<&str> {
        self.file_report().outline.version.as_deref()
    }

    /// Every tag of the file name, one by one.
    #[getter]
    fn tags(&self) -> Vec<String> {
        self.file_report().outline.tags.iter().map(ToString::to_string).collect()
    }

    /// `Requires-Python` of its metadata.
    #[getter]
    fn requires_python(&self) -> Option<&str> {
        self.file_report().outline.requires_python.as_deref()
    }

    /// Its findings, most severe first.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        let file = self.file();
        let findings = self.file_report().findings.iter();
        findings.map(|found| Finding { core: found.clone(), file: Some(file.to_owned()) }).collect()
    }

    fn __repr__(&self) -> String {
        format!("<monowheel.AuditedFile {}: {} findings>", harmless(self.file()), self.file_report().findings.len())
    }
}

/// A problem, or a note.
#[pyclass(frozen, eq, module = "monowheel")]
#[derive(PartialEq)]
pub(super) struct Finding {
    core: finding::Finding,
    file: Option<String>,
}

#[pymethods]
impl Finding {
    /// The rule's id; `monowheel explain ID` shows its documentation.
    #[getter]
    fn rule(&self) -> &str {
        &self.core.rule
    }

    /// `error`, `warning` or `note`.
    #[getter]
    fn severity(&self) -> &str {
        self.core.severity.word()
    }

    /// What is wrong.
    #[getter]
    fn message(&self) -> &str {
        &self.core.message
    }

    /// The file it is in; None if it is about several wheels together.
    #[getter]
    fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The member of the wheel.
    #[getter]
    fn member(&self) -> Option<&str> {
        self.core.place.member.as_deref()
    }

    /// The architecture, in a universal binary.
    #[getter]
    fn slice(&self) -> Option<&str> {
        self.core.place.slice.as_deref()
    }

    /// Details: symbols, libraries or rows.
    #[getter]
    fn details(&self) -> Vec<String> {
        self.core.details.clone()
    }

    /// How to fix it.
    #[getter]
    fn fix(&self) -> Option<&str> {
        self.core.fix.as_deref()
    }

    fn __repr__(&self) -> String {
        format!("<monowheel.Finding {} {}: {}>", self.severity(), self.core.rule, harmless(&self.core.message))
    }
}
