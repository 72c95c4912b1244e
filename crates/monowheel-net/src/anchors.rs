//! Reads the links of an HTML page (PEP 503): a small parser, as tolerant as browsers.

use std::collections::BTreeMap;

/// The attributes of one tag, names in lower case.
pub(super) type Attributes = BTreeMap<String, String>;

/// The `href` of `<base>`, and the attributes of every `<a>`. One pass over the text.
pub(super) fn anchors(text: &str) -> (Option<String>, Vec<Attributes>) {
    let (mut base, mut anchors) = (None, Vec::new());
    let mut rest = text;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = tag;
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_anchor = name.eq_ignore_ascii_case("a");
        if is_anchor || name.eq_ignore_ascii_case("base") {
            let (mut attributes, after) = attributes(tag.get(name.len()..).unwrap_or_default());
            rest = after;
            if is_anchor {
                anchors.push(attributes);
            } else {
                base = base.or_else(|| attributes.remove("href"));
            }
        }
    }
    (base, anchors)
}

/// The attributes up to the tag's `>`, and the rest of the text.
fn attributes(mut text: &str) -> (Attributes, &str) {
    let mut found = Attributes::new();
    loop {
        text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if text.is_empty() {
            return (found, text);
        }
        if let Some(rest) = text.strip_prefix('>') {
            return (found, rest);
        }
        let end = text.find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let rest_trimmed = rest.trim_ascii_start();
        let (value, rest) = match rest_trimmed.strip_prefix('=') {
            Some(value) => quoted_or_bare(value.trim_ascii_start()),
            None => ("", rest),
        };
        // The first of a name counts, as in browsers.
        found.entry(name.to_ascii_lowercase()).or_insert_with(|| unescaped(value));
        text = rest;
    }
}

fn quoted_or_bare(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(value) = text.strip_prefix(quote) {
            return value.split_once(quote).unwrap_or((value, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len()))
}

/// Resolves the character references in URLs, versions and reasons.
fn unescaped(text: &str) -> String {
    /// The length of the longest known reference, `&#1114111;`, without its `&`.
    const LONGEST: usize = 9;
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after.bytes().take(LONGEST).position(|byte| byte == b';');
        let reference = end.and_then(|end| Some((character(after.get(..end)?)?, after.get(end + 1..)?)));
        rest = match reference {
            Some((character, after)) => {
                plain.push(character);
                after
            }
            None => {
                plain.push('&');
                after
            }
        };
    }
    plain + rest
}

fn character(name: &str) -> Option<char> {
    let number = name.strip_prefix('#');
    match (name, number) {
        ("amp", _) => Some('&'),
        ("lt", _) => Some('<'),
        ("gt", _) => Some('>'),
        ("quot", _) => Some('"'),
        ("apos", _) => Some('\''),
        (_, Some(number)) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_indexes_write() {
        let page = "<!-- <a href='no'> --><BASE href=\"https://b/\"><A HREF='x?a=1&amp;b=2#sha256=0'\n data-yanked  title = \"a > b\" >t</A>\
                    <abbr href='no'></abbr><a href=bare data-requires-python=\"&gt;=3.8, &lt; 4\"/>and <a";
        let (base, found) = anchors(page);
        assert_eq!(base.as_deref(), Some("https://b/"));
        assert_eq!(found.len(), 3);
        assert_eq!(found[0]["href"], "x?a=1&b=2#sha256=0");
        assert_eq!((found[0]["data-yanked"].as_str(), found[0]["title"].as_str()), ("", "a > b"));
        assert_eq!((found[1]["href"].as_str(), found[1]["data-requires-python"].as_str()), ("bare", ">=3.8, < 4"));
        assert!(found[2].is_empty());
    }

    #[test]
    fn references_are_resolved_or_kept() {
        assert_eq!(unescaped("&#39;&#x2B;&apos;&nosuch;&&amp"), "'+'&nosuch;&&amp");
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "[<>a=\"' &;#!/-]{0,60}") {
            let _ = anchors(&text);
        }
    }
}
