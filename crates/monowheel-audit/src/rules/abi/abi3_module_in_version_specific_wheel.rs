use monowheel_wheel::abi::{Family, PythonLibrary, PythonVersion, dotted, lookup};
use monowheel_wheel::binary::Format;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::is_module;
use crate::rules::abi::python_imports::python_imports;

rule! {
    /// A wheel for one Python version contains only modules for the stable ABI.
    ///
    /// # What it does
    /// Checks wheels whose tags all name one version (`cp312-cp312`), and whose modules are all named `.abi3.so` or
    /// load `python3.dll`, without a symbol outside the stable ABI.
    ///
    /// # Why it matters
    /// Nothing fails, but the same wheel could serve every later version, and installers do not offer it there.
    ///
    /// # Example
    /// `demo/_demo.abi3.so` in `demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl`.
    ///
    /// # Fix
    /// Tag the wheel `cp312-abi3`, or with the floor that the module was built for (setuptools:
    /// `options={"bdist_wheel": {"py_limited_api": "cp312"}}`). Or build it for that version only, which is faster.
    pub(super) static RULE: "abi3-module-in-version-specific-wheel", Abi, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let is_exact = |tag: &monowheel_wheel::tag::Tag| tag.cpython().is_some() && tag.abi == tag.python;
    if facts.tags().is_empty() || !facts.tags().iter().all(is_exact) || !facts.unreadable.is_empty() {
        return;
    }
    let modules: Vec<&BinaryFacts> = facts.extensions().filter(|binary| is_module(binary)).collect();
    let Some(first) = modules.first().filter(|_| modules.iter().all(|module| is_stable(module))) else { return };
    let added = modules.iter().flat_map(|module| {
        let slices = module.binary.slices.iter();
        slices.flat_map(|slice| python_imports(module, slice)).filter_map(|import| Some(lookup(&import.name)?.added))
    });
    let floor: PythonVersion = added.max().unwrap_or((3, 2)).max((3, 2));
    let tagged = facts.tags().iter().filter_map(monowheel_wheel::tag::Tag::cpython).max().unwrap_or(floor);
    let python = facts.tags().first().map_or("cp3", |tag| tag.python.as_str());
    let message = format!(
        "has only abi3 modules, which CPython after {} could run, but the tag {python}-{python} excludes those versions",
        dotted(tagged)
    );
    found.add(Finding::new(Severity::Note, Place::member(&first.path), message).fix(format!(
        "tag the wheel cp{}-abi3, if the modules were built for that floor (they use nothing newer than {})",
        dotted(tagged).replace('.', ""),
        dotted(floor)
    )));
}

/// Whether a module uses only the stable ABI, judging by its name or its libraries and by its symbols.
fn is_stable(module: &BinaryFacts) -> bool {
    let is_named = if module.binary.format == Format::Pe {
        let pythons = module.binary.slices.iter().flat_map(|slice| &slice.libraries);
        let mut pythons = pythons.filter_map(|library| PythonLibrary::parse(&library.name)).peekable();
        pythons.peek().is_some()
            && pythons.all(|library| matches!(library, PythonLibrary::Stable { free_threaded: false, .. }))
    } else {
        module.named_family() == Some(Family::Abi3)
    };
    let mut imports = module.binary.slices.iter().flat_map(|slice| python_imports(module, slice));
    is_named && imports.all(|import| import.weak || lookup(&import.name).is_some())
}
