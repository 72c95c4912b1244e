use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A binary needs a newer processor than the `x86_64` baseline.
    ///
    /// # What it does
    /// Reads the x86-64 level recorded by the compiler (`GNU_PROPERTY_X86_ISA_1_NEEDED`): 2 is from about 2009, 3
    /// (AVX2) from 2013, 4 (AVX-512) from 2017. Level 2 is a note, higher levels are a warning.
    ///
    /// # Why it matters
    /// Platform tags do not state the level, so every x86_64 machine gets the wheel. Since glibc 2.33 the loader
    /// refuses it on an older processor; elsewhere it crashes with an illegal instruction.
    ///
    /// # Example
    /// A C library that was built with `-march=x86-64-v3`.
    ///
    /// # Fix
    /// Build for the baseline and select faster code at run time.
    pub(super) static RULE: "isa-level-above-baseline", Platform, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    // A bare binary promises nothing.
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
                format!("needs x86-64-v{level}, but its tag promises every x86_64"),
            )
            .fix("build for the baseline (`-march=x86-64`) and select faster code at run time"),
        );
    }
}
