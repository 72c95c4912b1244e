use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::security::each;

rule! {
    /// Addresses filled in by the loader stay writable.
    ///
    /// # What it does
    /// Looks for `PT_GNU_RELRO` in ELF files.
    ///
    /// # Why it matters
    /// With it the loader makes tables of function pointers read-only once they are filled in. Without it a stray write
    /// can redirect calls.
    ///
    /// # Example
    /// Linking with `-Wl,-z,norelro`, or with an old linker that does so by default.
    ///
    /// # Fix
    /// Link with `-Wl,-z,relro,-z,now`; `rustc` does unless `-C relro-level=off` is set.
    pub(super) static RULE: "no-relro", Security, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let concerns = |slice: &monowheel_wheel::binary::Slice| slice.hardening.relro == Some(false);
    for finding in each(facts, Severity::Warning, "leaves its relocated addresses writable (no RELRO)", concerns) {
        found.add(finding.fix("link with `-Wl,-z,relro,-z,now`"));
    }
}
