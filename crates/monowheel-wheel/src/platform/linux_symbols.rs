//! The exports of the libraries that every Linux of a policy has: glibc, musl, and their companions.
//!
//! The tables are read when a rule first needs them.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::abi::rows;
use crate::binary::Arch;

/// The processors of `glibc_symbols.tsv`: their letter, and the version that most of their symbols have.
const PROCESSORS: [(Arch, char, &str); 8] = [
    (Arch::X86_64, 'x', "2.2.5"),
    (Arch::I686, 'i', "2.0"),
    (Arch::Aarch64, 'a', "2.17"),
    (Arch::Armv7l, 'h', "2.4"),
    (Arch::Ppc64le, 'p', "2.17"),
    (Arch::S390x, 's', "2.2"),
    (Arch::Riscv64, 'r', "2.27"),
    (Arch::Loongarch64, 'l', "2.36"),
];

static GLIBC: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    rows(include_str!("glibc_symbols.tsv")).filter_map(|row| Some((*row.first()?, *row.get(1)?))).collect()
});

static MUSL: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    rows(include_str!("musl_symbols.tsv")).filter_map(|row| Some((*row.first()?, *row.get(1)?))).collect()
});

static LIBGCC: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| rows(include_str!("libgcc_symbols.tsv")).filter_map(|row| row.first().copied()).collect());

/// Whether the glibc table contains the processor.
#[must_use]
pub fn knows_glibc_of(arch: &Arch) -> bool {
    processor(arch).is_some()
}

/// The versions with which glibc has a symbol, such as `2.2.5`, the oldest first; none if it never had it.
#[must_use]
pub fn glibc_versions(symbol: &str, arch: &Arch) -> Vec<&'static str> {
    let (Some((_, letter, first)), Some(cell)) = (processor(arch), GLIBC.get(symbol)) else { return Vec::new() };
    let mut groups = cell.split(';');
    let mut versions = Vec::new();
    if groups.next().is_some_and(|letters| letters == "*" || letters.contains(*letter)) {
        versions.push(*first);
    }
    let others = groups.filter_map(|group| group.split_once(':')).filter(|(letters, _)| letters.contains(*letter));
    versions.extend(others.map(|(_, version)| version));
    versions.sort_by_key(|version| numbers(version));
    versions
}

/// The first glibc that has a symbol under any version.
#[must_use]
pub fn glibc_since(symbol: &str, arch: &Arch) -> Option<(u16, u16)> {
    let numbers = numbers(glibc_versions(symbol, arch).first()?);
    Some((*numbers.first()?, *numbers.get(1)?))
}

/// Whether any musl has a symbol; its loader also resolves the names for large files (`open64`) without the `64`.
#[must_use]
pub fn musl_has(symbol: &str) -> bool {
    let small = || symbol.strip_suffix("64").is_some_and(|name| MUSL.contains_key(name));
    MUSL.contains_key(symbol) || small() || is_large_file(symbol)
}

/// The version of musl that added a symbol, if it is above the oldest of `musllinux_1_2`: `1.2.3`.
#[must_use]
pub fn musl_since(symbol: &str) -> Option<&'static str> {
    MUSL.get(symbol).copied().filter(|since| *since != "-")
}

/// Whether one of the C library's companions has a symbol, if it is loaded at all: according to the table for libgcc,
/// to the namespaces for the C++ library, and to the prefixes of names for the rest.
#[must_use]
pub fn companion_has(library: &str, symbol: &str) -> bool {
    const STARTS: &[(&str, &[&str])] = &[
        (
            "libz.so",
            &["deflate", "inflate", "compress", "uncompress", "crc32", "adler32", "gz", "zlib", "zError", "get_crc"],
        ),
        ("libexpat.so", &["XML_"]),
        ("libatomic.so", &["__atomic_", "atomic_", "__sync_"]),
        ("libglib-2.0.so", &["g_", "glib_"]),
        ("libgobject-2.0.so", &["g_"]),
        ("libgthread-2.0.so", &["g_"]),
        ("libX11.so", &["X", "_X"]),
        ("libXext.so", &["X", "_X", "D"]),
        ("libXrender.so", &["X", "_X"]),
        ("libICE.so", &["Ice", "_Ice"]),
        ("libSM.so", &["Sm", "_Sm"]),
        ("libGL.so", &["gl"]),
        ("libnsl.so", &["yp", "nis_", "xdr_", "__yp", "__nis", "db_free"]),
        ("libmvec.so", &["_ZGV"]),
    ];
    if library.starts_with("libstdc++.so") {
        return is_cpp_runtime(symbol);
    }
    if library.starts_with("libgcc_s.so") {
        return LIBGCC.contains(symbol) || symbol.starts_with("_Unwind_") || symbol.starts_with("__aeabi_");
    }
    let known = STARTS.iter().find(|(stem, _)| library.starts_with(stem));
    known.is_some_and(|(_, starts)| starts.iter().any(|start| symbol.starts_with(start)))
}

/// Whether a name is in the namespaces of the C++ runtime: `std`, `__gnu_cxx`, `__cxxabiv1`, and the compilers'
/// helpers.
#[must_use]
pub fn is_cpp_runtime(symbol: &str) -> bool {
    if ["__cxa_", "__gxx_", "__dynamic_cast", "_ZGTt", "_ZGA"].iter().any(|start| symbol.starts_with(start)) {
        return true;
    }
    let Some(mangled) = symbol.strip_prefix("_Z") else { return false };
    // Operators new and delete; type information, tables and guards of anything in the namespaces.
    let operators = ["nw", "na", "dl", "da"];
    let special = ["TI", "TS", "TV", "TT", "TC", "GV", "GR", "Th", "Tv", "Tc", "TW", "TH"];
    let name = special.iter().find_map(|start| mangled.strip_prefix(start)).unwrap_or(mangled);
    let name =
        name.trim_start_matches(|c: char| c.is_ascii_digit() && mangled.starts_with("Th") || c == 'n' || c == '_');
    let within =
        ["N10__cxxabiv1", "N9__gnu_cxx", "N11__gnu_debug", "N12__gnu_norm", "N14__gnu_parallel", "N10__gnu_norm"];
    // A fundamental type: `_ZTIi`, `_ZTIPKc`.
    let is_fundamental = mangled.starts_with("TI") && name.trim_start_matches(['P', 'K']).len() <= 2;
    operators.iter().any(|start| mangled.starts_with(start))
        || is_fundamental
        || in_std(name)
        || within.iter().any(|start| name.trim_start_matches(['P', 'K']).starts_with(start))
}

/// `St…`, `NSt…`, `NKSt…`, `Ss…`, `NSs…`: names in the namespace `std`, whose substitutions have one letter.
fn in_std(name: &str) -> bool {
    let name = name.trim_start_matches(['P', 'K']);
    let nested = name.strip_prefix('N').map(|name| name.trim_start_matches(['K', 'V', 'R', 'O']));
    let name = nested.unwrap_or(name);
    ["St", "Ss", "Si", "So", "Sd", "Sa", "Sb"].iter().any(|start| name.starts_with(start))
}

/// musl resolves these since it removed them from its symbol table (1.2.4, `ldso/dynlink.c`).
fn is_large_file(symbol: &str) -> bool {
    matches!(symbol, "readdir64_r" | "alphasort64" | "versionsort64" | "glob64" | "globfree64" | "ftw64" | "nftw64")
}

fn processor(arch: &Arch) -> Option<&'static (Arch, char, &'static str)> {
    PROCESSORS.iter().find(|(known, ..)| known == arch)
}

/// `2.2.5` as numbers, for comparing.
fn numbers(version: &str) -> Vec<u16> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_glibc_is_understood() {
        for (name, cell) in GLIBC.iter() {
            let known = PROCESSORS.iter().filter(|(arch, ..)| !glibc_versions(name, arch).is_empty()).count();
            assert!(known > 0, "{name} {cell}");
        }
        assert!(GLIBC.len() > 4000 && MUSL.len() > 1500 && LIBGCC.len() > 100);
    }

    #[test]
    fn versions_of_glibc() {
        assert_eq!(glibc_versions("memcpy", &Arch::X86_64), ["2.2.5", "2.14"]);
        assert_eq!(glibc_versions("memcpy", &Arch::Aarch64), ["2.17"]);
        assert_eq!(glibc_since("statx", &Arch::X86_64), Some((2, 28)));
        assert_eq!(glibc_since("__tls_get_addr", &Arch::S390x), None);
        assert_eq!(glibc_since("no_such_function", &Arch::X86_64), None);
        assert!(!knows_glibc_of(&Arch::Other("ppc64".to_owned())));
    }

    #[test]
    fn names_of_musl() {
        assert!(musl_has("malloc") && musl_has("open64") && musl_has("readdir64_r") && !musl_has("__memcpy_chk"));
        assert_eq!((musl_since("qsort_r"), musl_since("malloc")), (Some("1.2.3"), None));
    }

    #[test]
    fn names_of_the_cpp_runtime() {
        for name in [
            "_ZNSt6vectorIiSaIiEE9push_backEOi",
            "_ZTVN10__cxxabiv117__class_type_infoE",
            "_ZTISt9exception",
            "_ZNKSt9exception4whatEv",
            "_Znwm",
            "_ZdlPv",
            "_ZTIi",
            "_ZTIPKc",
            "_ZSt9terminatev",
            "_ZNSs4swapERSs",
            "__cxa_throw",
            "__gxx_personality_v0",
            "_ZThn16_NSdD1Ev",
        ] {
            assert!(is_cpp_runtime(name), "{name}");
        }
        for name in ["_ZTIN6icu_508ByteSinkE", "_ZN6icu_508ByteSinkD2Ev", "malloc", "_ZN4demo3fooEv", "_Z3foov"] {
            assert!(!is_cpp_runtime(name), "{name}");
        }
        assert!(companion_has("libgcc_s.so.1", "_Unwind_Resume") && !companion_has("libgcc_s.so.1", "malloc"));
        assert!(companion_has("libz.so.1", "inflate") && !companion_has("libfoo.so", "inflate"));
    }
}
