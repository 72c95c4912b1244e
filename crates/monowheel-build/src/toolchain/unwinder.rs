//! libgcc_s as far as a linker needs it: a wheel for glibc shares the unwinder of its process.
//!
//! cargo-zigbuild 0.24 links zig's own unwinder into the library when rustc asks for libgcc_s. With two of them in one
//! process, one unwinds through frames of the other: `CPython` before 3.14 ends a daemon thread with `pthread_exit`,
//! for which glibc unwinds its stack with libgcc_s, and Rust's frames then ask zig's unwinder about a state that
//! libgcc_s created. libgcc_s.so.1 is in every manylinux policy, and glibc itself loads it. musl does not unwind there.

/// The unwinding functions of libgcc_s, by the version of their symbols (gcc's `libgcc-std.ver.in`; the same for every
/// architecture with DWARF tables, which 32-bit ARM does not have).
const SYMBOLS: [(&str, &[&str]); 3] = [
    (
        "GCC_3.0",
        &[
            "_Unwind_DeleteException",
            "_Unwind_Find_FDE",
            "_Unwind_ForcedUnwind",
            "_Unwind_GetDataRelBase",
            "_Unwind_GetGR",
            "_Unwind_GetIP",
            "_Unwind_GetLanguageSpecificData",
            "_Unwind_GetRegionStart",
            "_Unwind_GetTextRelBase",
            "_Unwind_RaiseException",
            "_Unwind_Resume",
            "_Unwind_SetGR",
            "_Unwind_SetIP",
        ],
    ),
    ("GCC_3.3", &["_Unwind_Backtrace", "_Unwind_FindEnclosingFunction", "_Unwind_GetCFA", "_Unwind_Resume_or_Rethrow"]),
    ("GCC_4.2.0", &["_Unwind_GetIPInfo"]),
];

/// A source in C with a function of each name.
pub(super) fn source() -> String {
    let names = SYMBOLS.iter().flat_map(|(_, names)| names.iter());
    names.map(|name| format!("void {name}(void) {{}}\n")).collect()
}

/// The versions of these functions, as a linker reads them.
pub(super) fn versions() -> String {
    let mut map = String::new();
    let mut before = "";
    for (version, names) in SYMBOLS {
        let rest = if before.is_empty() { "local: *; }".to_owned() } else { format!("}} {before}") };
        map += &format!("{version} {{ global: {}; {rest};\n", names.join("; "));
        before = version;
    }
    map
}

/// The variable that names the directory in which an isolated build creates the library.
pub(crate) const MADE_IN: &str = "MONOWHEEL_MADE_IN";

/// The shell function that returns the library's path for zig's `TARGET`, and creates it in the first call: `linked ZIG
/// FOLDER TARGET`. Two concurrent calls create the same file. It is in FOLDER, which an isolated build only reads, or
/// in the directory that [`MADE_IN`] names.
pub(super) const LINKED: &str = r#"linked() {
  made=${MONOWHEEL_MADE_IN:-$2}/libgcc_s-$3/libgcc_s.so.1
  if [ ! -f "$made" ]; then
    mkdir -p "${made%/*}" &&
      "$1" cc -target "$3" -shared -nostdlib -Wl,-soname,libgcc_s.so.1 -Wl,--version-script="$2/libgcc_s.map" \
        "$2/libgcc_s.c" -o "$made.$$" >&2 &&
      mv "$made.$$" "$made" || return 1
  fi
  printf '%s' "$made"
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_a_chain() {
        let map = versions();
        let lines: Vec<&str> = map.lines().collect();
        assert!(
            lines[0].starts_with("GCC_3.0 { global: _Unwind_DeleteException; ") && lines[0].ends_with(" local: *; };")
        );
        assert!(lines[1].starts_with("GCC_3.3 { ") && lines[1].ends_with("; } GCC_3.0;"));
        assert_eq!(lines[2], "GCC_4.2.0 { global: _Unwind_GetIPInfo; } GCC_3.3;");
        assert!(source().contains("void _Unwind_GetIPInfo(void) {}\n"));
    }
}
