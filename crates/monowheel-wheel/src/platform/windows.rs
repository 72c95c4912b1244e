//! The libraries that a Windows wheel may import without shipping them (`windows_system_dlls.json`, and those
//! that each CPython installer contains).

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::abi::PythonVersion;
use crate::binary::Arch;

#[derive(Default, Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    all_arches: HashSet<&'a str>,
    #[serde(borrow)]
    i386_extra: HashSet<&'a str>,
    #[serde(borrow)]
    amd64_extra: HashSet<&'a str>,
    #[serde(borrow)]
    arm64_extra: HashSet<&'a str>,
}

/// A test checks that the table parses.
static TABLE: LazyLock<File<'static>> =
    LazyLock::new(|| serde_json::from_str(include_str!("windows_system_dlls.json")).unwrap_or_default());

/// Whether Windows itself has the library. Names are compared case-insensitively.
///
/// The x86 and x64 lists begin at Windows 7 SP1, the arm64 list at Windows 10. Every Windows that is
/// still supported is at least that, so a name in the arm64 list is a system library everywhere.
#[must_use]
pub fn is_system(dll: &str, arch: &Arch) -> bool {
    let name = dll.to_ascii_lowercase();
    let name = name.as_str();
    let table = &*TABLE;
    let of_arch = match arch {
        Arch::I686 => table.i386_extra.contains(name),
        Arch::X86_64 => table.amd64_extra.contains(name),
        _ => false,
    };
    // API sets are names that the loader maps to whatever implements them; `combase.dll` is in every
    // Windows from 8 on (both as in delvewheel).
    let is_api_set = name.starts_with("api-") || name.starts_with("ext-ms-");
    of_arch
        || is_api_set
        || name == "combase.dll"
        || table.all_arches.contains(name)
        || table.arm64_extra.contains(name)
}

/// Whether the library belongs to an interpreter: `python3.dll`, `python3t.dll`, `python311.dll`,
/// `libpypy3.11-c.dll`. (Which of them a module may import is a rule of the group *abi*.)
#[must_use]
pub fn is_python(dll: &str) -> bool {
    let name = dll.to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".dll") else { return false };
    let stem = stem.strip_suffix("_d").unwrap_or(stem);
    let version = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_cpython = stem.strip_prefix("python").is_some_and(|rest| version(rest.strip_suffix('t').unwrap_or(rest)));
    let is_pypy = stem.strip_prefix("libpypy").and_then(|rest| rest.strip_suffix("-c")).is_some_and(version);
    is_cpython || is_pypy || stem == "python-native"
}

/// Libraries that are part of one build of Windows and work with no other: the names in the registry's `KnownDLLs` of
/// Windows 10 and 11, without those that Microsoft has licensed for redistribution (`ucrtbase`, `gdiplus`), and what
/// they are made of.
const CORE: [&str; 42] = [
    "advapi32",
    "bcrypt",
    "bcryptprimitives",
    "cfgmgr32",
    "clbcatq",
    "combase",
    "comdlg32",
    "coml2",
    "crypt32",
    "gdi32",
    "gdi32full",
    "imagehlp",
    "imm32",
    "kernel.appcore",
    "kernel32",
    "kernelbase",
    "msctf",
    "msvcp_win",
    "msvcrt",
    "ncrypt",
    "normaliz",
    "nsi",
    "ntdll",
    "ole32",
    "oleaut32",
    "powrprof",
    "profapi",
    "psapi",
    "rpcrt4",
    "sechost",
    "setupapi",
    "shcore",
    "shell32",
    "shlwapi",
    "sspicli",
    "user32",
    "userenv",
    "win32u",
    "wintrust",
    "wldap32",
    "ws2_32",
    "wow64",
];

/// Whether the library is the core of Windows, of which no program may have its own copy.
#[must_use]
pub fn is_core(dll: &str) -> bool {
    let name = dll.to_ascii_lowercase();
    name.strip_suffix(".dll").is_some_and(|stem| CORE.contains(&stem))
}

/// A library of Microsoft's C and C++ runtime that is not part of Windows.
#[must_use]
pub fn is_runtime(dll: &str) -> bool {
    const STEMS: [&str; 6] = ["vcruntime", "vccorlib", "msvcp", "concrt", "vcomp", "mfc"];
    let name = dll.to_ascii_lowercase();
    STEMS.iter().any(|stem| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))
}

/// Whether CPython `floor` and later contain the runtime library.
///
/// `vcruntime140.dll` comes with every CPython from 3.5. `vcruntime140_1.dll` comes with the 64-bit ones
/// from 3.9 (also according to delvewheel 1.13), and with every ARM64 one, since the first was 3.11. No other
/// comes with any: `msvcp140.dll` never.
#[must_use]
pub fn comes_with_python(dll: &str, arch: &Arch, floor: Option<PythonVersion>) -> bool {
    match dll.to_ascii_lowercase().as_str() {
        "vcruntime140.dll" => true,
        "vcruntime140_1.dll" => match arch {
            Arch::Aarch64 => true,
            Arch::X86_64 => floor.is_some_and(|floor| floor >= (3, 9)),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses() {
        assert!(TABLE.all_arches.len() > 1000 && TABLE.amd64_extra.len() > 300 && TABLE.arm64_extra.len() > 1000);
        let all = [&TABLE.all_arches, &TABLE.i386_extra, &TABLE.amd64_extra, &TABLE.arm64_extra];
        let bad = |name: &str| name != name.to_ascii_lowercase() || name.contains("vcruntime") || name.contains("p140");
        assert_eq!(all.into_iter().flatten().find(|name| bad(name)), None);
    }

    #[test]
    fn the_system_has() {
        for arch in [Arch::I686, Arch::X86_64, Arch::Aarch64] {
            for dll in
                ["KERNEL32.dll", "ntdll.dll", "api-ms-win-crt-heap-l1-1-0.dll", "bcryptprimitives.dll", "ucrtbase.dll"]
            {
                assert!(is_system(dll, &arch), "{dll} on {arch}");
            }
            for dll in
                ["vcruntime140.dll", "msvcp140.dll", "zlib1.dll", "python3.dll", "libgcc_s_seh-1.dll", "libunwind.dll"]
            {
                assert!(!is_system(dll, &arch), "{dll} on {arch}");
            }
        }
    }

    #[test]
    fn an_interpreter_is() {
        for dll in
            ["python3.dll", "python3t.dll", "PYTHON311.DLL", "python314t.dll", "python39_d.dll", "libpypy3.11-c.dll"]
        {
            assert!(is_python(dll), "{dll}");
        }
        for dll in ["python.dll", "pythoncom311.dll", "python3", "pythont.dll"] {
            assert!(!is_python(dll), "{dll}");
        }
    }

    #[test]
    fn the_runtime_that_comes_with_python() {
        let with = |dll, arch, floor| comes_with_python(dll, &arch, Some(floor));
        assert!(with("VCRUNTIME140.dll", Arch::I686, (3, 8)));
        assert!(!with("VCRUNTIME140_1.dll", Arch::X86_64, (3, 8)));
        assert!(with("VCRUNTIME140_1.dll", Arch::X86_64, (3, 9)));
        assert!(!with("VCRUNTIME140_1.dll", Arch::I686, (3, 12)));
        assert!(with("VCRUNTIME140_1.dll", Arch::Aarch64, (3, 8)));
        assert!(!with("MSVCP140.dll", Arch::X86_64, (3, 15)));
        assert!(!comes_with_python("vcruntime140_1.dll", &Arch::X86_64, None));
        assert!(is_runtime("MSVCP140_1.dll") && is_runtime("vcruntime140_threads.dll") && !is_runtime("msvcp_win.dll"));
    }
}
