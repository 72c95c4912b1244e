//! What of rustc's v0 mangling the unfolded name does not tell.

/// The crate in which a v0 name was defined, with its disambiguator: for a method of an `impl` the crate of the `impl`,
/// which the unfolded name does not tell.
///
/// Grammar: <https://doc.rust-lang.org/rustc/symbol-mangling/v0.html>
pub(super) fn defined_in(mangled: &str) -> Option<(&str, &str)> {
    /// Paths are not nested deeper; a reference back is followed as a step too.
    const STEPS: usize = 256;
    let text = mangled.strip_prefix("_R").or_else(|| mangled.strip_prefix("__R"))?;
    let mut at = 0;
    for _ in 0..STEPS {
        match text.as_bytes().get(at)? {
            b'N' => at += 2,
            b'I' => at += 1,
            b'M' | b'X' => at = disambiguator(text, at + 1)?.1,
            b'B' => {
                let (target, _) = base_62(text, at + 1)?;
                at = usize::try_from(target).ok().filter(|target| *target < at)?;
            }
            b'C' => {
                let (copy, after) = disambiguator(text, at + 1)?;
                let rest = text.get(after..)?;
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                let length: usize = rest.get(..digits)?.parse().ok()?;
                // An underscore keeps a name that begins with a digit or an underscore apart from its length.
                let name = rest.get(digits..)?;
                let name = name.strip_prefix('_').unwrap_or(name);
                return Some((name.get(..length)?, copy));
            }
            _ => return None,
        }
    }
    None
}

/// `s` and a number, or nothing: its text, and where it ends.
fn disambiguator(text: &str, at: usize) -> Option<(&str, usize)> {
    if text.as_bytes().get(at) != Some(&b's') {
        return Some(("", at));
    }
    let (_, end) = base_62(text, at + 1)?;
    Some((text.get(at + 1..end - 1)?, end))
}

/// A number that ends with `_`, and where it ends: `_` is 0, `0_` is 1.
fn base_62(text: &str, at: usize) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for (index, byte) in text.as_bytes().get(at..)?.iter().enumerate() {
        let digit = match byte {
            b'_' => return Some((if index == 0 { 0 } else { number.checked_add(1)? }, at + index + 1)),
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            _ => return None,
        };
        number = number.checked_mul(62)?.checked_add(digit.into())?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_of_a_path() {
        assert_eq!(defined_in("_RNvNtCsabc123_4demo5inner3run"), Some(("demo", "abc123")));
        assert_eq!(defined_in("_RNvC4demo3run"), Some(("demo", "")));
        assert_eq!(defined_in("_RNvCs_5_1demo3run"), Some(("1demo", "")), "an underscore before a digit");
        // A default method of a trait for some type has no path of its own.
        assert_eq!(defined_in("_RNvYhNtCsa_4demo3Ser3ser"), None);
        // A reference to itself is followed to no end.
        for damaged in ["_RB_", "_R", "_RC", "_RC99999999999999999999x", "_RCs", "_RC9é", "x", ""] {
            assert_eq!(defined_in(damaged), None, "{damaged}");
        }
    }
}
