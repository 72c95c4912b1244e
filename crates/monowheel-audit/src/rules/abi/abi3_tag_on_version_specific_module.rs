use crate::facts::Facts;
use crate::finding::{Finding, Place, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::promise::{Lost, modules, named};

rule! {
    /// A wheel is tagged for the stable ABI, but a module's file name is for one Python version.
    ///
    /// # What it does
    /// Looks in wheels whose tags all name a stable ABI for modules called `.cpython-311-….so` or
    /// `.cp311-win_amd64.pyd`, if the wheel has no file of the module for the other promised versions.
    ///
    /// # Why it matters
    /// Only that version looks for such a name; on every other one the import fails with `ModuleNotFoundError`. The
    /// module was most likely not built for the stable ABI at all.
    ///
    /// # Example
    /// `demo/_demo.cpython-311-x86_64-linux-gnu.so` in `demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl`.
    ///
    /// # Fix
    /// Build the module for the stable ABI (setuptools: `py_limited_api=True` on the `Extension` as well), or tag the
    /// wheel `cp311-cp311`.
    pub(super) static RULE: "abi3-tag-on-version-specific-module", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for module in modules(facts) {
        if module.lost() != Some(Lost::VersionSpecific) {
            continue;
        }
        let paths: Vec<&str> = module.files.iter().map(|file| file.path.as_str()).collect();
        let Some(first) = paths.first() else { continue };
        let message = format!(
            "the wheel promises the stable ABI but {} is for one version only; CPython {} does not look for it",
            some_of(&paths),
            named(&module.without)
        );
        found.add(
            Finding::new(module.severity(facts), Place::member(*first), message)
                .fix("build the module for the stable ABI, or tag the wheel for that version"),
        );
    }
}
