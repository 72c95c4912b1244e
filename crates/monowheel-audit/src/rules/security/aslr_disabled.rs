use monowheel_wheel::binary::Slice;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::security::each;

rule! {
    /// A DLL is always loaded at the same address, or near it.
    ///
    /// # What it does
    /// Looks for `IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE` in PE files. If it is set in a 64-bit file, looks for
    /// `HIGH_ENTROPY_VA` as well, whose absence is a note.
    ///
    /// # Why it matters
    /// An attacker knows where its code is. One such DLL defeats the randomization of the whole process.
    ///
    /// # Example
    /// MinGW's linker before binutils 2.36, or `/DYNAMICBASE:NO`.
    ///
    /// # Fix
    /// Link with `/DYNAMICBASE /HIGHENTROPYVA` (Visual C++) or `-Wl,--dynamicbase,--high-entropy-va` (MinGW).
    pub(super) static RULE: "aslr-disabled", Security, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let fixed = |slice: &Slice| slice.hardening.aslr == Some(false);
    let near = |slice: &Slice| slice.hardening.aslr == Some(true) && slice.hardening.high_entropy == Some(false);
    for finding in
        each(facts, Severity::Warning, "does not set DYNAMIC_BASE: it is always loaded at the same address", fixed)
    {
        found.add(finding.fix("link with `/DYNAMICBASE`, or `-Wl,--dynamicbase` with MinGW"));
    }
    for finding in
        each(facts, Severity::Note, "does not set HIGH_ENTROPY_VA: its address varies by only a few bits", near)
    {
        found.add(finding.fix("link with `/HIGHENTROPYVA`, or `-Wl,--high-entropy-va` with MinGW"));
    }
}
