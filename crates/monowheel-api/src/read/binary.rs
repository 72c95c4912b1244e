//! The text signatures in a compiled module: `PyO3` keeps `name($self, a, b=1)\n--\n\ndocumentation` for each function.
//!
//! A binary does not say which class a method is of, so these are only the names and signatures.

use memchr::memmem;

use crate::surface::{About, Function, Origin, Signature, parse_text_signature};

/// What follows a signature.
const MARK: &[u8] = b")\n--\n\n";
/// The longest signature.
const MOST: usize = 4 * 1024;
/// The most signatures of one file.
const MOST_SIGNATURES: usize = 100_000;

/// The functions and methods in a file, sorted by name; each signature once.
#[must_use]
pub fn functions(bytes: &[u8]) -> Vec<Function> {
    let mut found: Vec<Function> = Vec::new();
    let mut end_of_last = 0;
    for at in memmem::find_iter(bytes, MARK).take(MOST_SIGNATURES) {
        let start = end_of_last.max(at.saturating_sub(MOST));
        let Some(before) = bytes.get(start..=at) else { continue };
        end_of_last = at + MARK.len();
        if let Some((name, signature)) = last_signature(before) {
            let is_known = found.iter().any(|one| one.name == name && one.signatures.first() == Some(&signature));
            if !is_known {
                found.push(Function {
                    name: name.to_owned(),
                    about: About::of(Origin::Binary),
                    signatures: vec![signature],
                    ..Function::default()
                });
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// `name(…)` at the end of some bytes: strings follow each other without anything between them.
fn last_signature(bytes: &[u8]) -> Option<(&str, Signature)> {
    let mut depth = 0_u32;
    let open = bytes.iter().rposition(|byte| {
        match byte {
            b')' => depth += 1,
            b'(' => depth = depth.saturating_sub(1),
            _ => return false,
        }
        depth == 0
    })?;
    let name = bytes.get(..open)?;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let start = name.iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
    let name = std::str::from_utf8(name.get(start..)?).ok().filter(|name| !name.is_empty())?;
    let signature = parse_text_signature(std::str::from_utf8(bytes.get(open..)?).ok()?)?;
    Some((name, signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_found_between_other_bytes() {
        let bytes =
            b"\0\x01byte(value)\n--\n\nA doc.\0scale($self, by=(1, 2), *, up=\")\")\n--\n\n\xff)\n--\n\nf(a b)\n--\n\n";
        let shown: Vec<String> =
            functions(bytes).iter().map(|one| format!("{}{}", one.name, one.signatures[0])).collect();
        assert_eq!(
            shown,
            ["byte(value)"].map(str::to_owned).into_iter().chain(shown.get(1).cloned()).collect::<Vec<_>>()
        );
        assert!(shown.iter().any(|one| one == "byte(value)"), "{shown:?}");
    }
}
