//! The report for programs: the report itself, with its [`SCHEMA`](super::SCHEMA).

use monowheel_error::text::is_deceptive;
use serde::Serialize;

/// A JSON document that is safe to display, indented, with a final line break.
///
/// Characters that `serde_json` does not escape (`U+007F` and above) are escaped if a terminal would act on them; the
/// value that a program reads stays the same.
#[must_use]
pub fn document(value: &impl Serialize) -> String {
    // Only a map with non-string keys has no JSON form, and there is none here.
    let plain = serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"));
    let mut safe = String::with_capacity(plain.len() + 1);
    for character in plain.chars() {
        if character != '\n' && is_deceptive(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(character);
        }
    }
    safe.push('\n');
    // Only a string can contain it, and a GitHub Actions runner would obey it anywhere in a line.
    safe.replace("##[", "##\\u005b")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_change_no_value() -> Result<(), serde_json::Error> {
        let hostile = "a\u{202e}b\u{9b}31m\u{7f}\x1b[0m\n\u{e0041}<script>##[error]";
        let text = document(&hostile);
        assert!(text.trim_end().is_ascii() && !text.contains("##["), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text)?, hostile);
        Ok(())
    }
}
