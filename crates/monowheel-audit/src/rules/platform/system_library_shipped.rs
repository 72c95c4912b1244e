use std::cell::LazyCell;

use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::{linux, windows};

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::reach::Reach;

rule! {
    /// The wheel contains a library that belongs to the operating system or to Python.
    ///
    /// # What it does
    /// Looks among the libraries of the wheel for parts of glibc (`libc.so.6`, `libm.so.6`, `ld-linux-*`, …), and for
    /// the core DLLs of Windows (`kernel32.dll`, `combase.dll`, …) and those of Python, with or without the hash that
    /// repair tools add to the name. DLLs that Microsoft licenses for redistribution are ignored (`vcruntime140.dll`,
    /// `ucrtbase.dll`). It is an error if a module loads the copy under another name. Under its own name it is a
    /// warning: the loader takes the system's instead.
    ///
    /// # Why it matters
    /// A system library works only with the rest of the system that it comes from. A second glibc crashes the process;
    /// a renamed copy of `combase.dll` fails on another build of Windows: *DLL load failed: A dynamic link library (DLL)
    /// initialization routine failed*. A second `python312.dll` is another interpreter, which was not initialized.
    ///
    /// # Example
    /// `combase-bd276885.dll` in a wheel that delvewheel repaired (pact-foundation/pact-python#1640).
    ///
    /// # Fix
    /// Leave it out: `delvewheel repair --exclude combase.dll`, `auditwheel repair --exclude libc.so.6`.
    pub(super) static RULE: "system-library-shipped", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.role == Role::Library && !binary.is_managed()) {
        let file = binary.path.rsplit('/').next().unwrap_or_default();
        let Some((name, owner)) = belonging(binary.binary.format, file) else { continue };
        let is_used = !name.eq_ignore_ascii_case(file) && reach.is_loaded(binary);
        let severity = if is_used { Severity::Error } else { Severity::Warning };
        let tool = if binary.binary.format == Format::Pe { "delvewheel" } else { "auditwheel" };
        found.add(
            Finding::new(severity, binary.place(slice), format!("is a copy of {name}, which belongs to {owner}"))
                .fix(format!("leave it out of the wheel: `{tool} repair --exclude {name}`")),
        );
    }
}

/// The name of a system library as the system spells it, and whose it is.
fn belonging(format: Format, file: &str) -> Option<(String, &'static str)> {
    match format {
        Format::Elf => {
            let name = without_hash(file);
            let is_glibc = linux::is_glibc(&name) || linux::is_loader(&name);
            is_glibc.then_some((name, "glibc"))
        }
        Format::Pe => {
            let name = without_hash(&file.to_ascii_lowercase());
            match name {
                name if windows::is_python(&name) => Some((name, "Python")),
                name if windows::is_core(&name) => Some((name, "Windows")),
                _ => None,
            }
        }
        Format::MachO | Format::Wasm => None,
    }
}

/// The name without the hash that auditwheel and delvewheel add to the stem: `combase-bd276885.dll`.
fn without_hash(file: &str) -> String {
    let Some((stem, rest)) = file.split_once('.') else { return file.to_owned() };
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{name}.{rest}")
        }
        _ => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_repair_tools() {
        for (file, name) in [
            ("combase-bd276885ec4ae79f1e32b9da095d8064.dll", "combase.dll"),
            ("libc-1a2b3c4d.so.6", "libc.so.6"),
            ("libm-2.17.so", "libm-2.17.so"),
            ("ld-linux-x86-64.so.2", "ld-linux-x86-64.so.2"),
            ("icu-data.dll", "icu-data.dll"),
        ] {
            assert_eq!(without_hash(file), name);
        }
    }
}
