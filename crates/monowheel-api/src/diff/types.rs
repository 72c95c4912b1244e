//! Whether one annotation takes everything of another.

/// Containers, and the protocols that take them.
const PROTOCOLS: [(&str, &[&str]); 6] = [
    (
        "collections.abc.Iterable",
        &[
            "collections.abc.Sequence",
            "collections.abc.Iterator",
            "collections.abc.Set",
            "list",
            "tuple",
            "set",
            "frozenset",
            "str",
            "bytes",
        ],
    ),
    ("collections.abc.Sequence", &["list", "tuple", "str", "bytes", "bytearray"]),
    ("collections.abc.Mapping", &["dict", "collections.abc.MutableMapping"]),
    ("collections.abc.Set", &["set", "frozenset"]),
    ("os.PathLike", &["pathlib.Path"]),
    ("typing_extensions.Buffer", &["bytes", "bytearray", "memoryview"]),
];

/// The parts of `narrow` that `wide` does not take; none of them if either is not known.
pub(crate) fn missing<'a>(wide: &str, narrow: &'a str) -> Vec<&'a str> {
    let wides = parts(wide, '|');
    parts(narrow, '|').into_iter().filter(|part| !wides.iter().any(|wide| takes(wide, part, 0))).collect()
}

/// Whether a type without alternatives takes another.
fn takes(wide: &str, narrow: &str, depth: u8) -> bool {
    if wide == narrow || wide == "object" || is_any(wide) || is_any(narrow) || depth > 8 {
        return true;
    }
    if let Some(of) = literal(narrow) {
        return literal(wide).is_none() && takes(wide, of, depth + 1);
    }
    let numbers = ["bool", "int", "float", "complex"];
    let rank = |text: &str| numbers.iter().position(|number| *number == text);
    if let (Some(wide), Some(narrow)) = (rank(wide), rank(narrow)) {
        return narrow <= wide;
    }
    let ((wide, wide_arguments), (narrow, narrow_arguments)) = (generic(wide), generic(narrow));
    let is_related =
        wide == narrow || PROTOCOLS.iter().any(|(protocol, members)| *protocol == wide && members.contains(&narrow));
    if !is_related {
        // A name with and without its module is one; two names of different modules are not.
        return wide.rsplit('.').next() == narrow.rsplit('.').next() && wide.contains('.') != narrow.contains('.');
    }
    let (wides, narrows) = (parts(wide_arguments, ','), parts(narrow_arguments, ','));
    // Without arguments, they may be anything.
    if wides.is_empty() || narrows.is_empty() || wides.len() != narrows.len() {
        return true;
    }
    wides.iter().zip(&narrows).all(|(wide, narrow)| {
        parts(narrow, '|').iter().all(|narrow| parts(wide, '|').iter().any(|wide| takes(wide, narrow, depth + 1)))
    })
}

/// Whether nothing is known of a type: it may be anything, it is private to the module that names it, or it stands for the
/// keywords of a dict that is read elsewhere.
fn is_any(text: &str) -> bool {
    let (name, _) = generic(text);
    let bare = name.rsplit('.').next().unwrap_or(name);
    matches!(bare, "Any" | "Incomplete") || bare.starts_with('_') || name == "typing.Unpack"
}

/// The type of a literal: `typing.Literal['a']` is a `str`.
fn literal(text: &str) -> Option<&'static str> {
    let value = text.strip_prefix("typing.Literal[")?;
    Some(match value.as_bytes() {
        [b'\'' | b'"', ..] => "str",
        [b'b', b'\'' | b'"', ..] => "bytes",
        [b'T' | b'F', ..] => "bool",
        [b'N', ..] => "None",
        [b'0'..=b'9' | b'-', ..] => "int",
        // A member of an enum.
        _ => "typing.Any",
    })
}

/// `list[int]` → `list`, `int`.
fn generic(text: &str) -> (&str, &str) {
    match text.split_once('[') {
        Some((name, rest)) => (name, rest.strip_suffix(']').unwrap_or(rest)),
        None => (text, ""),
    }
}

/// The parts between separators that are not in brackets.
fn parts(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_u32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ if letter == separator && depth == 0 => {
                parts.extend(text.get(start..at).map(str::trim));
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..).map(str::trim));
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_type_takes() {
        for (wide, narrow, expected) in [
            ("float", "int | None", vec!["None"]),
            ("int", "float", vec!["float"]),
            ("collections.abc.Sequence[float]", "list[int]", vec![]),
            ("list[int]", "collections.abc.Sequence[int]", vec!["collections.abc.Sequence[int]"]),
            ("object", "str", vec![]),
            ("str | os.PathLike[str]", "str | pathlib.Path", vec![]),
            ("dict[str, int | str]", "dict[str, int]", vec![]),
            ("dict[str, int]", "dict[str, int | str]", vec!["dict[str, int | str]"]),
            ("typing.Any", "str", vec![]),
            ("Reading", "module.Reading", vec![]),
            ("a.Reading", "b.Reading", vec!["b.Reading"]),
            ("_Exact", "demo._Known", vec![]),
            ("typing.Unpack[A]", "typing.Unpack[B]", vec![]),
            ("str", "typing.Literal['a'] | None", vec!["None"]),
            ("typing.Literal['a'] | typing.Literal['b']", "typing.Literal['a']", vec![]),
            ("typing.Literal['a']", "typing.Literal['a'] | typing.Literal['b']", vec!["typing.Literal['b']"]),
            ("typing.Literal[1]", "int", vec!["int"]),
            ("float", "typing.Literal[1]", vec![]),
        ] {
            assert_eq!(missing(wide, narrow), expected, "{wide} {narrow}");
        }
    }
}
