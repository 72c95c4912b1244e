use monowheel_wheel::platform::PlatformTag;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A segment or section is both writable and executable.
    ///
    /// # What it does
    /// Checks the protection of each ELF `LOAD` segment, Mach-O segment and PE section.
    ///
    /// # Why it matters
    /// An attacker who can write one byte there can run code. SELinux (`execmem`, `execmod`) and hardened macOS
    /// processes refuse such memory. Android 8 and later refuse the file: *W+E load segments are not allowed*. There it is
    /// an error.
    ///
    /// # Example
    /// Linking with `-Wl,-N` or `-Wl,--omagic`, a packer such as UPX, or a linker script that puts code and
    /// data together.
    ///
    /// # Fix
    /// Link without these. Code generated at run time belongs in separate memory.
    pub(super) static RULE: "writable-code", Security, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    // bionic, `android-changes-for-ndk-developers.md`: since API level 26.
    let is_android = facts.tags().iter().any(|tag| matches!(tag.platform(), PlatformTag::Android { .. }));
    let severity = if is_android { Severity::Error } else { Severity::Warning };
    for (binary, slice) in facts.slices() {
        let both = slice.segments.iter().filter(|segment| segment.write && segment.execute);
        let mut names: Vec<&str> = both.map(|segment| segment.name.as_str()).collect();
        names.dedup();
        if names.is_empty() {
            continue;
        }
        let message = format!("is writable and executable in {}", crate::finding::some_of(&names));
        found.add(
            Finding::new(severity, binary.place(slice), message)
                .details(names)
                .fix("link without `--omagic` and without a packer, so that code and data are separate"),
        );
    }
}
