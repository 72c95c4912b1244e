//! The rule `build-path`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A binary holds absolute paths of the machine that built it.
    ///
    /// # What it does
    /// Looks for paths of home folders, build folders and cargo's registry in the bytes of every binary.
    ///
    /// # Why it matters
    /// A build in another folder gives other bytes. The paths tell the names of users and machines to everybody.
    ///
    /// # Example
    /// `/home/jane/.cargo/registry/src/index.crates.io-…/regex-1.11.1/src/lib.rs` in the messages of panics.
    ///
    /// # Fix
    /// `RUSTFLAGS=--remap-path-prefix=$CARGO_HOME=/cargo` and the same for the source and the target folder;
    /// `-ffile-prefix-map` for C. `monowheel build` does it.
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
                        "it holds {} paths of the machine that built it: {}",
                        paths.count,
                        some_of(&paths.examples)
                    ),
                )
                .details(&paths.examples)
                .fix("Build with --remap-path-prefix (Rust) or -ffile-prefix-map (C)."),
            );
        }
    }
}
