use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel exceeds PyPI's size limit.
    ///
    /// # What it does
    /// Compares the file size with PyPI's limits (warehouse `constants.py`): 100 MiB by default, and 1 GiB for a
    /// project whose limit was raised.
    ///
    /// # Why it matters
    /// Above 100 MiB the upload is refused unless PyPI has raised the project's limit (a warning here). Above 1 GiB it
    /// is always refused.
    ///
    /// # Example
    /// A wheel with debug information, or with a bundled copy of CUDA.
    ///
    /// # Fix
    /// Strip the binaries, move data into a separate package, or ask PyPI for a higher limit first.
    pub(super) static RULE: "file-too-large", Package, Error, One(check);
}

/// `MAX_FILESIZE`.
const USUAL: u64 = 100 << 20;
/// `UPLOAD_LIMIT_CAP`.
const HIGHEST: u64 = 1 << 30;

fn check(facts: &Facts, found: &mut Found<'_>) {
    if facts.wheel.is_none() || facts.size <= USUAL {
        return;
    }
    let mebibytes = facts.size.div_ceil(1 << 20);
    let (severity, message) = if facts.size > HIGHEST {
        (Severity::Error, format!("the wheel is {mebibytes} MiB; PyPI accepts no file over 1 GiB"))
    } else {
        let message =
            format!("the wheel is {mebibytes} MiB; PyPI's limit is 100 MiB unless it raised the project's limit");
        (Severity::Warning, message)
    };
    let fix = "strip the binaries, move data into a separate package, or ask PyPI for a higher limit before the \
               release";
    found.add(Finding::new(severity, Place::file(), message).fix(fix));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::WheelFacts;

    #[test]
    fn each_limit_has_its_severity() {
        let severity = |size: u64| {
            let facts = Facts { size, wheel: Some(WheelFacts::default()), ..Facts::default() };
            let mut findings = Vec::new();
            check(&facts, &mut Found::new(&RULE, &mut findings));
            findings.first().map(|finding| finding.severity)
        };
        assert_eq!(severity(USUAL), None);
        assert_eq!(severity(USUAL + 1), Some(Severity::Warning));
        assert_eq!(severity(HIGHEST), Some(Severity::Warning));
        assert_eq!(severity(HIGHEST + 1), Some(Severity::Error));
    }
}
