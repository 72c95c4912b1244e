//! The rule `build-path`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A binary contains absolute paths of the machine that built it.
    ///
    /// # What it does
    /// Looks for paths of home directories, build directories and cargo's registry in the bytes of every binary.
    ///
    /// # Why it matters
    /// A build in another directory gives different bytes. The paths reveal the names of users and machines.
    ///
    /// # Example
    /// `/home/jane/.cargo/registry/src/index.crates.io-…/regex-1.11.1/src/lib.rs` in panic messages.
    ///
    /// # Fix
    /// Set `RUSTFLAGS=--remap-path-prefix=$CARGO_HOME=/cargo`, with the same for the source and the target directory,
    /// and `-ffile-prefix-map` for C. `monowheel build` does this.
    pub(super) static RULE: "build-path", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in facts.slices() {
        let paths = &slice.paths;
        if paths.count > 0 {
            found.add(
                Finding::new(
                    Severity::Note,
                    binary.place(slice),
                    format!(
                        "contains {} paths of the machine that built it: {}",
                        paths.count,
                        some_of(&paths.examples)
                    ),
                )
                .details(&paths.examples)
                .fix("build with --remap-path-prefix (Rust) or -ffile-prefix-map (C)"),
            );
        }
    }
}
