//! Names of symbols: their display form, and the form without the parts that vary between builds.

use crate::image::demangle::{self, cut, demangled};

/// The name without the parts that depend on directories, flags and versions: the hash at the end of a legacy name
/// (`17h` and 16 digits), the disambiguators (`Cs…_`) of a v0 name, LLVM's number of a module (`.llvm.1234`).
pub(crate) fn stable(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let text = match text.rsplit_once(".llvm.") {
        Some((name, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => text.as_ref(),
    };
    if let Some((path, hash)) = text.rsplit_once("17h") {
        let digits = hash.bytes().take(16).filter(u8::is_ascii_hexdigit).count();
        if let (16, Some(rest)) = (digits, hash.get(16..)) {
            if rest.starts_with('E') {
                return format!("{path}{rest}");
            }
        }
    }
    if !text.starts_with("_R") && !text.starts_with("__R") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("Cs") {
        out.push_str(before);
        out.push_str("Cs");
        let digits = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
        rest = match after.get(digits..) {
            Some(tail) if tail.starts_with('_') => tail,
            _ => after,
        };
    }
    out + rest
}

/// The display name: without its mangling, and truncated.
pub(crate) fn shown(name: &[u8]) -> String {
    const MOST: usize = 240;
    let text = demangle::text(name);
    // Mach-O prefixes every name with an underscore.
    let plain = demangled(&text, MOST).or_else(|| demangled(text.strip_prefix('_')?, MOST));
    plain.map_or_else(|| cut(&text, MOST), |(_, plain)| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_hashes() {
        let a = b"_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE";
        let b = b"_ZN4core3fmt5Write9write_fmt17hfedcba9876543210E";
        assert_eq!(stable(a), stable(b));
        assert_eq!(shown(a), "core::fmt::Write::write_fmt");
        assert_eq!(stable(b"demo.llvm.123"), "demo");
        assert_eq!(stable(b"_RNvCsabc123_4demo4main"), stable(b"_RNvCsXYZ_4demo4main"));
        assert_ne!(stable(b"_RNvCsabc123_4demo4main"), stable(b"_RNvCsabc123_4demo4more"));
        assert_eq!(
            shown(b"_ZN44_$LT$demo..A$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE"),
            "<demo::A as core::fmt::Debug>::fmt"
        );
    }

    #[test]
    fn other_names_stay() {
        for name in ["PyInit_demo", "memcpy", "_ZN", "_ZN99999999999999999999x", "17h", "_RCs", ""] {
            assert_eq!(stable(name.as_bytes()), name);
            assert_eq!(shown(name.as_bytes()), name);
        }
    }
}
