use std::cell::LazyCell;
use std::collections::BTreeSet;

use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::{Libc, linux};

use crate::facts::Facts;
use crate::finding::{Finding, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::linux_promises;
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary of a musllinux wheel was linked against glibc.
    ///
    /// # What it does
    /// Looks for glibc's libraries (`libc.so.6`, `ld-linux-*`, …) and symbol versions (`GLIBC_2.17`) in the
    /// binaries of wheels with a musllinux tag.
    ///
    /// # Why it matters
    /// musl has neither glibc's loader nor the symbols that glibc's headers introduce (`__memcpy_chk`,
    /// `__isoc23_strtol`), so the import fails on Alpine.
    ///
    /// # Example
    /// A manylinux wheel that was renamed, or a C library built by the host's compiler.
    ///
    /// # Fix
    /// Build everything, including C libraries, for `*-linux-musl`.
    pub(super) static RULE: "musl-links-glibc", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = linux_promises(facts);
    let Some(promise) = promises.iter().find(|promise| promise.libc == Libc::Musllinux) else { return };
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        let libraries =
            slice.libraries.iter().map(|library| library.name.as_str()).filter(|name| linux::is_glibc(name));
        // libgcc_s has a version `GLIBC_2.0` of its own, on musl too.
        let versions = slice
            .versions
            .iter()
            .filter(|need| linux::is_glibc(&need.library) && need.version.starts_with("GLIBC_"))
            .map(|need| need.version.as_str());
        let names: BTreeSet<&str> = libraries.chain(versions).collect();
        if names.is_empty() {
            continue;
        }
        let names: Vec<&str> = names.into_iter().collect();
        let message = format!("is linked against glibc ({}), which {} does not have", some_of(&names), promise.tag);
        found.add(
            Finding::new(reach.severity(binary), binary.place(slice), message)
                .details(names)
                .fix("build it and the C libraries in it for musl"),
        );
    }
}
