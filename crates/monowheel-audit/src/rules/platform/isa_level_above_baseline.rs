use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A binary needs a newer processor than `x86_64` says.
    ///
    /// # What it does
    /// Reads the level of x86-64 that the compiler has noted (`GNU_PROPERTY_X86_ISA_1_NEEDED`): 2 is of about
    /// 2009, 3 (AVX2) of 2013, 4 (AVX-512) of 2017. Level 2 is a note, more a warning.
    ///
    /// # Why it matters
    /// No platform tag names the level, so every x86_64 machine gets the wheel. From glibc 2.33 on the loader
    /// refuses it on an older processor; elsewhere it dies of an illegal instruction.
    ///
    /// # Example
    /// A C library that was built with `-march=x86-64-v3`.
    ///
    /// # Fix
    /// Build for the baseline and choose faster code at run time.
    pub(super) static RULE: "isa-level-above-baseline", Platform, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    // A bare binary has promised nothing.
    if facts.tags().is_empty() {
        return;
    }
    for (binary, slice) in facts.slices() {
        let Some(level @ 2..) = slice.isa_level else { continue };
        let severity = if level == 2 { Severity::Note } else { Severity::Warning };
        found.add(
            Finding::new(
                severity,
                binary.place(slice),
                format!("needs x86-64-v{level}, but its tag promises any x86_64"),
            )
            .fix("build for the baseline (`-march=x86-64`) and choose faster code at run time"),
        );
    }
}
