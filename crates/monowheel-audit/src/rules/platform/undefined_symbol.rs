use std::cell::LazyCell;

use monowheel_wheel::binary::{Format, Slice};
use monowheel_wheel::platform::PlatformTag;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::link::{Linked, Lost, dll, dylib, elf};
use crate::rules::platform::mac::loadable;
use crate::rules::platform::promise::promises;
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary needs a symbol that none of its loaded libraries has.
    ///
    /// # What it does
    /// Looks for every strong undefined symbol as the loader does. Linux: in the binary, in everything loaded with the
    /// module, in the C library of the oldest tag (every symbol of glibc and musl is known, with its versions), in
    /// libgcc, libstdc++ and the other libraries of the policy. Android: in the binary and everything loaded with the
    /// module, the symbols of C++ and Rust alone. macOS: in the library recorded by the linker if it is
    /// in the wheel, or in libSystem and everything loaded for a flat lookup. Windows: in the DLL of that name, if it
    /// is in the wheel or is a Windows DLL whose exports are all known. Python's own symbols have other rules. Nothing
    /// is reported if an unknown library is loaded as well, since it may have the symbol.
    ///
    /// It is an error if an import fails: Python resolves all symbols of a module when it loads it, so lazy binding
    /// does not hide the problem. It is a warning if Python code, another distribution or a delayed import may help,
    /// and a note for a library that nothing in the wheel loads.
    ///
    /// # Why it matters
    /// *undefined symbol*, *symbol not found in flat namespace*, *The specified procedure could not be found*.
    ///
    /// # Example
    /// `_ZTIN6icu_508ByteSinkE` in a module that was linked without `-licuuc`.
    ///
    /// # Fix
    /// Link the library that has the symbol (`-Wl,-z,defs` and `-Wl,--no-undefined` make the linker report missing
    /// ones), or compile the source file that defines it into the module.
    pub(super) static RULE: "undefined-symbol", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let all = LazyCell::new(|| Linked::of(facts));
    let reach = LazyCell::new(|| Reach::of(facts));
    let tags = LazyCell::new(|| elf::Tags::of(facts));
    let is_android = promises(facts).iter().any(|promise| promise.android().is_some());
    for (binary, slice) in facts.slices() {
        if binary.binary.format == Format::Elf && is_android {
            report(facts, &reach, binary, slice, &elf::lost_on_android(&all, binary, slice), found);
        } else if binary.binary.format == Format::Elf {
            let Some(system) = elf::System::of(&tags, slice) else { continue };
            report(facts, &reach, binary, slice, &elf::lost(&all, &system, binary, slice), found);
        }
    }
    let only = |is: fn(&PlatformTag) -> bool| promises(facts).iter().all(|promise| is(&promise.platform));
    if only(|platform| matches!(platform, PlatformTag::Macos { .. } | PlatformTag::Any)) {
        for (binary, slice) in loadable(facts) {
            report(facts, &reach, binary, slice, &dylib::lost(&all, binary, slice), found);
        }
    }
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Pe) {
        report(facts, &reach, binary, slice, &dll::lost(&all, slice), found);
    }
}

fn report(facts: &Facts, reach: &Reach<'_>, binary: &BinaryFacts, slice: &Slice, lost: &[Lost], found: &mut Found<'_>) {
    if lost.is_empty() {
        return;
    }
    let helped = facts.has_requirements() || facts.may_load_libraries() || lost.iter().all(|lost| lost.late);
    let severity = match reach.severity(binary) {
        Severity::Error if helped => Severity::Warning,
        Severity::Error => Severity::Error,
        _ => Severity::Note,
    };
    let names: Vec<&str> = lost.iter().map(|lost| lost.name.as_str()).collect();
    let why = match lost {
        [only] => format!(": {}", only.why),
        _ => ", which nothing loaded with it provides".to_owned(),
    };
    found.add(
        Finding::new(severity, binary.place(slice), format!("needs undefined {}{why}", some_of(&names)))
            .details(lost.iter().map(|lost| format!("{}: {}", lost.name, lost.why)))
            .fix(fix(binary.binary.format)),
    );
}

fn fix(format: Format) -> &'static str {
    if format == Format::Pe {
        "ship the DLL that it was linked with, or relink it with the one that is shipped"
    } else if format == Format::MachO {
        "link the library that has it, or the source file that defines it; use `-undefined \
         dynamic_lookup` for Python's symbols only"
    } else {
        "link the library that has it, or the source file that defines it; `-Wl,-z,defs` reports all missing ones"
    }
}
