//! The name of a project in its forms, and invalid names.
//!
//! One name becomes four: the distribution on an index (`my-lib`), the package that Python imports, the crate, and a
//! part of file names. A name that is invalid for any of them is refused, with the reason and a suggestion; nothing is
//! renamed silently.

use std::sync::LazyLock;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::names::normalized_name;

/// The limit of crates.io; indexes accept longer names, file systems not much longer ones.
const LONGEST: usize = 64;
/// `sys.stdlib_module_names` of all CPythons: name, first, last.
const STDLIB: &str = include_str!("stdlib_names.tsv");
/// Python's, except soft keywords (`match`, `case`, `type`), which can be imported.
const PYTHON_KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];
/// Rust's, including reserved ones: cargo refuses them all.
const RUST_KEYWORDS: [&str; 50] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
];
/// Crates that are always available.
const RUST_CRATES: [&str; 5] = ["alloc", "core", "proc_macro", "std", "test"];
/// Directories of a project, or of cargo's target directory: a package of that name would conflict with them.
const FOLDERS: [&str; 11] =
    ["build", "deps", "dist", "docs", "examples", "incremental", "python", "src", "target", "tests", "benches"];
/// Device names on Windows, with any suffix.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

static STDLIB_NAMES: LazyLock<Vec<[&str; 3]>> = LazyLock::new(|| {
    let rows = STDLIB.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|row| row.split('\t').collect::<Vec<_>>().try_into().ok()).collect()
});

/// A valid project name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As typed, which is how an index shows it: `my-lib`.
    pub(crate) distribution: String,
    /// The import name and the crate: `my_lib`.
    pub(crate) import: String,
}

impl Name {
    /// Parses the name of a new project: lower-case letters, digits, and single `-` or `_` between them.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the reason, and a valid name.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let refused = |why: String| {
            let error = Error::new(ErrorKind::Usage, why).at(format!("the name {text:?}"));
            error.next(proposal(text).map_or_else(
                || "use lower-case letters, digits and - or _, beginning with a letter: my-lib".to_owned(),
                |name| format!("use a valid name, such as {name}"),
            ))
        };
        match reason(text) {
            Some(why) => Err(refused(why)),
            None => Ok(Self { distribution: text.to_owned(), import: text.replace('-', "_") }),
        }
    }
}

/// Why this name is invalid.
fn reason(text: &str) -> Option<String> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if text.is_empty() {
        return Some("a name needs at least one letter".to_owned());
    }
    if let Some(odd) = text.chars().find(|c| !is_letter(*c)) {
        return Some(match odd {
            '/' | '\\' => "this is a path, not a name; pass the directory with --path".to_owned(),
            _ if odd.is_ascii() => format!("{odd:?} is not allowed in a name"),
            _ => format!("{odd:?} is not an ASCII letter, which indexes require"),
        });
    }
    let (first, last) = (text.as_bytes().first()?, text.as_bytes().last()?);
    if !first.is_ascii_alphanumeric() || !last.is_ascii_alphanumeric() {
        return Some("a name begins and ends with a letter or a digit".to_owned());
    }
    let normal = normalized_name(text);
    if text.replace('_', "-") != normal {
        return Some(format!("indexes normalize this to {normal}, and Python cannot import it as written"));
    }
    if first.is_ascii_digit() {
        return Some("an import name begins with a letter".to_owned());
    }
    if text.len() > LONGEST {
        return Some(format!("it has {} characters; the maximum is {LONGEST}", text.len()));
    }
    taken(&normal.replace('-', "_"))
}

/// What already uses this import name.
fn taken(import: &str) -> Option<String> {
    let is_numbered = |device: &str| {
        import.strip_prefix(device).is_some_and(|rest| matches!(rest.as_bytes(), [digit] if digit.is_ascii_digit()))
    };
    if let Some([name, first, last]) = STDLIB_NAMES.iter().find(|[name, ..]| *name == import) {
        return Some(format!("{name} is a module of Python's standard library ({first} to {last})"));
    }
    let lists: [(&[&str], &str); 5] = [
        (&PYTHON_KEYWORDS, "a keyword of Python, which cannot be imported"),
        (&RUST_KEYWORDS, "a keyword of Rust, which cannot be the name of a crate"),
        (&RUST_CRATES, "a crate that comes with Rust"),
        (&FOLDERS, "a directory that every project has"),
        (&DEVICES, "a device on Windows, which cannot be a file name"),
    ];
    if let Some((_, what)) = lists.iter().find(|(names, _)| names.contains(&import)) {
        return Some(format!("{import} is {what}"));
    }
    ["com", "lpt"].iter().any(|device| is_numbered(device)).then(|| format!("{import} is a device on Windows"))
}

/// A valid name similar to this one.
fn proposal(text: &str) -> Option<String> {
    let kept: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = kept.split('-').filter(|word| !word.is_empty()).collect();
    let mut normal = words.join("-").to_lowercase();
    if !normal.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    if normal.starts_with(|c: char| c.is_ascii_digit()) {
        normal = format!("py-{normal}");
    }
    normal.truncate(LONGEST);
    let normal = normal.trim_end_matches('-');
    let others = [normal.to_owned(), format!("{normal}-rs"), format!("py-{normal}")];
    others.into_iter().find(|name| reason(name).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        Name::parse(text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn names_that_are_taken() {
        for (text, import) in [("my-lib", "my_lib"), ("my_lib", "my_lib"), ("a", "a"), ("x2", "x2"), ("case", "case")] {
            let name = Name::parse(text).unwrap();
            assert_eq!((name.distribution.as_str(), name.import.as_str()), (text, import));
        }
        assert!(Name::parse(&"a".repeat(LONGEST)).is_ok());
        for near in ["stdlib", "testing", "console", "com10", "conn", "lambdas", "python-x"] {
            assert!(Name::parse(near).is_ok(), "{near}: {}", said(near));
        }
    }

    #[test]
    fn what_is_refused_says_why_and_gets_another_name() {
        for (text, why, other) in [
            ("My.Lib", "normalize this to my-lib", "my-lib"),
            ("my--lib", "normalize this to my-lib", "my-lib"),
            ("MyLib", "normalize this to mylib", "mylib"),
            ("json", "standard library (3.8 to 3.15)", "json-rs"),
            ("graphlib", "standard library (3.9 to 3.15)", "graphlib-rs"),
            ("class", "keyword of Python", "class-rs"),
            ("match", "keyword of Rust", "match-rs"),
            ("test", "comes with Rust", "test-rs"),
            ("proc-macro", "comes with Rust", "proc-macro-rs"),
            ("dist", "directory that every project has", "dist-rs"),
            ("nul", "device on Windows", "nul-rs"),
            ("com1", "device on Windows", "com1-rs"),
            ("3d-lib", "begins with a letter", "py-3d-lib"),
            ("-x", "begins and ends", "x"),
            ("x_", "begins and ends", "x"),
            ("größe", "not an ASCII letter", "gr-e"),
            ("a/b", "directory with --path", "a-b"),
            ("a b", "not allowed in a name", "a-b"),
            ("a;rm", "not allowed in a name", "a-rm"),
        ] {
            let said = said(text);
            assert!(said.contains(why) && said.ends_with(&format!("such as {other}")), "{text}: {said}");
        }
        for text in ["", "..", "ж", "../..", "42"] {
            assert!(said(text).contains("next: "), "{text}");
        }
        let long = said(&"ab-".repeat(40));
        assert!(long.contains("begins and ends"), "{long}");
        assert!(said(&"a".repeat(65)).contains("65 characters"));
    }

    #[test]
    fn lists_are_in_order_and_the_data_is_read() {
        for list in [&PYTHON_KEYWORDS[..], &RUST_KEYWORDS, &RUST_CRATES, &DEVICES] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{list:?}");
        }
        assert!(STDLIB_NAMES.len() > 200);
        assert!(STDLIB_NAMES.contains(&["distutils", "3.8", "3.11"]));
    }
}
