//! The rule `metadata-value-invalid`.

use std::collections::HashSet;
use std::str::FromStr as _;

use monowheel_wheel::entry_points::is_identifier;
use monowheel_wheel::field::Field;
use monowheel_wheel::metadata::Metadata;
use monowheel_wheel::names::is_name;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A field of METADATA has a value that the index refuses.
    ///
    /// # What it does
    /// Checks `Name`, `Version`, `Summary` (one line, 512 characters), `Description-Content-Type`, `Dynamic`,
    /// `Provides-Extra`, `Project-URL` (a label of 32 characters, `http` or `https`), `Home-page`, `Download-URL`,
    /// e-mail addresses, `License-File` (relative, no `..`, no `*`, no backslash), `Import-Name` and
    /// `Import-Namespace`. `Requires-Dist`, `Requires-Python`, classifiers and licenses have rules of their own.
    ///
    /// # Why it matters
    /// Each invalid value makes the index refuse the file (warehouse `forklift/metadata.py`, packaging 26.3). Most
    /// installers accept it.
    ///
    /// # Example
    /// `Project-URL: Homepage, www.example.org`; an empty `Home-page:` (pypi/warehouse#15628).
    ///
    /// # Fix
    /// Correct the value in pyproject.toml.
    pub(super) static RULE: "metadata-value-invalid", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let wrong = Wrong::of(metadata);
    if let Some(first) = wrong.first() {
        let message = match wrong.len() {
            1 => first.clone(),
            several => format!("{first}, and {} more values are invalid", several - 1),
        };
        found.add(
            Finding::new(Severity::Error, wheel.info("METADATA"), message)
                .details(wrong)
                .fix("correct the value in pyproject.toml"),
        );
    }
}

/// Fields that the index reads even if they are empty, and then refuses: `'' is not a valid url`. Empty required fields
/// are reported by another rule, an empty `Import-Name` has a meaning, and the others may be empty.
const REFUSED_EMPTY: [&str; 6] =
    ["Home-page", "Download-URL", "Project-URL", "Description-Content-Type", "Dynamic", "Provides-Extra"];

/// Collects `FIELD VALUE WHY`.
struct Wrong(Vec<String>);

impl Wrong {
    fn of(metadata: &Metadata) -> Vec<String> {
        let mut wrong = Self(Vec::new());
        let is_version = |version: &str| pep440_rs::Version::from_str(version).is_ok();
        wrong.each(metadata, "Name", |name| (!is_name(name)).then_some("is not a valid name"));
        wrong.each(metadata, "Version", |version| (!is_version(version)).then_some("is not a PEP 440 version"));
        wrong.each(metadata, "Summary", |summary| match summary {
            text if text.contains(['\n', '\r']) => Some("has more than one line"),
            text if text.chars().count() > 512 => Some("is longer than 512 characters"),
            _ => None,
        });
        wrong.each(metadata, "Description-Content-Type", content_type);
        wrong.each(metadata, "Dynamic", |name| {
            let is_static =
                ["Name", "Version", "Metadata-Version"].iter().any(|field| name.eq_ignore_ascii_case(field));
            (is_static || Field::named(name).is_none()).then_some("is not a field that may be dynamic")
        });
        wrong.each(metadata, "Provides-Extra", |extra| (!is_name(extra)).then_some("is not a valid extra name"));
        for field in ["Home-page", "Download-URL"] {
            wrong.each(metadata, field, |url| (!is_url(url)).then_some("is not an http or https URL"));
        }
        let mut labels = HashSet::new();
        wrong.each(metadata, "Project-URL", |pair| {
            let (label, url) = pair.split_once(',').map_or((pair, ""), |(label, url)| (label.trim(), url.trim()));
            match (label, url) {
                ("", _) => Some("has no label"),
                (label, _) if label.chars().count() > 32 => Some("has a label of more than 32 characters"),
                (_, "") => Some("has no URL"),
                (_, url) if !is_url(url) => Some("has a URL that is not http or https"),
                (label, _) => (!labels.insert(label.to_owned())).then_some("repeats a label"),
            }
        });
        for field in ["Author-email", "Maintainer-email"] {
            wrong.each(metadata, field, |list| (!has_address(list)).then_some("has no valid e-mail address"));
        }
        if metadata.has_license_files_folder() {
            wrong.each(metadata, "License-File", |path| {
                (!is_resolved(path)).then_some("is not a normalized relative path")
            });
        }
        let mut names = HashSet::new();
        for field in ["Import-Name", "Import-Namespace"] {
            wrong.each(metadata, field, |value| {
                let (name, option) =
                    value.split_once(';').map_or((value, None), |(name, rest)| (name, Some(rest.trim())));
                let name = name.trim();
                let is_path = name.split('.').all(|part| is_identifier(part) && !KEYWORDS.contains(&part));
                match (name, option) {
                    ("", None) if field == "Import-Name" => None,
                    _ if !is_path => Some("is not an importable name"),
                    (_, Some(option)) if option != "private" => Some("has an option other than `private`"),
                    (name, _) => (!names.insert(name.to_owned())).then_some("is listed twice"),
                }
            });
        }
        wrong.0
    }

    fn each(&mut self, metadata: &Metadata, field: &str, mut why: impl FnMut(&str) -> Option<&'static str>) {
        for value in metadata.headers.all(field) {
            let value = value.trim();
            if value.is_empty() {
                if REFUSED_EMPTY.contains(&field) {
                    self.0.push(format!("{field} has no value"));
                }
                continue;
            }
            if let Some(why) = why(value) {
                let shown: String = value.chars().take(80).collect();
                self.0.push(format!("{field} {shown:?} {why}"));
            }
        }
    }
}

/// Python's keywords (3.14), which cannot be module names.
pub(super) const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

fn content_type(value: &str) -> Option<&'static str> {
    let mut parts = value.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !["text/plain", "text/x-rst", "text/markdown"].contains(&kind.as_str()) {
        return Some("is not text/plain, text/x-rst or text/markdown");
    }
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "charset" if !value.eq_ignore_ascii_case("utf-8") => return Some("has a charset other than UTF-8"),
            "variant" if kind == "text/markdown" && !["GFM", "CommonMark"].contains(&value) => {
                return Some("has a variant other than GFM or CommonMark");
            }
            _ => {}
        }
    }
    None
}

fn is_url(text: &str) -> bool {
    let is_web = text
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"));
    is_web && !text.contains(char::is_whitespace)
}

/// Whether a single address is valid, as far as that is possible without an RFC 5322 parser. The index does not check a
/// list of several (`email.utils.parseaddr` returns nothing then), nor a text without any address.
fn has_address(list: &str) -> bool {
    let unquoted: String = list.split('"').step_by(2).collect();
    if unquoted.contains(',') {
        return true;
    }
    let address = match unquoted.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => unquoted.as_str(),
    };
    match address.trim().rsplit_once('@') {
        Some((local, domain)) => {
            let is_domain = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
            !local.is_empty() && is_domain && !domain.contains(char::is_whitespace)
        }
        None => address.trim().is_empty(),
    }
}

fn is_resolved(path: &str) -> bool {
    let has_drive = matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic());
    !path.contains("..") && !path.contains(['*', '\\']) && !path.starts_with('/') && !has_drive
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> usize {
        Wrong::of(&Metadata::parse(format!("Metadata-Version: 2.5\n{text}\n").as_bytes())).len()
    }

    #[test]
    fn values_that_the_index_takes() {
        for good in [
            "Name: a.B-c_1",
            "Version: 1.0.post1+local",
            "Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM",
            "Description-Content-Type: text/x-rst;charset=\"utf-8\"",
            "Dynamic: requires-dist",
            "Provides-Extra: A_b",
            "Project-URL: Home, https://example.org/a,b",
            "Home-page: HTTPS://example.org",
            "Author-email: \"Doe, J.\" <j@example.org>, k@example.org",
            "Author-email: j@example.org, k",
            "License-File: licenses/LICENSE",
            "Import-Name: a.b ; private",
            "Import-Name:",
            "Summary: é",
        ] {
            assert_eq!(wrong(good), 0, "{good}");
        }
    }

    #[test]
    fn values_that_it_refuses() {
        for bad in [
            "Name: a b",
            "Name: é",
            "Version: 1.x",
            "Summary: a\n  b",
            "Description-Content-Type: text/html",
            "Description-Content-Type: text/markdown; variant=gfm",
            "Description-Content-Type: text/plain; charset=latin-1",
            "Dynamic: version",
            "Dynamic: nothing",
            "Provides-Extra: a b",
            "Project-URL: https://example.org",
            "Project-URL: , https://example.org",
            "Project-URL: A label that is far longer than 32 characters, https://example.org",
            "Project-URL: a, ftp://example.org",
            "Project-URL: a, https://example.org\nProject-URL: a, https://example.org",
            "Home-page: www.example.org",
            "Home-page:",
            "Project-URL:",
            "Download-URL: UNKNOWN",
            "Author-email: nobody",
            "Maintainer-email: J <j@localhost>",
            "License-File: ../LICENSE",
            "License-File: LICEN*",
            "License-File: C:/LICENSE",
            "Import-Name: a-b",
            "Import-Name: class",
            "Import-Name: a; public",
            "Import-Name: a\nImport-Namespace: a",
        ] {
            assert_eq!(wrong(bad), 1, "{bad}");
        }
        assert_eq!(wrong(&format!("Summary: {}", "é".repeat(513))), 1);
        assert_eq!(wrong(&format!("Summary: {}", "é".repeat(512))), 0);
    }
}
