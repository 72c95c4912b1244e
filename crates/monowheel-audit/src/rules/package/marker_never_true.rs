use monowheel_wheel::requirement::Requirement;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A marker compares a variable with a value that it never has.
    ///
    /// # What it does
    /// Looks in the markers of `Requires-Dist` for comparisons (`==`, `!=`) of `sys_platform`, `platform_system` and
    /// `os_name` with the name that another of the three has for the system, or with none's (`windows`, `macos`), and
    /// of `python_version` with a version of three numbers.
    ///
    /// # Why it matters
    /// With `==` the requirement is installed nowhere, and with `!=` everywhere; no installer reports it.
    /// `sys_platform` is `linux`, `darwin` or `win32`, `platform_system` is `Linux`, `Darwin` or `Windows`, `os_name`
    /// is `posix` or `nt`, and `python_version` has two numbers.
    ///
    /// # Example
    /// `Requires-Dist: pywin32; sys_platform == "windows"`
    ///
    /// # Fix
    /// Write the value that the variable has, or use `python_full_version` for three numbers.
    pub(super) static RULE: "marker-never-true", Package, Warning, One(check);
}

/// The variables and the values that people take for theirs, in lower case, with the right one.
const CONFUSED: [(&str, &[(&str, &str)]); 3] = [
    (
        "sys_platform",
        &[
            ("windows", "win32"),
            ("win64", "win32"),
            ("nt", "win32"),
            ("macos", "darwin"),
            ("osx", "darwin"),
            ("mac", "darwin"),
        ],
    ),
    (
        "platform_system",
        &[("win32", "Windows"), ("nt", "Windows"), ("macos", "Darwin"), ("osx", "Darwin"), ("macosx", "Darwin")],
    ),
    (
        "os_name",
        &[
            ("windows", "nt"),
            ("win32", "nt"),
            ("linux", "posix"),
            ("darwin", "posix"),
            ("macos", "posix"),
            ("mac", "posix"),
        ],
    ),
];
/// Values whose case matters.
const CASED: [(&str, &[&str]); 2] =
    [("sys_platform", &["linux", "darwin", "win32"]), ("platform_system", &["Linux", "Darwin", "Windows"])];

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let mut wrong = Vec::new();
    let mut instead = None;
    for text in metadata.headers.all("Requires-Dist") {
        let Ok(requirement) = Requirement::parse(text) else { continue };
        for (variable, value) in requirement.equalities {
            if let Some(right) = meant(variable, value) {
                instead.get_or_insert(right);
                wrong.push(format!("{variable} {value:?} for {}", requirement.name));
            }
        }
    }
    if let Some(instead) = instead {
        found.add(
            Finding::new(
                Severity::Warning,
                wheel.info("METADATA"),
                format!("markers with a value that the variable never has: {}", some_of(&wrong)),
            )
            .details(wrong)
            .fix(format!("write {instead}")),
        );
    }
}

/// What was probably meant by a value that the variable never has.
fn meant(variable: &str, value: &str) -> Option<String> {
    if variable == "python_version" {
        let is_patch = value.split('.').count() == 3 && value.split('.').all(|part| part.parse::<u32>().is_ok());
        return is_patch.then(|| "`python_full_version` for a version of three numbers".to_owned());
    }
    let lower = value.to_ascii_lowercase();
    let find =
        |values: &[(&str, &'static str)]| values.iter().find(|(wrong, _)| *wrong == lower).map(|(_, right)| *right);
    let confused = CONFUSED.iter().find(|(name, _)| *name == variable).and_then(|(_, values)| find(values));
    let cased = || {
        let (_, values) = CASED.iter().find(|(name, _)| *name == variable)?;
        values.iter().find(|right| right.eq_ignore_ascii_case(value) && **right != value).copied()
    };
    confused.or_else(cased).map(|right| format!("`{variable} == \"{right}\"`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_each_variable() {
        for (variable, value, is_wrong) in [
            ("sys_platform", "windows", true),
            ("sys_platform", "Linux", true),
            ("sys_platform", "cygwin", false),
            ("sys_platform", "win32", false),
            ("platform_system", "win32", true),
            ("platform_system", "windows", true),
            ("platform_system", "Darwin", false),
            ("os_name", "linux", true),
            ("os_name", "java", false),
            ("python_version", "3.10.4", true),
            ("python_version", "3.10", false),
            ("platform_machine", "windows", false),
        ] {
            assert_eq!(meant(variable, value).is_some(), is_wrong, "{variable} {value}");
        }
    }
}
