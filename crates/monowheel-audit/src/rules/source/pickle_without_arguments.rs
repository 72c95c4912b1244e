//! The rule `pickle-without-arguments`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Function, Role, Source};

rule! {
    /// A class can be pickled but not unpickled: its constructor needs arguments that pickle does not have.
    ///
    /// # What it does
    /// Reports classes with `__setstate__` whose `#[new]` has required parameters, or that have no `#[new]`, if they have
    /// none of `__getnewargs__`, `__getnewargs_ex__`, `__reduce__` and `__reduce_ex__`. A `#[new]` with a signature is
    /// ignored, and so are packages that use `copyreg`.
    ///
    /// # Why it matters
    /// pickle and `copy` make the object with `cls.__new__(cls)`, then call `__setstate__`: `TypeError: Point.__new__() missing 2
    /// required positional arguments` (pyo3#100).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[new]
    /// fn new(x: f64, y: f64) -> Self { /* … */ }
    /// fn __setstate__(&mut self, state: (f64, f64)) { /* … */ }
    /// ```
    ///
    /// # Fix
    /// `fn __getnewargs__(&self) -> (f64, f64) { (self.x, self.y) }`, which often makes the other two needless.
    pub(super) static RULE: "pickle-without-arguments", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    // The package says itself how to pickle its classes.
    let is_said = |text: &str| text.contains("copyreg");
    if source.package.iter().any(|package| package.files.iter().any(|(_, text)| is_said(text))) {
        return;
    }
    for (file, class) in source.classes().filter(|(_, class)| !class.is_enum && class.extends.is_none()) {
        let methods = || source.methods(file, &class.name).filter(|method| method.is_exported());
        let has = |names: &[&str]| methods().any(|method| names.contains(&method.name.as_str()));
        let makes = |method: &&Function| method.role == Role::New || method.name == "__new__";
        let is_given = |method: &Function| {
            let mut params = method.params.iter().filter(|param| param.name != "cls");
            params.any(|param| !matches!(param.ty.bare().name.as_str(), "Python" | "PyType"))
        };
        let state = methods().find(|method| method.name == "__setstate__");
        let Some(state) =
            state.filter(|_| !has(&["__getnewargs__", "__getnewargs_ex__", "__reduce__", "__reduce_ex__"]))
        else {
            continue;
        };
        let in_macro =
            source.files.iter().any(|other| other.krate == file.krate && other.in_macros.contains(&class.name));
        let why = match methods().find(makes) {
            Some(new) if !new.has_signature && is_given(new) => "`#[new]` needs arguments",
            None if !in_macro && !class.options.contains("subclass") => "there is no `#[new]`",
            _ => continue,
        };
        let message = format!("a `{}` cannot be unpickled: {why}", class.name);
        found.add(
            source
                .file_of(file, state)
                .finding(Severity::Warning, &state.at, message)
                .fix("write __getnewargs__, which returns the arguments of #[new]; or __reduce__"),
        );
    }
}
