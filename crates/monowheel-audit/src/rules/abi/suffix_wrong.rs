use crate::facts::Facts;
use crate::finding::{Finding, Place, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::promise::{Lost, modules, named};

rule! {
    /// Some interpreters that the wheel's tags promise do not look for an extension's file.
    ///
    /// # What it does
    /// Compares the suffix of each extension with those that each promised interpreter accepts. Names with a platform
    /// such as `.abi3-x86_64-linux-gnu.so`, and `.abi3t.so`, are accepted only since 3.15; `.abi3.so` is not accepted
    /// by free-threaded builds since 3.15.
    ///
    /// # Why it matters
    /// The import works where it was tested and fails with `ModuleNotFoundError` elsewhere. Build tools that run on
    /// 3.15 use the first suffix of the running interpreter.
    ///
    /// # Example
    /// `_demo.abi3-x86_64-linux-gnu.so` in `demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl`.
    ///
    /// # Fix
    /// Name the file `.abi3.so` for a floor below 3.15, `.abi3t.so` for abi3t (which builds with the GIL also accept),
    /// `.pyd` on Windows.
    pub(super) static RULE: "suffix-wrong", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for module in modules(facts) {
        if module.lost() != Some(Lost::Somewhere) {
            continue;
        }
        let paths: Vec<&str> = module.files.iter().map(|file| file.path.as_str()).collect();
        let Some(first) = paths.first() else { continue };
        let message = format!("CPython {} does not look for {}", named(&module.without), some_of(&paths));
        let right = match module.without.iter().any(|build| build.free_threaded) {
            true => ".abi3t.so",
            false => ".abi3.so",
        };
        let fix = format!("name the file {right}, or promise only the interpreters that look for it");
        found.add(Finding::new(module.severity(facts), Place::member(*first), message).fix(fix));
    }
}
