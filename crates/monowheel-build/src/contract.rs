//! The contract gate: a wheel has exactly the planned tag, contains the planned module, which Python can
//! import, and the audit reports no error.
//!
//! maturin falls back to version-specific wheels with only a warning, and warns about a missing
//! init function without failing. Here each is a breach, and the wheel never reaches `dist/`.

use std::sync::Arc;

use monowheel_audit::audit::{Auditor, Subject};
use monowheel_audit::finding::{Finding, Severity};
use monowheel_audit::report::FileReport;
use monowheel_error::Result;
use monowheel_wheel::abi::hook::{EXPORT, INIT, symbol};
use monowheel_wheel::filename::WheelName;
use serde::{Deserialize, Serialize};

/// A mismatch between a wheel and its plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Breach {
    /// What is wrong.
    pub what: String,
    /// The next step.
    pub next: String,
}

/// Audits a wheel and compares it with its plan; no breaches when it matches.
///
/// # Errors
/// When the wheel cannot be read.
pub fn check(
    name: &str,
    bytes: &Arc<[u8]>,
    tag: &str,
    module: &str,
    auditor: &Auditor,
) -> Result<(FileReport, Vec<Breach>)> {
    let report = auditor.file(&Subject::bytes(name, bytes.clone()))?;
    let named = WheelName::parse(&report.outline.file)?.tag;
    let mut breaches = Vec::new();
    if named != tag {
        breaches.push(Breach {
            what: format!("the wheel is tagged {named}, but {tag} was planned"),
            next:
                "see the log for why maturin fell back to another kind of wheel (does a Cargo feature turn abi3 off?)"
                    .to_owned(),
        });
    }
    let extensions: Vec<&str> = report.outline.extensions().map(|binary| binary.path.as_str()).collect();
    let stem_of = |path: &str| path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or_default().to_owned();
    if !extensions.iter().any(|path| stem_of(path) == module) {
        breaches.push(Breach {
            what: format!("no extension module called {module} in the wheel (found: {})", extensions.join(", ")),
            next: "set `module-name` in [tool.maturin], or `name` in [lib] of Cargo.toml".to_owned(),
        });
    }
    breaches.extend(report.findings.iter().filter(|found| found.severity == Severity::Error).map(breach));
    let hooks = [INIT, EXPORT].map(|hook| symbol(hook, module));
    // The audit reports a missing or misnamed hook if a file calls Python. The planned module is one even if it does
    // not: a crate without `#[pymodule]` compiles to a library that neither calls Python nor is entered by it.
    let is_reported = |rule: &str| report.findings.iter().any(|found| found.rule == rule);
    let planned = report.outline.extensions().filter(|binary| stem_of(&binary.path) == module);
    let unentered = planned.filter(|binary| {
        binary.slices.iter().any(|slice| !slice.hooks.iter().any(|exported| hooks.contains(exported)))
    });
    if let (Some(binary), false) = (unentered.last(), is_reported("init-missing") || is_reported("init-misnamed")) {
        breaches.push(Breach {
            what: format!("{} exports neither {} nor {}: Python cannot import it", binary.path, hooks[0], hooks[1]),
            next: format!(
                "define the module in the crate that [lib] names: #[pymodule] fn {module}(…) or #[pymodule] mod {module}; \
                 with pyo3-ffi alone: #[no_mangle] pub unsafe extern \"C\" fn {}()",
                hooks[0]
            ),
        });
    }
    Ok((report, breaches))
}

fn breach(finding: &Finding) -> Breach {
    let place = finding.place.to_string();
    let gap = if place.is_empty() { "" } else { ": " };
    Breach {
        what: format!("{place}{gap}{} ({})", finding.message, finding.rule),
        next: finding.fix.clone().unwrap_or_else(|| format!("monowheel explain {}", finding.rule)),
    }
}
