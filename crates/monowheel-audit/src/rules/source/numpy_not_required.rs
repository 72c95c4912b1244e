//! The rule `numpy-not-required`.

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::{Function, Source};

rule! {
    /// Functions take or return arrays of numpy, but the package does not depend on numpy.
    ///
    /// # What it does
    /// Reports a pyproject.toml with a `[project]` table that names numpy in no dependency, optional ones included, if the
    /// crate depends on the crate `numpy` and a function that Python calls has an array in its signature. `dynamic`
    /// dependencies are unknown.
    ///
    /// # Why it matters
    /// The crate `numpy` imports the Python package when the first array is used, and panics if that fails: `PanicException:
    /// Failed to access NumPy array API capsule`. Developers have numpy; users who install only this package may not
    /// (startinpy#25, rust-numpy#144).
    ///
    /// # Example
    /// ```toml
    /// [project]
    /// name = "demo"
    /// dependencies = []
    /// ```
    ///
    /// # Fix
    /// `dependencies = ["numpy"]`
    pub(super) static RULE: "numpy-not-required", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    if package.requires.as_ref().is_none_or(|names| names.contains("numpy")) {
        return;
    }
    let has_array = |function: &Function| {
        let types = function.params.iter().map(|param| &param.ty).chain(&function.output);
        !function.is_conditional && types.into_iter().flat_map(|ty| ty.parts()).any(|part| part.is_array())
    };
    let is_built =
        |file| source.krate(file).is_some_and(|krate| krate.is_asked && krate.dependencies.contains("numpy"));
    if let Some((_, function)) = source.exported().find(|(file, function)| is_built(file) && has_array(function)) {
        let message = format!("{} has arrays of numpy in its signature, but numpy is no dependency", function.title());
        let place = Place::member(&package.path);
        found.add(Finding::new(Severity::Warning, place, message).fix("add \"numpy\" to `dependencies` of [project]"));
    }
}
