use crate::facts::Facts;
use crate::finding::{Finding, Place};
use crate::rule::{Found, rule};
use crate::rules::abi::promise::{Lost, modules};

rule! {
    /// No interpreter that the wheel's tags promise looks for an extension's file.
    ///
    /// # What it does
    /// Compares the suffix of each extension with those that the promised interpreters accept
    /// (`importlib.machinery.EXTENSION_SUFFIXES`): version, free-threading, architecture and C library. A module may
    /// have several files.
    ///
    /// # Why it matters
    /// The wheel installs, and every `import` fails with `ModuleNotFoundError`.
    ///
    /// # Example
    /// `_demo.cpython-310-x86_64-linux-gnu.so` in a wheel tagged `cp311-cp311`;
    /// `…-x86_64-linux-gnu.so` in one for `aarch64`, after cross-compilation; `_demo.abi3.pyd`.
    ///
    /// # Fix
    /// Name the file for the interpreter in the tag, or correct the tag. When cross-compiling, pass the target's suffix
    /// to the build tool.
    pub(super) static RULE: "extension-imports-nowhere", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for module in modules(facts) {
        if module.lost() != Some(Lost::Everywhere) {
            continue;
        }
        for file in &module.files {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let tag = facts.wheel.as_ref().and_then(|wheel| wheel.name.as_ref()).map_or("", |name| name.tag.as_str());
            let message = format!("no interpreter that {tag} promises looks for a file named {name}");
            found.add(
                Finding::new(module.severity(facts), Place::member(&file.path), message)
                    .fix("give the file the suffix of the interpreter in the tag, or correct the tag"),
            );
        }
    }
}
