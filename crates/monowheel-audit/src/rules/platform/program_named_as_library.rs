use std::cell::LazyCell;

use monowheel_wheel::binary::Format;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::reach::Reach;

rule! {
    /// A module or library is a program, which no loader accepts.
    ///
    /// # What it does
    /// Looks for programs among the files that are named like a library. ELF: `DF_1_PIE`, with which linkers mark
    /// programs, and files of type `ET_EXEC`. macOS and iOS: files of type `MH_EXECUTE`. Windows: extension modules
    /// without `IMAGE_FILE_DLL` (an assembly of .NET may be a program and end in `.dll`).
    ///
    /// # Why it matters
    /// glibc 2.30 and later refuse it: *cannot dynamically load position-independent executable*. Older versions load
    /// it and may crash. dyld says *mach-o file, but is an executable*; Windows maps the file but does not load the
    /// libraries that it needs, and the first call crashes.
    ///
    /// # Example
    /// A module that was linked with `-pie -rdynamic` instead of `-shared`.
    ///
    /// # Fix
    /// Link it with `-shared`. Do not give a program a name that ends in `.so`.
    pub(super) static RULE: "program-named-as-library", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices() {
        let is_extension = matches!(binary.role, Role::Extension { .. });
        if !slice.link.is_program || binary.role == Role::Program {
            continue;
        }
        let (message, fix) = match binary.binary.format {
            Format::Elf => (
                "is a position-independent executable: glibc 2.30 and later do not load a program as a library",
                "link it with `-shared` instead of `-pie`, or name the program without `.so`",
            ),
            Format::MachO => (
                "is a program (MH_EXECUTE), which dyld does not load as a library",
                "link it with `-bundle` or `-dynamiclib`, or name the program without a suffix",
            ),
            Format::Pe if is_extension => (
                "is a program, not a DLL: Windows does not load the libraries that it needs, and calls crash",
                "link it with `/DLL` (MinGW: `-shared`), or name the program `.exe`",
            ),
            Format::Pe | Format::Wasm => continue,
        };
        let severity = if is_extension { reach.severity(binary) } else { Severity::Warning };
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}
