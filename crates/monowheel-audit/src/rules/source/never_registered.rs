//! The rule `never-registered`.

use std::collections::HashSet;

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Role, Source};

rule! {
    /// A `#[pyfunction]`, or a class with a constructor, is not added to any module: Python cannot import it.
    ///
    /// # What it does
    /// In a project with a `#[pymodule]`, looks for the name in `wrap_pyfunction!`, `add_class`, other macros, type
    /// objects, and in module declarations (`#[pymodule_export]`). Functions that Rust also calls and items under
    /// `#[cfg]` are ignored.
    ///
    /// # Why it matters
    /// It compiles without a warning, and `from package import name` fails.
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyfunction]
    /// fn forgotten() {}
    ///
    /// #[pymodule]
    /// fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> { Ok(()) }
    /// ```
    ///
    /// # Fix
    /// `m.add_function(wrap_pyfunction!(forgotten, m)?)?`, or move it into `#[pymodule] mod demo`.
    pub(super) static RULE: "never-registered", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let mentioned: HashSet<&str> = source.files.iter().flat_map(|file| &file.mentioned).map(String::as_str).collect();
    // `#[pymodule_export] use other::*` exports everything.
    if mentioned.contains("*") || source.files.iter().all(|file| file.modules.is_empty()) {
        return;
    }
    // By an alias, of this crate or of the one that registers it.
    let aliases = source.files.iter().flat_map(|file| &file.aliases);
    let by_alias: HashSet<&str> =
        aliases.filter(|(alias, _)| mentioned.contains(alias.as_str())).map(|(_, ty)| ty.name.as_str()).collect();
    let is_missing = |name: &str, is_in_module: bool, is_conditional: bool| {
        !is_in_module && !is_conditional && !mentioned.contains(name) && !by_alias.contains(name)
    };
    for (file, function) in source.exported().filter(|(_, function)| function.role == Role::Function) {
        if is_missing(&function.name, function.is_in_module, function.is_conditional) {
            let message = format!("{} is not in any module, so Python cannot call it", function.title());
            found.add(
                file.finding(Severity::Warning, &function.at, message)
                    .fix(format!("add it: m.add_function(wrap_pyfunction!({}, m)?)?", function.name)),
            );
        }
    }
    let bases: HashSet<&str> = source.classes().filter_map(|(_, class)| class.extends.as_deref()).collect();
    for (file, class) in source.classes() {
        let is_made = source.methods(file, &class.name).any(|method| method.role == Role::New);
        let is_base = bases.contains(class.name.as_str());
        if is_made && !is_base && is_missing(&class.name, class.is_in_module, class.is_conditional) {
            let message =
                format!("`{}` has a constructor but is not in any module, so Python cannot call it", class.name);
            found.add(
                file.finding(Severity::Warning, &class.at, message)
                    .fix(format!("add it: m.add_class::<{}>()?", class.name)),
            );
        }
    }
}
