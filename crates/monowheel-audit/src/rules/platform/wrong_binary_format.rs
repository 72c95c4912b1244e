use std::cell::LazyCell;

use monowheel_wheel::binary::Format;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::promises;
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary is for a different operating system than the tag.
    ///
    /// # What it does
    /// Compares the format of each binary (ELF, Mach-O, PE, WebAssembly) with that of the platform tags, and looks for
    /// tags without any binary for their system.
    ///
    /// # Why it matters
    /// The loader cannot read it, so the import fails. A library that nothing in the wheel loads is only a warning, and
    /// a note if its path names the other system or it is a program: some packages ship the files for all systems
    /// (debuggers, launchers). .NET assemblies are loaded everywhere.
    ///
    /// # Example
    /// `demo/_demo.pyd`, an ELF file, in a wheel for `win_amd64`.
    ///
    /// # Fix
    /// Build for the target in the tag, or tag the wheel for the binaries that it contains.
    pub(super) static RULE: "wrong-binary-format", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = promises(facts);
    let wanted: Option<Vec<Format>> = promises.iter().map(super::promise::Promise::format).collect();
    // An unknown tag may mean anything.
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { return };
    let tags: Vec<&str> = promises.iter().map(|promise| promise.tag).collect();
    let reach = LazyCell::new(|| Reach::of(facts));
    let mut fits = false;
    for binary in &facts.binaries {
        if wanted.contains(&binary.binary.format) {
            fits = true;
            continue;
        }
        if binary.is_managed() {
            continue;
        }
        let message = format!("is {}, which {} does not load", binary.binary.format.name(), tags.join(" or "));
        found.add(
            Finding::new(severity(&reach, binary), Place::member(&binary.path), message)
                .fix("build it for the platform of the tag"),
        );
    }
    for promise in promises.iter().filter(|_| fits) {
        let Some(format) = promise.format() else { continue };
        if !facts.binaries.iter().any(|binary| binary.binary.format == format) {
            let message = format!("tagged {}, but no binary is {}", promise.tag, format.name());
            found.add(
                Finding::new(Severity::Error, Place::file(), message)
                    .fix(format!("add the binary for {}, or remove the tag", promise.tag)),
            );
        }
    }
}

/// The severity: files meant for another system have it in their name.
fn severity(reach: &Reach<'_>, binary: &BinaryFacts) -> Severity {
    let lower = binary.path.to_ascii_lowercase();
    let words: &[&str] = match binary.binary.format {
        Format::Pe => &["win", "windows", "msvc", "mingw", "x64", "amd64", "exe"],
        Format::MachO => &["mac", "macos", "osx", "darwin", "ios", "apple"],
        Format::Elf => &["linux", "android", "gnu", "musl", "unix", "elf"],
        Format::Wasm => &["wasm", "emscripten", "pyodide", "web"],
    };
    let is_meant = lower.split(['/', '.', '-', '_']).any(|part| {
        let part = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
        words.contains(&part)
    });
    match reach.severity(binary) {
        Severity::Warning if is_meant => Severity::Note,
        severity => severity,
    }
}
