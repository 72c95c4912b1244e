//! Makes untrusted text from files and programs safe to show; and formats numbers.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text without characters that move the cursor, are invisible, or change the direction of the following text.
///
/// Names of members, symbols and libraries come from files that anyone may have written. Control
/// characters and the invisible format characters (Unicode's *Trojan source*) are shown by number, as
/// `less` does it: `<U+202E>`.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            _ if is_deceptive(character) => {
                let _ = write!(safe, "<U+{:04X}>", u32::from(character));
            }
            _ => safe.push(character),
        }
    }
    Cow::Owned(safe)
}

/// Foreign text, escaped and no longer than a few lines of a terminal.
#[must_use]
pub fn brief(text: &str) -> String {
    const MOST: usize = 400;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => harmless(&text[..end]).into_owned() + "…",
        None => harmless(text).into_owned(),
    }
}

/// A command-line argument without parts that may be secret: before the `@` of an address, and after its `?`.
///
/// An argument without an address is unchanged: secrets are read from the environment and from files, never from
/// options.
#[must_use]
pub fn without_credentials(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    // An `@` may be in a password as well, and in a path: better to remove too much than too little.
    let rest = rest.rsplit_once('@').map_or_else(|| rest.to_owned(), |(_, host)| format!("…@{host}"));
    let rest = rest.split_once('?').map_or_else(|| rest.clone(), |(path, _)| format!("{path}?…"));
    format!("{scheme}://{rest}")
}

/// Whether a terminal or a browser would interpret this character instead of showing it.
pub const fn is_deceptive(character: char) -> bool {
    character.is_ascii_control()
        || matches!(character,
            '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A number of bytes for people: `812 B`, `1.4 MiB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    // Tenths of a unit, in integers: no size overflows them.
    let (mut tenths, mut unit) = (u128::from(count) * 10, "B");
    for larger in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] {
        if tenths < 10_240 {
            break;
        }
        (tenths, unit) = ((tenths + 512) / 1024, larger);
    }
    if unit == "B" { format!("{count} B") } else { format!("{}.{} {unit}", tenths / 10, tenths % 10) }
}

/// `1 file`, `2 files`.
#[must_use]
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// An error with several lines (place, next step), each escaped.
pub fn reason_lines(why: &str) -> impl Iterator<Item = Cow<'_, str>> {
    why.lines().map(|line| harmless(line.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_else_said_does_not_fill_the_screen() {
        assert_eq!(brief("no \u{1b}[2J"), "no <U+001B>[2J");
        assert_eq!(brief(&"\u{e9}".repeat(401)), "\u{e9}".repeat(400) + "…");
    }

    #[test]
    fn a_word_shows_no_credentials() {
        for (word, shown) in [
            ("a.whl", "a.whl"),
            ("https://h/simple", "https://h/simple"),
            ("--index-url=https://user:p@ss?/w@h/simple", "--index-url=https://…@h/simple"),
            ("https://h/simple?token=x", "https://h/simple?…"),
            ("git+ssh://git@h/a/b@v1", "git+ssh://…@v1"),
        ] {
            assert_eq!(without_credentials(word), shown);
        }
    }

    #[test]
    fn harmless_names_stay_and_others_are_spelled_out() {
        assert!(matches!(harmless("pkg/größe.so"), Cow::Borrowed(_)));
        assert_eq!(harmless("a\x1b[31mb\nc"), "a<U+001B>[31mb\\nc");
        assert_eq!(harmless("x\u{202e}fdp.so"), "x<U+202E>fdp.so");
        assert_eq!(harmless("\u{9b}31m\u{7f}"), "<U+009B>31m<U+007F>");
    }

    #[test]
    fn sizes() {
        let said = [0, 1023, 1024, 1_536, 1_048_576, u64::MAX].map(bytes);
        assert_eq!(said, ["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "16.0 EiB"]);
    }
}
