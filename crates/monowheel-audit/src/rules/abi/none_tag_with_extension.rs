use monowheel_wheel::abi::dotted;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::{Hooks, is_module, module_name};

rule! {
    /// A wheel for one Python version states no ABI, but contains an extension module.
    ///
    /// # What it does
    /// Looks for modules that call Python in wheels tagged `cp314-none-…`. For 3.13 and later it is an error unless the
    /// module has `PyModExport_…`, without which it cannot support both builds.
    ///
    /// # Why it matters
    /// The tag promises every build of that version. Since 3.13 the free-threaded build installs it too, and a module
    /// for the build with the GIL crashes there, because objects are laid out differently. Debug builds install it as
    /// well.
    ///
    /// # Example
    /// `demo-1.0-cp314-none-manylinux_2_17_x86_64.whl` with `demo/_demo.so`.
    ///
    /// # Fix
    /// Tag it `cp314-cp314`, and build a second wheel, `cp314-cp314t`, for free-threaded Python.
    pub(super) static RULE: "none-tag-with-extension", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    const FREE_THREADED: (u8, u8) = (3, 13);
    let none = facts.tags().iter().filter(|tag| tag.abi == "none").filter_map(|tag| Some((tag, tag.cpython()?)));
    let Some((tag, version)) = none.max_by_key(|(_, version)| *version).filter(|(_, version)| *version >= (3, 2))
    else {
        return;
    };
    let is_for_one_build = |binary: &&crate::facts::BinaryFacts| {
        is_module(binary)
            && !binary
                .binary
                .slices
                .iter()
                .all(|slice| module_name(binary).is_some_and(|name| Hooks::of(slice, name).export))
    };
    let Some(module) = facts.extensions().find(is_for_one_build) else { return };
    let exact = format!("{0}-{0}", tag.python);
    let (severity, why) = if version >= FREE_THREADED {
        (Severity::Error, format!("free-threaded {} installs it too, where the module crashes", dotted(version)))
    } else {
        (Severity::Warning, "debug builds install it too".to_owned())
    };
    let message = format!("is tagged {}-none but has an extension module for one build: {why}", tag.python);
    found.add(Finding::new(severity, Place::member(&module.path), message).fix(format!("tag the wheel {exact}")));
}
