//! Finds Python files that may have newer syntax: a quick search for its keywords, so that few files are parsed.
//!
//! There may be false positives, but no false negatives for the constructs it searches for: `:=` and positional-only
//! parameters (3.8), parenthesized context managers (3.9), `match` (3.10), `except*` (3.11), type parameters, `type`, and
//! quotes or backslashes in the expressions of f-strings (3.12), t-strings, and several exceptions without parentheses
//! (3.14).

use std::sync::LazyLock;

use memchr::memmem::Finder;
use pep440_rs::VersionSpecifiers;

use monowheel_wheel::abi::{PythonVersion, admits};
use monowheel_wheel::metadata::Metadata;
use monowheel_wheel::tag::Tag;

/// The first minor version without newer syntax to search for.
pub(super) const LAST: u8 = 14;

/// Whether a hit is that syntax, judging by the text before and after it.
type Judge = fn(&[u8], &[u8]) -> bool;

/// Text that a construct always contains, the version that introduced it, and the check of a hit.
struct Mark {
    finder: Finder<'static>,
    since: u8,
    is_one: Judge,
}

static MARKS: LazyLock<Vec<Mark>> = LazyLock::new(|| {
    let mark = |word: &'static str, since, is_one: Judge| Mark { finder: Finder::new(word), since, is_one };
    let slash: Judge = |before, _| matches!(last_letter(before), None | Some(b',' | b'\n'));
    let statement: Judge = |before, _| begins_line(before);
    let matches: Judge = |before, after| begins_line(before) && until_end(after).contains(&b':');
    let alias: Judge = |before, after| {
        let named = after.get("type ".len()).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        named && begins_line(before) && until_end(after).contains(&b'=')
    };
    // The bracket comes before the parameters: `def f(x) -> list[int]:` has none.
    let generic: Judge = |before, _| {
        let line = line_of(before);
        let declares = ["def ", "class ", "async def "].iter().any(|word| line.starts_with(word.as_bytes()));
        declares && line.iter().find(|byte| matches!(byte, b'[' | b'(' | b':')) == Some(&b'[')
    };
    let f_string: Judge = |_, after| has_newer_expression(after);
    // Without parentheses, and without a name: `except A, B:`.
    let several: Judge = |before, after| {
        let head = until_end(after);
        let types = head.get(..memchr::memchr(b':', head).unwrap_or(0)).unwrap_or_default();
        begins_line(before) && types.contains(&b',') && !types.contains(&b'(')
    };
    let begins_word: Judge = |before, after| {
        let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'"' | b'\'' | b'\\');
        !before.last().is_some_and(is_inside) && until_end(after).contains(&b'{')
    };
    vec![
        mark(":=", 8, |_, _| true),
        mark("/,", 8, slash),
        mark("/)", 8, slash),
        mark("/\n", 8, slash),
        mark("with (", 9, statement),
        mark("match ", 10, matches),
        mark("match(", 10, matches),
        mark("except*", 11, statement),
        mark("except *", 11, statement),
        mark("type ", 12, alias),
        mark("](", 12, generic),
        mark("]:", 12, generic),
        mark("f\"", 12, f_string),
        mark("f'", 12, f_string),
        mark("F\"", 12, f_string),
        mark("F'", 12, f_string),
        mark("fr\"", 12, f_string),
        mark("fr'", 12, f_string),
        mark("except ", 14, several),
        mark("t\"", 14, begins_word),
        mark("t'", 14, begins_word),
    ]
});

/// Whether a file may have syntax that Python 3.`oldest` does not know.
pub(super) fn may_exceed(text: &[u8], oldest: u8) -> bool {
    MARKS.iter().filter(|mark| mark.since > oldest).any(|mark| {
        mark.finder.find_iter(text).any(|at| {
            let (before, after) = text.split_at(at);
            (mark.is_one)(before, after)
        })
    })
}

/// Whether an f-string, from its prefix on, has its own quotes or a backslash in an expression, which Python 3.12 was
/// the first to parse (PEP 701).
fn has_newer_expression(text: &[u8]) -> bool {
    let quotes = text.iter().position(|byte| matches!(byte, b'"' | b'\'')).and_then(|at| text.get(at..));
    let Some(quotes @ [quote, ..]) = quotes else { return false };
    let end = match quotes {
        [_, second, third, ..] if second == quote && third == quote => 3,
        _ => 1,
    };
    let (delimiter, mut rest) = quotes.split_at(end);
    let mut depth = 0_usize;
    while let [byte, after @ ..] = rest {
        let is_end = rest.starts_with(delimiter);
        if is_end || (end == 1 && *byte == b'\n') || (depth > 0 && *byte == b'\\') {
            return depth > 0;
        }
        let is_escaped = depth == 0 && matches!(rest, [b'\\', b'\\' | b'"' | b'\'', ..] | [b'{', b'{', ..]);
        match byte {
            _ if is_escaped => {}
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        rest = if is_escaped { after.get(1..).unwrap_or_default() } else { after };
    }
    false
}

/// The last byte that is neither a space nor a carriage return.
fn last_letter(text: &[u8]) -> Option<u8> {
    text.iter().rev().copied().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))
}

/// Whether only whitespace precedes it on its line.
fn begins_line(before: &[u8]) -> bool {
    matches!(before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')), None | Some(b'\n' | b'\r' | b';'))
}

/// The last line of a text so far, without its indent.
fn line_of(before: &[u8]) -> &[u8] {
    let begin = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    before.get(begin..).unwrap_or_default().trim_ascii_start()
}

/// The rest of a line.
fn until_end(after: &[u8]) -> &[u8] {
    after.get(..memchr::memchr(b'\n', after).unwrap_or(after.len())).unwrap_or_default()
}

/// Whether a path shows that its file is not for every Python version, or not to be imported.
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

/// The oldest Python that installs a wheel, if `Requires-Python` limits it.
pub(super) fn oldest(metadata: &Metadata, tags: &[Tag]) -> Option<PythonVersion> {
    let specifiers: VersionSpecifiers = metadata.requires_python()?.parse().ok()?;
    let by_tag = tags.iter().map(Tag::cpython).min().flatten();
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
            ("def f(x: int) -> list[int]:\n", None),
            ("type = 1\n", None),
            ("f\"{x[\"key\"]}\"", Some(12)),
            ("f\"{x['key']} {y}\" + \"\"", None),
            ("rf'{x}' + '{}'", None),
            ("F'{\"\\n\".join(x)}'", Some(12)),
            ("f'\\n{x}\\'{{y'", None),
            ("f\"\"\"a\n{x[\"key\"]}\"\"\"", None),
            ("f\"\"\"{x(\"\"\"a\"\"\")}\"\"\"", Some(12)),
            ("f'{x\n}'", Some(12)),
            ("f'{x:{width}}'", None),
            ("rf'", None),
        ] {
            let since = (0..=LAST).find(|oldest| !may_exceed(text.as_bytes(), *oldest)).filter(|since| *since > 0);
            assert_eq!(since, minor, "{text}");
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
