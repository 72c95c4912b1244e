use std::cell::LazyCell;

use monowheel_wheel::platform::Libc;

use crate::facts::{Facts, Role};
use crate::finding::Finding;
use crate::rule::{Found, rule};
use crate::rules::platform::promise::linux_promises;
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary of a musllinux wheel has functions that the loader has to choose, which musl's loader cannot.
    ///
    /// # What it does
    /// Looks for relocations of the type `IRELATIVE`, by which a loader asks the library for one of several versions of
    /// a function (`STT_GNU_IFUNC`), in libraries that an import loads. Programs are linked statically with their own
    /// startup code, and do not count.
    ///
    /// # Why it matters
    /// musl has no indirect functions: *Error relocating …: unsupported relocation type 37*, and the import fails.
    ///
    /// # Example
    /// `__attribute__((target_clones("avx2", "default")))` or `ifunc("pick")` in C code that was compiled by a compiler
    /// for glibc.
    ///
    /// # Fix
    /// Choose the function when the library is first called (`__builtin_cpu_supports`), or compile without
    /// `target_clones` for musl.
    pub(super) static RULE: "indirect-function-on-musl", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = linux_promises(facts);
    let Some(promise) = promises.iter().find(|promise| promise.libc == Libc::Musllinux) else { return };
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices() {
        if !slice.link.indirect_functions || binary.role == Role::Program {
            continue;
        }
        let message = format!(
            "has functions that the loader has to choose (IFUNC), which the musl of {} does not support",
            promise.tag
        );
        let fix = "choose the function when it is first called, without `target_clones` and `ifunc`";
        found.add(Finding::new(reach.severity(binary), binary.place(slice), message).fix(fix));
    }
}
