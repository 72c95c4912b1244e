//! Paths of Rust, as symbols unfold to them.

/// The path of a type without references, pointers and arguments: `&mut a::B<_>` is `a::B`.
pub(super) fn type_path(text: &str) -> Vec<&str> {
    let mut text = text.trim();
    while let Some(rest) =
        ["&", "*const ", "*mut ", "mut ", "dyn ", "[", "("].iter().find_map(|start| text.strip_prefix(start))
    {
        text = rest;
    }
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = text.find(|c| !is_path(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().split("::").filter(|part| !part.is_empty()).collect()
}

/// The parts between separators that are in no brackets.
pub(super) fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut depth, mut from, mut at) = (0_usize, 0, 0);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            b'>' if at > 0 && bytes.get(at - 1) == Some(&b'-') => {}
            b'>' | b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && bytes.get(at..).is_some_and(|rest| rest.starts_with(separator.as_bytes())) => {
                parts.push(text.get(from..at).unwrap_or_default());
                at += separator.len();
                from = at;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}

/// The name with `<_>` for every list of arguments of a generic. An angle bracket that begins a type (`<A as B>`) stays.
pub(super) fn without_arguments(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut characters = name.chars();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        // `operator<` of C++ is a name.
        let is_name = out.trim_end_matches('<').ends_with("operator");
        let is_list = character == '<' && !is_name && (before.is_alphanumeric() || before == '_' || before == ':');
        // `impl` is a word of legacy names: `<impl A for B>` is preceded by `::` too.
        let is_impl = is_list && characters.clone().take(5).eq("impl ".chars());
        if is_list && !is_impl {
            skip_list(&mut characters);
            let length = out.trim_end_matches("::").len();
            out.truncate(length);
            out.push_str("<_>");
            before = '>';
        } else {
            out.push(character);
            before = character;
        }
    }
    out
}

fn skip_list(characters: &mut std::str::Chars<'_>) {
    let (mut depth, mut before) = (1_usize, '<');
    for character in characters.by_ref() {
        match character {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
        before = character;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_generics() {
        for (name, without) in [
            ("a::b::<c::D<e>>::f", "a::b<_>::f"),
            ("<a::B<c> as d::E<f>>::g::<h>", "<a::B<_> as d::E<_>>::g<_>"),
            ("a::map::<fn(b) -> c>", "a::map<_>"),
            (
                "core::fmt::impls::<impl core::fmt::Debug for a>::fmt",
                "core::fmt::impls::<impl core::fmt::Debug for a>::fmt",
            ),
            ("a::operator<<(b<c>&)", "a::operator<<(b<_>&)"),
            ("a::operator<(b<c>&)", "a::operator<(b<_>&)"),
            ("a<b", "a<_>"),
            ("", ""),
        ] {
            assert_eq!(without_arguments(name), without, "{name}");
        }
    }

    #[test]
    fn parts_of_a_path() {
        assert_eq!(split("a::b<c::d>::e", "::"), ["a", "b<c::d>", "e"]);
        assert_eq!(split("a as b<c as d>", " as "), ["a", "b<c as d>"]);
        assert_eq!(split("", "::"), [""]);
        assert_eq!(type_path("&mut [a::B<c>]"), ["a", "B"]);
        assert_eq!(type_path("dyn a::B + Send"), ["a", "B"]);
        assert!(type_path("(é").len() <= 1);
    }
}
