//! Symbol names: which exist, how they are displayed, and which parts of them vary between builds.

use std::collections::BTreeSet;

use monowheel_error::text::count;

use crate::compare::Kind;
use crate::compare::binary::image::Image;
use crate::compare::found::Found;

/// The number of names that are shown for each side.
const SHOWN: usize = 3;

/// Reports the symbols that are in only one.
pub(super) fn compare(a: &Image<'_>, b: &Image<'_>, found: &mut Found) {
    if a.names == b.names {
        return;
    }
    const PART: &str = "symbols";
    let only = |names: &[&[u8]], others: &[&[u8]]| -> Vec<Vec<u8>> {
        names.iter().filter(|name| others.binary_search(name).is_err()).map(|name| name.to_vec()).collect()
    };
    let (left, right) = (only(&a.names, &b.names), only(&b.names, &a.names));
    let stable = |names: &[Vec<u8>]| -> BTreeSet<String> { names.iter().map(|name| self::stable(name)).collect() };
    let (stable_a, stable_b) = (stable(&left), stable(&right));
    let hashed = stable_a.intersection(&stable_b).count();
    if hashed > 0 {
        let first = |names: &[Vec<u8>]| {
            let name = names.iter().find(|name| {
                let stable = self::stable(name);
                stable_a.contains(&stable) && stable_b.contains(&stable)
            });
            name.map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default()
        };
        let number = if hashed == 1 { "1 symbol has".to_owned() } else { format!("{hashed} symbols have") };
        let cause = format!(
            "{number} a different hash in the name, such as {} in A and {} in B (rustc's of a crate or LLVM's of a module: \
             they depend on directories, versions, features and flags)",
            first(&left),
            first(&right)
        );
        found.add_in(Kind::Debug, PART, cause);
    }
    for (side, here, there) in [("A", &stable_a, &stable_b), ("B", &stable_b, &stable_a)] {
        let names: Vec<&String> = here.difference(there).collect();
        if !names.is_empty() {
            let rest = if names.len() > SHOWN { ", …" } else { "" };
            let shown: Vec<String> =
                names.iter().take(SHOWN).map(|name| format!("`{}`", self::shown(name.as_bytes()))).collect();
            let cause = format!("{} only in {side}: {}{rest}", count(names.len(), "symbol"), shown.join(", "));
            found.add_in(Kind::Debug, PART, cause);
        }
    }
}

/// The name without the parts that depend on directories, flags and versions: the hash at the end of a legacy name
/// (`17h` and 16 digits), the disambiguators (`Cs…_`) of a v0 name, LLVM's number of a module (`.llvm.1234`).
pub(super) fn stable(name: &[u8]) -> String {
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

/// The display name: Rust names demangled, others unchanged; truncated.
pub(super) fn shown(name: &[u8]) -> String {
    /// Longer names are truncated; a demangled one may have many times its length.
    const MOST: usize = 240;
    let text = String::from_utf8_lossy(name.get(..MOST * 8).unwrap_or(name));
    // Mach-O prefixes every name with an underscore.
    let plain = rustc_demangle::try_demangle(&text)
        .or_else(|_| rustc_demangle::try_demangle(text.strip_prefix('_').unwrap_or(&text)));
    let shown = plain.map_or_else(|_| text.clone().into_owned(), |name| format!("{name:#}"));
    match shown.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
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
