use monowheel_wheel::binary::Slice;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::security::each;

rule! {
    /// A DLL is always loaded at the same address, or near it.
    ///
    /// # What it does
    /// Looks for `IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE` in PE files; where it is there, and the file has 64
    /// bits, for `HIGH_ENTROPY_VA`, whose absence is a note.
    ///
    /// # Why it matters
    /// An attacker knows where its code is. One such DLL undoes the random layout of the whole process.
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
    for finding in each(facts, Severity::Warning, "lacks DYNAMIC_BASE: it is always at the same address", fixed) {
        found.add(finding.fix("link with `/DYNAMICBASE`, or `-Wl,--dynamicbase` with MinGW"));
    }
    for finding in each(facts, Severity::Note, "lacks HIGH_ENTROPY_VA: its address varies by few bits only", near) {
        found.add(finding.fix("link with `/HIGHENTROPYVA`, or `-Wl,--high-entropy-va` with MinGW"));
    }
}
