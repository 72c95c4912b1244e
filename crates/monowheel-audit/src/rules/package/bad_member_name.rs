use monowheel_wheel::archive::OddityKind;
use monowheel_wheel::platform::PlatformTag;

use crate::facts::{Facts, WheelFacts};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member's name is invalid or not portable.
    ///
    /// # What it does
    /// Checks that each name is not empty, is valid UTF-8 (and flagged as UTF-8 if it is not ASCII), and contains no
    /// control or other invisible characters. Reported as warnings: a backslash in a Windows-only wheel, path
    /// components that are empty, `.` or `..`, and names that Windows does not allow in a wheel that it may install.
    ///
    /// # Why it matters
    /// PyPI refuses the first kinds (warehouse `utils/zipfiles.py`), and so does uv. Without the UTF-8 flag pip reads a
    /// different name, because it decodes the bytes as code page 437. A backslash separates directories on Windows
    /// only. Windows cannot create `aux.py` or a file name with a colon.
    ///
    /// # Example
    /// `demo\__init__.py`, from a writer that did not convert the backslashes. `demo/aux.py`.
    ///
    /// # Fix
    /// Rename the file, or use a zip writer that flags UTF-8 names.
    pub(super) static RULE: "bad-member-name", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let (plural, fix) =
        ("members have names that are refused", "use printable characters, and flag names that are not ASCII as UTF-8");
    oddities::tell(facts, found, &[OddityKind::BadName], Severity::Error, plural, fix);
    let is_windows = |tag: &PlatformTag| matches!(tag, PlatformTag::Windows { .. });
    let platforms: Vec<PlatformTag> = wheel.tags.iter().map(|tag| tag.platform()).collect();
    let only_windows = !platforms.is_empty() && platforms.iter().all(is_windows);
    let severity = if only_windows { Severity::Warning } else { Severity::Error };
    let (plural, fix) =
        ("members have names with backslashes", "separate directories by `/`, as the zip format requires");
    oddities::tell(facts, found, &[OddityKind::Backslash], severity, plural, fix);
    let (plural, fix) = ("members have paths that are not normalized", "store the path in its simplest form");
    oddities::tell(facts, found, &[OddityKind::OddPath], Severity::Warning, plural, fix);
    if platforms.iter().any(|tag| is_windows(tag) || *tag == PlatformTag::Any) {
        impossible_on_windows(wheel, found);
    }
}

fn impossible_on_windows(wheel: &WheelFacts, found: &mut Found<'_>) {
    let paths = wheel.members.iter().map(|member| member.path.as_str());
    let names: Vec<&str> = paths.filter(|path| path.split('/').any(is_impossible_on_windows)).collect();
    if names.is_empty() {
        return;
    }
    let place = match names.as_slice() {
        [one] => Place::member(*one),
        _ => Place::file(),
    };
    let message = format!("not a valid file name on Windows: {}", some_of(&names));
    let details = if names.len() > 1 { names } else { Vec::new() };
    found.add(
        Finding::new(Severity::Warning, place, message)
            .details(details.into_iter().take(100))
            .fix("rename it: Windows reserves or forbids this name"),
    );
}

/// Whether Windows refuses the name or treats it as a device (Microsoft, *Naming Files, Paths, and Namespaces*). A
/// leading drive is checked by another rule.
fn is_impossible_on_windows(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end();
    let is_device = ["con", "prn", "aux", "nul"].iter().any(|device| stem.eq_ignore_ascii_case(device))
        || stem.split_at_checked(3).is_some_and(|(port, number)| {
            ["com", "lpt"].iter().any(|known| port.eq_ignore_ascii_case(known))
                && matches!(number.as_bytes(), [b'1'..=b'9'])
        });
    let ends_badly = part.ends_with([' ', '.']) && !matches!(part, "." | "..");
    is_device || ends_badly || part.contains(['<', '>', ':', '"', '|', '?', '*'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_windows() {
        for bad in ["aux.py", "NUL", "com1", "LPT9.tar.gz", "a:b", "what?.txt", "a.", "a "] {
            assert!(is_impossible_on_windows(bad), "{bad}");
        }
        for good in ["auxiliary.py", "com.py", "com0", "com10", "a.b", "__init__.py", "", ".", "..", ".gitignore"] {
            assert!(!is_impossible_on_windows(good), "{good}");
        }
    }
}
