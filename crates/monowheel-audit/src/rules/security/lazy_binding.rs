use crate::facts::Facts;
use crate::rule::{Found, rule};
use crate::rules::security::together;

rule! {
    /// Functions are resolved at their first call.
    ///
    /// # What it does
    /// Looks for `DF_BIND_NOW` and `DF_1_NOW` in ELF files that have RELRO. All binaries of a wheel are one note, since
    /// most linkers bind lazily by default.
    ///
    /// # Why it matters
    /// The table of called functions has to stay writable, so RELRO protects only a part. A missing function is noticed
    /// at its first call instead of at import.
    ///
    /// # Example
    /// `gcc -shared` on most distributions without `-Wl,-z,now`; `zig cc` and `rustc` bind at load time.
    ///
    /// # Fix
    /// Link with `-Wl,-z,now`.
    pub(super) static RULE: "lazy-binding", Security, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let lazy = together(facts, "resolves functions at their first call, which weakens RELRO", |_, slice| {
        slice.hardening.bind_now == Some(false) && slice.hardening.relro == Some(true)
    });
    if let Some(finding) = lazy {
        found.add(finding.fix("link with `-Wl,-z,now`"));
    }
}
