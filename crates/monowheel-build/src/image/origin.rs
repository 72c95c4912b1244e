//! Where a function comes from: its language, its crate, its module, and its name without what one copy of it has.

use crate::image::demangle::{self, Language, cut, demangled};
use crate::image::names::stable;
use crate::image::path::{split, type_path, without_arguments};
use crate::image::v0::defined_in;

/// What is demangled of a name: the arguments of a template are long, and are left out then.
const MOST_PLAIN: usize = 8 << 10;
/// What is shown of a name.
const MOST_SHOWN: usize = 512;

/// How the symbols of one binary are to be read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Naming {
    /// The format puts an underscore before every name (Mach-O).
    pub(crate) is_underscored: bool,
    /// Go's linker wrote it: what is not mangled may be a name of Go, `package/path.Function`.
    pub(crate) is_go: bool,
}

/// Where a symbol comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) language: Language,
    /// The crate; for other languages, and for constants without a known crate, a name in parentheses.
    pub(crate) package: String,
    /// What tells two crates of one name apart (a v0 name's disambiguator); empty where nothing does.
    pub(crate) copy: String,
    /// The modules in the crate, `a::b`; empty for its root.
    pub(crate) module: String,
    /// The rest of the path. The arguments of generics are `_`, so that all instantiations have one name.
    pub(crate) function: String,
}

impl Origin {
    /// That of a symbol.
    pub(crate) fn of(name: &[u8], naming: Naming) -> Self {
        let whole = demangle::text(name);
        let text: &str = &whole;
        let text = if naming.is_underscored { text.strip_prefix('_').unwrap_or(text) } else { text };
        // A table of a `match` is named for its function.
        let text = text.strip_prefix("switch.table.").unwrap_or(text);
        match demangled(text, MOST_PLAIN) {
            Some((Language::Rust, plain)) => return Self::rust(text, &plain),
            Some((language, plain)) => {
                return Self::other(language, "(C++)", namespace(text), cut(&without_arguments(&plain), MOST_SHOWN));
            }
            None => {}
        }
        if let Some((package, function)) = Some(text).filter(|_| naming.is_go).and_then(of_go) {
            return Self::other(Language::Go, "(Go)", package.to_owned(), cut(function, MOST_SHOWN));
        }
        // The linkers of WebAssembly demangle names themselves.
        if text.contains("::") && !text.starts_with(['_', '?']) {
            return Self::rust("", &cut(without_hash(text), MOST_SHOWN));
        }
        if is_constant(text) {
            return Self::other(Language::Rust, "(constants)", String::new(), String::new());
        }
        if text.starts_with("_Z") || text.starts_with('?') {
            return Self::other(Language::Cpp, "(C++)", namespace(text), cut(text, MOST_SHOWN));
        }
        let module = text.split_once('_').map(|(first, _)| first).filter(|first| first.len() > 1).unwrap_or_default();
        Self::other(Language::C, "(C, not mangled)", module.to_owned(), cut(&stable(text.as_bytes()), MOST_SHOWN))
    }

    fn other(language: Language, package: &str, module: String, function: String) -> Self {
        Self { language, package: package.to_owned(), copy: String::new(), module, function }
    }

    fn rust(mangled: &str, plain: &str) -> Self {
        let exact = defined_in(mangled);
        let plain = without_arguments(plain);
        let parts = split(&plain, "::");
        // A closure belongs to the function that it is in.
        let mut end = parts.len();
        while end > 1 && parts.get(end - 1).is_some_and(|part| part.starts_with('{')) {
            end -= 1;
        }
        let (path, rest) = parts.split_at(end.saturating_sub(1));
        let mut function = rest.join("::");
        let first = parts.first().copied().unwrap_or_default();
        let mut path: Vec<&str> = path.to_vec();
        if first.starts_with('<') {
            function.clone_from(&plain);
            path = path_of_impl(first, exact.map(|(name, _)| name));
        } else if path.is_empty() {
            path.push(first);
        }
        let (package, copy) = exact.unwrap_or_else(|| (path.first().copied().unwrap_or_default(), ""));
        let module = match path.split_first() {
            Some((root, modules)) if *root == package => modules.join("::"),
            _ => String::new(),
        };
        let package = if package.is_empty() { "(Rust)" } else { package };
        Self {
            language: Language::Rust,
            package: package.to_owned(),
            copy: copy.to_owned(),
            module,
            function: cut(&function, MOST_SHOWN),
        }
    }
}

/// A legacy name that somebody unfolded, without `::h` and its 16 digits.
fn without_hash(text: &str) -> &str {
    match text.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => path,
        _ => text,
    }
}

/// Names that LLVM and rustc give to constants, which say nothing of a crate.
fn is_constant(text: &str) -> bool {
    let is_number = |word: &str, least: usize| word.len() >= least && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    // A function of C may begin with `alloc_` too; a hash has 32 digits.
    [("anon.", 16), ("l_anon.", 16), ("alloc_", 16), ("l___unnamed_", 1), ("vtable.", 1), ("str.", 1)].iter().any(
        |(start, least)| {
            text.strip_prefix(start).is_some_and(|rest| is_number(rest.split('.').next().unwrap_or_default(), *least))
        },
    )
}

/// The outermost namespace or class of a C++ name on Unix: behind `_ZN`, or `_ZTVN` of its table of functions, a length
/// and that many bytes, or `St`.
fn namespace(text: &str) -> String {
    let name = || {
        let rest = text.strip_prefix("_Z")?;
        let special = ["TV", "TT", "TI", "TS", "GV"].iter().find_map(|kind| rest.strip_prefix(kind));
        let rest = special.unwrap_or(rest);
        if rest.starts_with("St") {
            return Some("std");
        }
        let rest = rest.strip_prefix('N')?.trim_start_matches(['K', 'V', 'r']);
        if rest.starts_with("St") {
            return Some("std");
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let length: usize = rest.get(..digits)?.parse().ok()?;
        rest.get(digits..digits.checked_add(length)?)
    };
    name().unwrap_or_default().to_owned()
}

/// The package and the function of a name of Go: `example.org/json.(*Value).Set`, `runtime.mallocgc`, `type:.eq.main.T`.
fn of_go(text: &str) -> Option<(&str, &str)> {
    // What a type has in brackets may have slashes too.
    let path = text.find(['(', '[', '{', '*']).map_or(text, |end| &text[..end]);
    let last = path.rfind('/').map_or(0, |slash| slash + 1);
    let dot = last + path.get(last..)?.find('.')?;
    let (package, function) = (text.get(..dot)?, text.get(dot + 1..)?);
    (!package.is_empty() && !function.is_empty()).then_some((package, function))
}

/// The path of the type or of the trait in `<Type as Trait>`: the one of the crate that is known, else the one that is
/// not the standard library's, as that implements nothing for others.
fn path_of_impl<'a>(header: &'a str, exact: Option<&str>) -> Vec<&'a str> {
    let inner = header.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(header);
    let paths: Vec<Vec<&str>> = split(inner, " as ").into_iter().map(type_path).collect();
    let root = |path: &Vec<&str>| path.first().copied().unwrap_or_default().to_owned();
    let chosen = match exact {
        Some(exact) => paths.iter().find(|path| root(path) == exact),
        None => paths.iter().find(|path| path.len() > 1 && !is_std(&root(path))),
    };
    let mut path = chosen.or_else(|| paths.iter().find(|path| path.len() > 1)).cloned().unwrap_or_default();
    // What is left is the module, without the type's own name.
    path.pop();
    path
}

/// Whether a crate is part of the standard library.
pub(crate) fn is_std(package: &str) -> bool {
    ["core", "alloc", "std", "proc_macro", "test", "__rustc"].contains(&package)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MACH_O: Naming = Naming { is_underscored: true, is_go: false };

    fn of(name: &str) -> (String, String, String) {
        let origin = Origin::of(name.as_bytes(), Naming::default());
        (origin.package, origin.module, origin.function)
    }

    fn is(package: &str, module: &str, function: &str) -> (String, String, String) {
        (package.to_owned(), module.to_owned(), function.to_owned())
    }

    #[test]
    fn legacy_names() {
        assert_eq!(of("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE"), is("core", "fmt::Write", "write_fmt"));
        let implementation = "_ZN44_$LT$demo..A$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE";
        assert_eq!(of(implementation), is("demo", "", "<demo::A as core::fmt::Debug>::fmt"));
        let standard = "_ZN52_$LT$alloc..vec..Vec$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE";
        assert_eq!(of(standard).0, "alloc");
        let closure = "_ZN4demo3run28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE";
        assert_eq!(of(closure), is("demo", "", "run::{{closure}}"));
    }

    #[test]
    fn v0_names() {
        let origin = Origin::of(b"_RNvNtCsabc123_4demo5inner3run", Naming::default());
        assert_eq!((origin.package.as_str(), origin.copy.as_str()), ("demo", "abc123"));
        assert_eq!((origin.module.as_str(), origin.function.as_str()), ("inner", "run"));
        // Two instantiations have one name.
        let (one, other) = (of("_RINvCsa_4demo3maphEB2_"), of("_RINvCsa_4demo3mapmEB2_"));
        assert_eq!(one, other);
        assert_eq!(one, is("demo", "", "map<_>"));
        // The implementation of a trait of `serde` for a type of `core` is in the crate that has the `impl`.
        let implementation = "_RNvXs_Csx_5serdeINtNtCsy_4core6option6OptionhENtB4_3Ser3ser";
        assert_eq!(Origin::of(implementation.as_bytes(), Naming::default()).package, "serde");
        // Mach-O's underscore.
        assert_eq!(Origin::of(b"__RNvCsa_4demo3run", MACH_O).package, "demo");
    }

    #[test]
    fn names_of_other_languages() {
        assert_eq!(of("ZSTD_compress"), is("(C, not mangled)", "ZSTD", "ZSTD_compress"));
        assert_eq!(of("memcpy"), is("(C, not mangled)", "", "memcpy"));
        assert_eq!(of("_ZN4json5parseEv"), is("(C++)", "json", "json::parse()"));
        assert_eq!(of("_ZNSt6vectorIiE9push_backEi"), is("(C++)", "std", "std::vector<_>::push_back(int)"));
        assert_eq!(of("_ZTVN4json5ValueE"), is("(C++)", "json", "{vtable(json::Value)}"));
        let printed = "json::operator<<(std::ostream&, json::Value const&)";
        assert_eq!(of("_ZN4jsonlsERSoRKNS_5ValueE"), is("(C++)", "json", printed));
        // It ends as a name of Rust does, without the hash.
        assert_eq!(of("_ZN4json5valueE").0, "(C++)");
        assert_eq!(of("?run@demo@@YAXXZ").0, "(C++)");
        assert_eq!(of("anon.0123456789abcdef.7").0, "(constants)");
        assert_eq!(of("alloc_0123456789abcdef0123456789abcdef").0, "(constants)");
        assert_eq!(of("alloc_page2").0, "(C, not mangled)");
        assert_eq!(of("demo::inner::run::h0123456789abcdef"), is("demo", "inner", "run"));
    }

    #[test]
    fn names_of_go() {
        let of = |name: &str| {
            let origin = Origin::of(name.as_bytes(), Naming { is_go: true, ..Naming::default() });
            (origin.package, origin.module, origin.function)
        };
        assert_eq!(of("runtime.mallocgc"), is("(Go)", "runtime", "mallocgc"));
        assert_eq!(of("example.org/json.(*Value).Set"), is("(Go)", "example.org/json", "(*Value).Set"));
        assert_eq!(of("main.keys[go.shape.string/a]"), is("(Go)", "main", "keys[go.shape.string/a]"));
        assert_eq!(of("type:.eq.main.T"), is("(Go)", "type:", "eq.main.T"));
        // Its C part, and what has no package.
        assert_eq!(of("_cgo_panic"), is("(C, not mangled)", "", "_cgo_panic"));
        assert_eq!(of("(x.y").0, "(C, not mangled)");
    }

    #[test]
    fn long_names_are_cut() {
        assert!(Origin::of("é".repeat(100_000).as_bytes(), Naming::default()).function.len() < 2_000);
        let nested = format!("_RNvCsa_4demo{}", "B_".repeat(50_000));
        Origin::of(nested.as_bytes(), Naming::default());
    }

    proptest! {
        #[test]
        fn any_name_is_read(name in proptest::collection::vec(any::<u8>(), 0..80), is_underscored: bool, is_go: bool) {
            let _ = Origin::of(&name, Naming { is_underscored, is_go });
        }

        #[test]
        fn any_name_of_rust_is_read(name in "_(R|ZN)[NIMXCBs_0-9a-z<>E]{0,40}") {
            let _ = Origin::of(name.as_bytes(), Naming::default());
        }
    }
}
