use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::security::each;

rule! {
    /// A DLL is not marked as compatible with data execution prevention.
    ///
    /// # What it does
    /// Looks for `IMAGE_DLLCHARACTERISTICS_NX_COMPAT` in PE files.
    ///
    /// # Why it matters
    /// Policies that require it refuse the DLL or its process, and binary analyzers (BinSkim's BA2016) reject it. In a
    /// 32-bit process it may also disable the protection itself.
    ///
    /// # Example
    /// MinGW's linker before binutils 2.36, which set neither this nor ASLR by default.
    ///
    /// # Fix
    /// Link with `/NXCOMPAT` (Visual C++) or `-Wl,--nxcompat` (MinGW).
    pub(super) static RULE: "nx-disabled", Security, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let concerns = |slice: &monowheel_wheel::binary::Slice| slice.hardening.nx == Some(false);
    for finding in each(facts, Severity::Warning, "does not set NX_COMPAT (data execution prevention)", concerns) {
        found.add(finding.fix("link with `/NXCOMPAT`, or `-Wl,--nxcompat` with MinGW"));
    }
}
