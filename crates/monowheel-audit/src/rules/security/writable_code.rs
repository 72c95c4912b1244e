use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A part of memory is writable and executable at once.
    ///
    /// # What it does
    /// Looks at the protection of each ELF `LOAD` segment, Mach-O segment and PE section.
    ///
    /// # Why it matters
    /// Whoever can write one byte there runs code. SELinux (`execmem`, `execmod`) and hardened processes of
    /// macOS refuse such memory.
    ///
    /// # Example
    /// Linking with `-Wl,-N` or `-Wl,--omagic`, a packer such as UPX, or a linker script that puts code and
    /// data together.
    ///
    /// # Fix
    /// Link without these; code made at run time belongs into memory of its own.
    pub(super) static RULE: "writable-code", Security, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in facts.slices() {
        let both = slice.segments.iter().filter(|segment| segment.write && segment.execute);
        let mut names: Vec<&str> = both.map(|segment| segment.name.as_str()).collect();
        names.dedup();
        if names.is_empty() {
            continue;
        }
        let message = format!("is writable and executable in {}", crate::finding::some_of(&names));
        found.add(
            Finding::new(Severity::Warning, binary.place(slice), message)
                .details(names)
                .fix("link without `--omagic` and without a packer, so that code and data are apart"),
        );
    }
}
