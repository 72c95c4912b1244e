//! The rule `python-keyword-name`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Class, File, Function, Param, Role, Source};

rule! {
    /// A name is a keyword of Python, so that Python code cannot write it.
    ///
    /// # What it does
    /// Looks at the names that Python sees: of functions, methods, properties, fields with `get` or `set`, and variants of
    /// enums. A parameter that can only be passed by position because of its name is a note. Names that an attribute
    /// changes count as changed (`name`, `rename_all`, `#[getter(…)]`).
    ///
    /// # Why it matters
    /// It compiles, and `Family.None`, `query.and(other)` and `u1(0, lambda=1.0)` are syntax errors. What is left is
    /// `getattr(Family, "None")` (rigetti-pyo3#6, qulacs#477).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass(eq, eq_int)]
    /// enum Family { None, Full }
    /// ```
    ///
    /// # Fix
    /// `#[pyo3(name = "NONE")] None`, `#[pyo3(name = "and_")] fn and(…)`, `#[getter(from_)]`; give a parameter another name.
    pub(super) static RULE: "python-keyword-name", Source, Warning, Source(check);
}

/// Keywords of Python that may be names in Rust, with `r#` or without.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        let is_named = matches!(function.role, Role::Function | Role::Method | Role::Getter);
        if is_named && is_keyword(function.in_python()) {
            let what = if function.role == Role::Getter { "property" } else { "function" };
            let message =
                format!("{} is a {what} called `{}` in Python, a keyword", function.title(), function.in_python());
            let fix = format!("give it another name in Python: #[pyo3(name = \"{}_\")]", function.in_python());
            found.add(file.finding(Severity::Warning, &function.at, message).fix(fix));
        }
        for param in function.params.iter().filter(|param| is_keyword(&param.name) && is_by_name(function, param)) {
            let message = format!("{} has a parameter `{}`, a keyword of Python", function.title(), param.name);
            let fix = format!("call it `{}_`", param.name);
            found.add(file.finding(Severity::Note, &param.at, message).fix(fix));
        }
    }
    source.classes().for_each(|(file, class)| of_class(file, class, found));
}

/// Whether Python code may pass a parameter by its name: not to a special method, and not if it is before the `/` of the
/// signature.
fn is_by_name(function: &Function, param: &Param) -> bool {
    let is_called = matches!(function.role, Role::Function | Role::Method | Role::New);
    let is_special =
        function.name.starts_with("__") && !matches!(function.name.as_str(), "__new__" | "__init__" | "__call__");
    let positional = function.signature.as_deref().and_then(|signature| signature.split_once('/'));
    let is_name = |word: &str| word == param.name;
    let is_positional = positional.is_some_and(|(before, _)| {
        before.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(is_name)
    });
    is_called && !is_special && !is_positional
}

fn of_class(file: &File, class: &Class, found: &mut Found<'_>) {
    let sees_all = ["get_all", "set_all"].iter().any(|option| class.options.contains(*option));
    let is_renamed = class.options.contains("rename_all");
    let fields = class.fields.iter().filter(|field| field.is_read || field.is_set || sees_all && !class.is_enum);
    let fields = fields.filter(|field| !is_renamed || field.python_name.is_some());
    let fields = fields.map(|field| (field.python_name.as_ref().unwrap_or(&field.name), &field.at));
    let variants = class.variants.iter().map(|(name, at)| (name, at));
    for (name, at) in fields.chain(variants).filter(|(name, _)| is_keyword(name)) {
        let message = format!("`{}.{name}` is a syntax error in Python, where `{name}` is a keyword", class.name);
        let fix = format!("give it another name in Python: #[pyo3(name = \"{}_\")]", name.to_lowercase());
        found.add(file.finding(Severity::Warning, at, message).fix(fix));
    }
}
