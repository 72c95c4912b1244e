//! Names of symbols without their mangling.

use std::borrow::Cow;
use std::fmt::{self, Write};

use cpp_demangle::{DemangleOptions, ParseOptions};
use serde::Serialize;

use crate::image::names::stable;

/// What is read of a symbol.
const MOST_MANGLED: usize = 16 << 10;
/// How deep a name of C++ may be nested, in steps of the grammar: cpp_demangle's own limit for reading. Twice as many
/// overflow the stack of a thread in an unoptimized build.
const DEPTH: u32 = 96;

/// The language of a symbol, by its mangling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Mangled by rustc.
    Rust,
    /// Mangled as C++ is on Unix (`_Z…`) or by Microsoft (`?…`).
    #[serde(rename = "c++")]
    Cpp,
    /// Not mangled, in a binary that Go's linker wrote.
    Go,
    /// Not mangled: C, assembler, `#[no_mangle]`.
    C,
}

/// The text of a symbol; of a longer one, its beginning.
pub(crate) fn text(name: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(name.get(..MOST_MANGLED).unwrap_or(name))
}

/// The first characters of a name.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A name without its mangling, and what mangled it: Rust or C++. At most `most` bytes of it, as a mangled name may
/// have many times its length. `None` for a name that is not mangled, or as Microsoft does.
pub(crate) fn demangled(text: &str, most: usize) -> Option<(Language, String)> {
    if text.len() > MOST_MANGLED || !text.starts_with(['_', 'R', 'Z']) {
        return None;
    }
    let mut short = Short { text: String::new(), most };
    if let Some(plain) = rust(text) {
        // It fails where the name is cut.
        let _ = write!(short, "{plain:#}");
        return Some((Language::Rust, short.text));
    }
    if !text.starts_with("_Z") {
        return None;
    }
    let symbol = cpp_demangle::Symbol::new_with_options(text, &ParseOptions::default().recursion_limit(DEPTH)).ok()?;
    let options = DemangleOptions::new().no_return_type().recursion_limit(DEPTH);
    let is_whole = symbol.structured_demangle(&mut short, &options).is_ok();
    (is_whole || short.text.ends_with('…')).then_some((Language::Cpp, short.text))
}

/// The name of a Rust symbol; `None` for one of C++ that looks like it, without a hash at its end.
fn rust(text: &str) -> Option<rustc_demangle::Demangle<'_>> {
    let plain = rustc_demangle::try_demangle(text).ok()?;
    let is_legacy = text.trim_start_matches('_').starts_with("ZN");
    let has_hash = || stable(text.as_bytes()) != text.split(".llvm.").next().unwrap_or(text);
    (!is_legacy || has_hash()).then_some(plain)
}

/// Takes the first bytes and refuses the rest.
struct Short {
    text: String,
    most: usize,
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.text.len() + text.len() > self.most {
            self.text.push('…');
            return Err(fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(name: &str) -> Option<(Language, String)> {
        demangled(name, 200)
    }

    #[test]
    fn names_of_both_languages() {
        for (name, language, plain) in [
            ("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", Language::Rust, "core::fmt::Write::write_fmt"),
            ("_RNvNtCsabc123_4demo5inner3run", Language::Rust, "demo::inner::run"),
            ("_ZN4json5parseEv", Language::Cpp, "json::parse()"),
            // As a legacy name of Rust, but without a hash.
            ("_ZN4json5valueE", Language::Cpp, "json::value"),
            ("_ZTVN4json5ValueE", Language::Cpp, "{vtable(json::Value)}"),
            ("_Z3mapIiEvT_", Language::Cpp, "map<int>(int)"),
            ("_ZN4jsonlsERSoRKNS_5ValueE", Language::Cpp, "json::operator<<(std::ostream&, json::Value const&)"),
        ] {
            assert_eq!(of(name), Some((language, plain.to_owned())), "{name}");
        }
        for name in
            ["", "memcpy", "_Z", "_ZN", "?run@demo@@YAXXZ", "_ZN99999999999999999999x", "17h", "_RCs", "Röntgen"]
        {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn a_name_that_grows_is_cut_and_a_deep_one_is_left() {
        let grows = format!("_Z1fIiEv{}", "S_".repeat(4_000));
        assert!(of(&grows).is_none_or(|(_, plain)| plain.len() <= 210));
        assert_eq!(of(&format!("_Z1f{}i", "P".repeat(10_000))), None);
        let twice =
            (0..40).fold("i".to_owned(), |inner, _| format!("St4pairI{inner}{inner}E").chars().take(9_000).collect());
        assert!(of(&format!("_Z1f{twice}")).is_none_or(|(_, plain)| plain.len() <= 210));
    }

    proptest! {
        #[test]
        fn any_name_of_cpp_is_read(name in "_Z[NSTIEJLKVPRO_0-9a-z]{0,60}") {
            let _ = of(&name);
        }
    }
}
