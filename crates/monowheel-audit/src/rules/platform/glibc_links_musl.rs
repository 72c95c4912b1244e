use std::cell::LazyCell;

use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::{Libc, linux};

use crate::facts::Facts;
use crate::finding::{Finding, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::linux_promises;
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary of a manylinux wheel was linked against musl.
    ///
    /// # What it does
    /// Looks for musl (`libc.so`, `libc.musl-x86_64.so.1`, `ld-musl-*`) among the libraries that the binaries of wheels
    /// with a manylinux tag load.
    ///
    /// # Why it matters
    /// glibc systems do not have this library, so the import fails.
    ///
    /// # Example
    /// `libc.musl-x86_64.so.1` in a wheel for `manylinux_2_17_x86_64`: a musllinux wheel that was renamed.
    ///
    /// # Fix
    /// Build for `*-linux-gnu`, or tag the wheel musllinux.
    pub(super) static RULE: "glibc-links-musl", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = linux_promises(facts);
    let Some(promise) = promises.iter().find(|promise| promise.libc == Libc::Manylinux) else { return };
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        let names: Vec<&str> =
            slice.libraries.iter().map(|library| library.name.as_str()).filter(|name| linux::is_musl(name)).collect();
        if names.is_empty() {
            continue;
        }
        let message = format!("is linked against musl ({}), which {} does not have", some_of(&names), promise.tag);
        found.add(
            Finding::new(reach.severity(binary), binary.place(slice), message)
                .details(names)
                .fix("build it for glibc, or tag the wheel musllinux"),
        );
    }
}
