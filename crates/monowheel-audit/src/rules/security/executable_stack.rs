use std::cell::LazyCell;

use monowheel_wheel::binary::{Format, Slice};
use monowheel_wheel::platform::{Libc, PlatformTag};

use crate::facts::{BinaryFacts, Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::Reach;

rule! {
    /// A library requires an executable stack.
    ///
    /// # What it does
    /// Checks `PT_GNU_STACK` of ELF files: its `X` flag, or its absence on the architectures where that means the same
    /// (x86, 32-bit ARM, s390x). In Mach-O files it checks `MH_ALLOW_STACK_EXECUTION`.
    ///
    /// # Why it matters
    /// glibc 2.41 and later refuse to `dlopen` such a library: "cannot enable executable stack as shared object
    /// requires". Older versions make every stack of the process executable. It is a warning for a library that nothing
    /// in the wheel loads, for a program, and on musl and macOS, which ignore the flag of a library.
    ///
    /// # Example
    /// An assembly source without `.section .note.GNU-stack,"",%progbits`, or a nested function in GNU C.
    ///
    /// # Fix
    /// Add that section to assembly sources, or link with `-Wl,-z,noexecstack`.
    pub(super) static RULE: "executable-stack", Security, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(_, slice)| slice.hardening.executable_stack == Some(true)) {
        let refused = binary.role != Role::Program && is_for_glibc(facts, binary, slice);
        let (severity, message) = if refused {
            (reach.severity(binary), "requires an executable stack: glibc 2.41 and later do not load it")
        } else {
            (Severity::Warning, "requires an executable stack")
        };
        let fix = "link with `-Wl,-z,noexecstack`, or mark the assembly sources with `.note.GNU-stack`";
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}

/// Whether glibc loads it: by the tags of the wheel, or else by the library it needs.
fn is_for_glibc(facts: &Facts, binary: &BinaryFacts, slice: &Slice) -> bool {
    let is_glibc = |tag: &str| {
        matches!(
            PlatformTag::parse(tag),
            PlatformTag::BareLinux { .. } | PlatformTag::Linux { libc: Libc::Manylinux, .. }
        )
    };
    let needs_glibc = || slice.libraries.iter().any(|library| library.name == "libc.so.6");
    binary.binary.format == Format::Elf
        && if facts.tags().is_empty() { needs_glibc() } else { facts.tags().iter().any(|tag| is_glibc(&tag.platform)) }
}
