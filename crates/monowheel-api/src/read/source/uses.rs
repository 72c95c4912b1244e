//! The conversions in the signatures of a crate: the Rust types of arguments and results, and where they are.

use monowheel_audit::source::exports::{Callable, Called};
use monowheel_audit::source::{File, Source, Ty};
use serde::Serialize;

use crate::read::source::callable::{outcome, seen, without_instance};
use crate::read::source::index::{Index, Item};
use crate::read::source::place;
use crate::read::source::types::Way;

/// The deepest type that is written out: an alias may name itself.
const MOST_DEPTH: usize = 12;

/// A conversion that a signature does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Use {
    /// The Rust type, without lifetimes and references to Python objects: `Vec<u8>`, `&str`, `Bound<PyDict>`. A class of the
    /// crate is `Class`.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its direction.
    pub way: Way,
    /// The function or attribute in Python, and the parameter: `Queue.push(data)`.
    pub of: String,
    /// The file and line.
    pub place: String,
}

/// The conversions of the functions, methods and attributes of a crate, in the order of the sources.
#[must_use]
pub fn uses(source: &Source) -> Vec<Use> {
    let files: Vec<&File> = source.asked_files().collect();
    let index = Index::of(files);
    let mut found = Uses { index: &index, uses: Vec::new() };
    for (number, file) in index.files.iter().enumerate() {
        for function in &file.exports.functions {
            found.callable(function, number, None);
        }
        for block in &file.exports.methods {
            for method in &block.methods {
                found.callable(&without_instance(method), number, Some(&block.class));
            }
        }
        for class in &file.exports.classes {
            for field in &class.fields {
                let (of, place) = (format!("{}.{}", class.python, field.python), place(&index, number, class.line));
                let ways = [(field.is_read, Way::Result), (field.is_set, Way::Argument)];
                for (_, way) in ways.into_iter().filter(|(is_there, _)| *is_there) {
                    found.add(&field.ty, way, of.clone(), place.clone(), number);
                }
            }
        }
    }
    found.uses
}

struct Uses<'a> {
    index: &'a Index<'a>,
    uses: Vec<Use>,
}

impl Uses<'_> {
    fn callable(&mut self, callable: &Callable, file: usize, class: Option<&str>) {
        let name = match &callable.called {
            Called::Getter(attribute) | Called::Setter(attribute) => attribute,
            _ => &callable.python,
        };
        let of = match (class, &callable.called) {
            (Some(class), Called::New) => class.to_owned(),
            (Some(class), _) => format!("{class}.{name}"),
            (None, _) => name.clone(),
        };
        let place = place(self.index, file, callable.line);
        for input in seen(callable).into_iter().filter(|input| !input.has_own_conversion) {
            self.add(&input.ty, Way::Argument, format!("{of}({})", input.name), place.clone(), file);
        }
        // A constructor returns the instance.
        let result = outcome(callable, class.is_some()).filter(|_| callable.called != Called::New);
        if let Some(ty) = result.filter(|ty| ty.name != "()" || !ty.args.is_empty()) {
            self.add(ty, Way::Result, of, place, file);
        }
    }

    fn add(&mut self, ty: &Ty, way: Way, of: String, place: String, file: usize) {
        let ty = self.written(ty, file, 0);
        self.uses.push(Use { ty, way, of, place });
    }

    /// The name of a type.
    fn written(&self, ty: &Ty, file: usize, depth: usize) -> String {
        if depth > MOST_DEPTH {
            return "…".to_owned();
        }
        let args = || ty.args.iter().map(|inner| self.written(inner, file, depth + 1)).collect::<Vec<_>>().join(", ");
        let inner = ty.args.first();
        let slice = |inner: &Ty| match inner.name.as_str() {
            "[]" => {
                format!("[{}]", inner.args.first().map(|item| self.written(item, file, depth + 1)).unwrap_or_default())
            }
            _ => self.written(inner, file, depth + 1),
        };
        match (ty.name.as_str(), inner) {
            ("&" | "&mut", Some(inner)) => match slice(inner) {
                name if name == "str" || name == "Class" || inner.name == "[]" => format!("&{name}"),
                name => name,
            },
            ("Cow", Some(inner)) => format!("Cow<{}>", slice(inner)),
            ("[]", _) => format!("[{}; N]", args()),
            ("()", _) => format!("({})", args()),
            ("Py" | "Borrowed" | "Bound", _) => format!("Bound<{}>", args()),
            ("PyRef" | "PyRefMut", _) => format!("PyRef<{}>", args()),
            ("PyObject", _) => "Bound<PyAny>".to_owned(),
            ("Self", _) => "Class".to_owned(),
            ("", _) => "a type that is not a name".to_owned(),
            ("dyn", _) => "impl or dyn Trait".to_owned(),
            (name, _) => match self.index.ty(name, file) {
                Some((_, Item::Class(_) | Item::Exception(_))) => "Class".to_owned(),
                Some((file, Item::Alias(meant))) if meant.name != name => self.written(meant, file, depth + 1),
                _ if ty.args.is_empty() => name.to_owned(),
                _ => format!("{name}<{}>", args()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use monowheel_error::Result;

    use super::*;

    fn uses_of(rust: &str) -> Result<Vec<(String, Way, String)>> {
        let dir = tempfile::tempdir()?;
        let write = |name: &str, text: &str| -> Result<()> {
            let path = dir.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            Ok(fs_err::write(path, text)?)
        };
        write("Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.0.0\"\n[dependencies]\npyo3 = \"0.29\"\n")?;
        write("src/lib.rs", rust)?;
        let source = monowheel_audit::source::read(dir.path())?;
        Ok(uses(&source).into_iter().map(|one| (one.ty, one.way, one.of)).collect())
    }

    #[test]
    fn the_types_of_signatures_are_written_without_lifetimes() -> Result<()> {
        let found = uses_of(
            "use pyo3::prelude::*;\n\
             type Table = std::collections::HashMap<String, i64>;\n\
             #[pyfunction] fn f<'py>(py: Python<'py>, a: &'py str, b: Cow<'_, [u8]>, c: Table, d: [f64; 3],\n\
                 e: &Bound<'py, PyDict>, f: Option<Vec<u8>>, g: &Queue) -> PyResult<Vec<u8>> { todo!() }\n\
             #[pyclass] struct Queue { #[pyo3(get, set)] names: Vec<String> }\n\
             #[pymethods] impl Queue {\n\
                 #[new] fn new(data: &[u8]) -> Self { todo!() }\n\
                 fn push(&mut self, item: Py<PyAny>) {}\n\
                 fn __next__(mut slf: PyRefMut<'_, Self>) -> Option<String> { None }\n\
             }\n\
             #[pymodule] fn x(m: &Bound<'_, PyModule>) -> PyResult<()> { Ok(()) }\n",
        )?;
        let expected = [
            ("&str", Way::Argument, "f(a)"),
            ("Cow<[u8]>", Way::Argument, "f(b)"),
            ("HashMap<String, i64>", Way::Argument, "f(c)"),
            ("[f64; N]", Way::Argument, "f(d)"),
            ("Bound<PyDict>", Way::Argument, "f(e)"),
            ("Option<Vec<u8>>", Way::Argument, "f(f)"),
            ("&Class", Way::Argument, "f(g)"),
            ("Vec<u8>", Way::Result, "f"),
            ("&[u8]", Way::Argument, "Queue(data)"),
            ("Bound<PyAny>", Way::Argument, "Queue.push(item)"),
            ("String", Way::Result, "Queue.__next__"),
            ("Vec<String>", Way::Result, "Queue.names"),
            ("Vec<String>", Way::Argument, "Queue.names"),
        ];
        let found: Vec<(&str, Way, &str)> =
            found.iter().map(|(ty, way, of)| (ty.as_str(), *way, of.as_str())).collect();
        assert_eq!(found, expected);
        Ok(())
    }

    #[test]
    fn a_conversion_of_the_crate_itself_is_not_one_of_the_type() -> Result<()> {
        let found = uses_of(
            "use pyo3::prelude::*;\n\
             #[pyfunction] fn f(#[pyo3(from_py_with = own)] a: Vec<u8>, b: u8) {}\n\
             #[pymodule] fn x(m: &Bound<'_, PyModule>) -> PyResult<()> { Ok(()) }\n",
        )?;
        assert_eq!(found, [("u8".to_owned(), Way::Argument, "f(b)".to_owned())]);
        Ok(())
    }
}
