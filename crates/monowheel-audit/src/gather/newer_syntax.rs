//! Which Python files may have newer syntax: a quick look for its words, line by line, so that few files are parsed.
//!
//! It may take a file that has none, never the other way round for what it looks for: `:=` and positional-only parameters
//! (3.8), parenthesized context managers (3.9), `match` (3.10), `except*` (3.11), type parameters and `type` (3.12).

use std::sync::LazyLock;

use memchr::memmem::Finder;
use pep440_rs::VersionSpecifiers;

use monowheel_wheel::abi::{PythonVersion, admits};

use crate::facts::WheelFacts;

static WALRUS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(":="));

/// The newest minor version of Python 3 whose syntax the file may have; `None` when it has nothing of the kind.
pub(super) fn newest(text: &[u8]) -> Option<u8> {
    let mut newest = WALRUS.find(text).map(|_| 8);
    let mut begin = 0;
    for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
        let line = text.get(begin..end).unwrap_or_default();
        begin = end + 1;
        let start = line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
        let line = line.get(start..).unwrap_or_default();
        let is = |word: &str| line.starts_with(word.as_bytes());
        let of_line = match line.first() {
            Some(b'm') if is("match ") || is("match(") => Some(10),
            Some(b'e') if is("except*") || is("except *") => Some(11),
            Some(b't') if is("type ") && line.contains(&b'=') => Some(12),
            Some(b'd' | b'c' | b'a') if is("def ") || is("class ") || is("async def ") => declared(line),
            Some(b'w') if is("with (") || is("with(") => Some(9),
            // A parameter list of several lines.
            Some(b'/') if is("/,") || is("/)") || line == b"/" || line == b"/\r" => Some(8),
            _ => None,
        };
        newest = newest.max(of_line);
    }
    newest
}

/// Of a line with `def` or `class`: a bracket before the parameters, a lonely slash in them.
fn declared(line: &[u8]) -> Option<u8> {
    match line.iter().find(|byte| matches!(byte, b'[' | b'(' | b':')) {
        Some(b'[') => Some(12),
        _ => line.contains(&b'/').then_some(8),
    }
}

/// Whether a path says that its file is not for every Python, or not for Python to import.
pub(super) fn is_special(path: &str) -> bool {
    let words = path.split(['/', '.', '-', '_']);
    words.into_iter().any(|word| {
        let digits = word.strip_prefix("py").or_else(|| word.strip_prefix("python")).unwrap_or(word);
        let is_version =
            digits.len() >= 2 && digits.starts_with('3') && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_version
            || ["test", "tests", "testing", "template", "templates", "data", "example", "examples"].contains(&word)
    })
}

/// The oldest Python that installs the wheel, where both the tags and `Requires-Python` say something of it.
pub(super) fn oldest(wheel: &WheelFacts) -> Option<PythonVersion> {
    let specifiers: VersionSpecifiers = wheel.metadata.as_ref()?.requires_python()?.parse().ok()?;
    let by_tag = wheel.tags.iter().map(monowheel_wheel::tag::Tag::cpython).min().flatten();
    let first = by_tag.map_or(0, |(_, minor)| minor);
    (first..=first.saturating_add(40)).map(|minor| (3, minor)).find(|version| admits(Some(&specifiers), *version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_newer_syntax() {
        for (text, minor) in [
            ("x = 1\ny = {1: 2}\n", None),
            ("if (n := 1):\n", Some(8)),
            ("def f(a, /, b): ...\n", Some(8)),
            ("def f(\n    a,\n    /,\n    b): ...\n", Some(8)),
            ("with (a, b):\n", Some(9)),
            ("    match x:\r\n", Some(10)),
            ("matches = 1\n", None),
            ("except* ValueError:\n", Some(11)),
            ("type X = int\n", Some(12)),
            ("type(x)\n", None),
            ("def f[T](x: T): ...\n", Some(12)),
            ("class C[T]: ...\n", Some(12)),
            ("class C(List[int]): ...\n", None),
        ] {
            assert_eq!(newest(text.as_bytes()), minor, "{text}");
        }
    }

    #[test]
    fn paths_of_other_pythons() {
        for path in ["demo/_py310.py", "demo/py3_12/x.py", "demo/tests/x.py", "demo/compat_312.py"] {
            assert_eq!(is_special(path), path != "demo/py3_12/x.py", "{path}");
        }
        assert!(!is_special("demo/client3.py") && !is_special("demo/__init__.py"));
    }
}
