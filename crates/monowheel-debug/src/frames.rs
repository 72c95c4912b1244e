//! Names of native frames, as a Rust programmer writes them.

/// Escapes in the symbols of rustc's legacy mangling, of which memray's demangler leaves some.
const ESCAPES: [(&str, &str); 9] = [
    ("$LT$", "<"),
    ("$GT$", ">"),
    ("$LP$", "("),
    ("$RP$", ")"),
    ("$RF$", "&"),
    ("$C$", ","),
    ("$u20$", " "),
    ("$u7b$", "{"),
    ("$u7d$", "}"),
];
/// Sources of CPython, by their paths in its build, and of Rust.
const FILES: [&str; 8] = ["Objects/", "Python/", "Modules/", "Parser/", "Include/", "./", "/usr/src/python", "/rustc/"];
/// The beginnings of functions that are on every stack.
const FUNCTIONS: [&str; 18] = [
    "pyo3::",
    "pyo3_ffi::",
    "<pyo3::",
    "core::",
    "<core::",
    "alloc::",
    "<alloc::",
    "std::",
    "<std::",
    "__rust",
    "__rdl",
    "Py",
    "_Py",
    "cfunction_",
    "_start",
    "__libc_",
    "do_call<",
    "catch_unwind<",
];

/// `planted::leaks::box_leak`, without the hash at its end.
pub(crate) fn name(symbol: &str) -> String {
    let mut name = format!("{:#}", rustc_demangle::demangle(symbol));
    if let Some((start, hash)) = name.rsplit_once("::h") {
        if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            name.truncate(start.len());
        }
    }
    if name.contains('$') {
        for (escape, text) in ESCAPES {
            name = name.replace(escape, text);
        }
        name = name.replace("..", "::");
        name = name.strip_prefix('_').filter(|rest| rest.starts_with('<')).map_or(name.clone(), ToOwned::to_owned);
    }
    name
}

/// Whether a frame is of CPython, `PyO3` or the Rust standard library: on every stack, and hardly ever the cause.
pub(crate) fn is_plumbing(function: &str, file: &str) -> bool {
    FILES.iter().any(|start| file.starts_with(start))
        || ["/pyo3-", "/sysdeps/", "library/std/"].iter().any(|part| file.contains(part))
        || FUNCTIONS.iter().any(|start| function.starts_with(start))
        || ["::__pyfunction_", "::__pymethod_"].iter().any(|part| function.contains(part))
}

/// Whether a library is of the system or the interpreter.
pub(crate) fn is_system(library: &str) -> bool {
    let name = library.rsplit('/').next().unwrap_or(library);
    let starts = ["libc.so", "libc-", "libpthread", "libpython", "python", "ld-", "libm.so", "[vdso]"];
    starts.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_both_manglings_and_what_a_demangler_for_cpp_leaves() {
        for (symbol, expected) in [
            ("planted::leaks::box_leak::hcd3722e34701b20f", "planted::leaks::box_leak"),
            ("_RNvNtCs1234_7planted5leaks8box_leak", "planted::leaks::box_leak"),
            ("_ZN7planted5leaks8box_leak17hcd3722e34701b20fE", "planted::leaks::box_leak"),
            (
                "_$LT$planted..Node$u20$as$u20$core..ops..Drop$GT$::drop::hcd3722e34701b20f",
                "<planted::Node as core::ops::Drop>::drop",
            ),
            ("box_leak", "box_leak"),
            ("PyList_New", "PyList_New"),
            ("", ""),
        ] {
            assert_eq!(name(symbol), expected);
        }
    }

    #[test]
    fn frames_of_the_crate_are_not_plumbing() {
        assert!(!is_plumbing("planted::leaks::box_leak", "src/leaks.rs"));
        assert!(!is_plumbing("<module>", "<string>"));
        assert!(is_plumbing(
            "tp_new_impl<planted::Plain>",
            "/home/me/.cargo/registry/src/x/pyo3-0.29.3/src/impl_/a.rs"
        ));
        assert!(is_plumbing("gc_alloc", "Modules/gcmodule.c"));
    }
}
