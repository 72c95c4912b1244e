//! Rust types → annotations, by the table of `PyO3`'s conversions and the crate's own classes and derives.

use std::collections::HashMap;
use std::sync::LazyLock;

use monowheel_audit::source::Ty;
use monowheel_audit::source::exports::Shape;
use serde::Serialize;

use crate::exceptions;
use crate::read::source::index::{Index, Item};
use crate::read::source::union::union;

/// `PyO3`'s conversions: name → (argument, result).
static TABLE: LazyLock<HashMap<&'static str, (&'static str, &'static str)>> = LazyLock::new(|| {
    let rows = include_str!("../conversions.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let mut columns = row.split('\t');
        Some((columns.next()?, (columns.next()?, columns.next()?)))
    })
    .collect()
});

/// The deepest type that is converted: one of the crate may name itself.
const MOST_DEPTH: usize = 12;
/// `Vec<u8>` returns `bytes` from here on.
const RETURNS_BYTES: (u64, u64) = (0, 23);
/// `PathBuf` returns `pathlib.Path` from here on.
const RETURNS_PATHS: (u64, u64) = (0, 24);

/// The direction of a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// From Python.
    Argument,
    /// To Python.
    Result,
}

/// Converts the types of one module.
pub(super) struct Types<'a> {
    pub(super) index: &'a Index<'a>,
    /// Where each class is: its place in the index → the module and its name in Python.
    pub(super) homes: &'a HashMap<usize, (String, String)>,
    /// The module that the annotations are for.
    pub(super) module: &'a str,
    /// The version of `PyO3`.
    pub(super) pyo3: Option<(u64, u64)>,
    /// Types without a conversion that is known, by name.
    pub(super) unknown: Vec<String>,
    /// Helper classes that annotations name: the name, and its attributes.
    pub(super) protocols: Vec<(String, Vec<(String, String)>)>,
}

impl Types<'_> {
    /// The annotation for a type. `file` is where it is written, `class` the type that `Self` means.
    pub(super) fn annotation(&mut self, ty: &Ty, way: Way, file: usize, class: Option<usize>) -> String {
        self.of(ty, way, (file, class), 0)
    }

    fn of(&mut self, ty: &Ty, way: Way, at: (usize, Option<usize>), depth: usize) -> String {
        let ty = ty.bare();
        if depth > MOST_DEPTH {
            return any(way);
        }
        let argument = |this: &mut Self, index: usize| match ty.args.get(index) {
            Some(inner) => this.of(inner, way, at, depth + 1),
            None => any(way),
        };
        match ty.name.as_str() {
            "Self" => at.1.map_or_else(|| any(way), |class| self.class(class)),
            "()" if ty.args.is_empty() => if way == Way::Result { "None" } else { "tuple[()]" }.to_owned(),
            "()" => {
                let parts: Vec<String> = (0..ty.args.len()).map(|index| argument(self, index)).collect();
                format!("tuple[{}]", parts.join(", "))
            }
            "Vec" | "[]" | "Cow" if is_bytes(ty) => self.bytes(ty, way),
            "PathBuf" | "Path" if way == Way::Result && self.is_before(RETURNS_PATHS) => "str".to_owned(),
            "Option" => {
                let inner = argument(self, 0);
                union(&[inner, "None".to_owned()])
            }
            // numpy's types name their elements and dimensions.
            name if is_array(name) => self.array(ty, way),
            name => {
                // The crate's own type of this name comes before that of another crate.
                if let Some(own) = self.own(name, way, at, depth) {
                    return own;
                }
                if let Some(exception) = exceptions::of_type(name) {
                    return exception.to_owned();
                }
                let Some((taken, returned)) = TABLE.get(name) else {
                    return self.unknown(ty, way);
                };
                let mut text = (if way == Way::Argument { *taken } else { *returned }).to_owned();
                for (index, mark) in ["$1", "$2"].into_iter().enumerate() {
                    if text.contains(mark) {
                        text = text.replace(mark, &argument(self, index));
                    }
                }
                text
            }
        }
    }

    fn is_before(&self, version: (u64, u64)) -> bool {
        self.pyo3.is_some_and(|pyo3| pyo3 < version)
    }

    fn bytes(&self, ty: &Ty, way: Way) -> String {
        match (ty.name.as_str(), way) {
            ("Vec", Way::Argument) => "collections.abc.Sequence[int]",
            ("Cow", Way::Argument) => "bytes | bytearray",
            ("Vec", Way::Result) if self.is_before(RETURNS_BYTES) => "list[int]",
            _ => "bytes",
        }
        .to_owned()
    }

    fn array(&self, ty: &Ty, way: Way) -> String {
        let dtype = |ty: &Ty| TABLE.get(format!("dtype {}", ty.name).as_str()).map(|row| row.0);
        let element = ty.args.first().and_then(dtype).unwrap_or("typing.Any");
        match ty.name.contains("ArrayLike") && way == Way::Argument {
            true => "numpy.typing.ArrayLike".to_owned(),
            false => format!("numpy.typing.NDArray[{element}]"),
        }
    }

    /// A class, an exception, an alias or a conversion of the crate.
    fn own(&mut self, name: &str, way: Way, at: (usize, Option<usize>), depth: usize) -> Option<String> {
        match self.index.ty(name, at.0)? {
            (_, Item::Class(class)) => Some(self.class(class)),
            (_, Item::Exception(exception)) => Some(self.class(exception)),
            (file, Item::Alias(ty)) => {
                let ty = ty.clone();
                (ty.name != name).then(|| self.of(&ty, way, (file, None), depth + 1))
            }
            (file, Item::Conversion { from, into }) => {
                let shape = if way == Way::Argument { from } else { into }?;
                Some(self.shape(name, shape, way, (file, None), depth + 1))
            }
            _ => None,
        }
    }

    /// The name of a class in annotations of this module.
    fn class(&self, class: usize) -> String {
        match self.homes.get(&class) {
            Some((module, name)) if module == self.module => name.clone(),
            Some((module, name)) => format!("{module}.{name}"),
            None => "typing.Any".to_owned(),
        }
    }

    fn shape(&mut self, name: &str, shape: &Shape, way: Way, at: (usize, Option<usize>), depth: usize) -> String {
        if depth > MOST_DEPTH {
            return any(way);
        }
        match shape {
            Shape::As(ty) => self.of(ty, way, at, depth),
            Shape::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.of(part, way, at, depth)).collect();
                format!("tuple[{}]", parts.join(", "))
            }
            Shape::Union(shapes) => {
                let parts: Vec<String> =
                    shapes.iter().map(|shape| self.shape(name, shape, way, at, depth + 1)).collect();
                union(&parts)
            }
            Shape::Items(_) if way == Way::Argument => "collections.abc.Mapping[str, typing.Any]".to_owned(),
            // A struct becomes a dict.
            Shape::Items(fields) | Shape::Attributes(fields) if way == Way::Result => {
                let mut parts: Vec<String> = fields.iter().map(|field| self.of(&field.1, way, at, depth)).collect();
                parts.dedup();
                let value = if parts.len() == 1 { parts.concat() } else { "typing.Any".to_owned() };
                format!("dict[str, {value}]")
            }
            Shape::Items(fields) | Shape::Attributes(fields) => {
                // What it reads is what is taken, so the attribute is a result.
                let fields = fields.iter().filter(|(_, _, is_optional)| !is_optional);
                let fields: Vec<(String, String)> = fields
                    .map(|(field, ty, _)| {
                        let annotation = match ty.name.is_empty() {
                            true => "object".to_owned(),
                            false => self.of(ty, Way::Argument, at, depth),
                        };
                        (field.clone(), annotation)
                    })
                    .collect();
                if fields.is_empty() {
                    return "object".to_owned();
                }
                let helper = format!("_{name}Like");
                if !self.protocols.iter().any(|(known, _)| *known == helper) {
                    self.protocols.push((helper.clone(), fields));
                }
                helper
            }
            Shape::Unknown => self.unknown(&Ty::named(name), way),
        }
    }

    fn unknown(&mut self, ty: &Ty, way: Way) -> String {
        // A generic parameter and `impl Trait` have no name that helps.
        let name = match ty.name.as_str() {
            "" => "a type that is not a name",
            "dyn" => "impl or dyn Trait",
            name => name,
        };
        let direction = if way == Way::Argument { "taken" } else { "returned" };
        let what = format!("{name} ({direction})");
        if !self.unknown.contains(&what) {
            self.unknown.push(what);
        }
        "typing.Any".to_owned()
    }
}

/// What may be anything.
fn any(way: Way) -> String {
    if way == Way::Argument { "object" } else { "typing.Any" }.to_owned()
}

fn is_bytes(ty: &Ty) -> bool {
    let is_u8 = |ty: &Ty| ty.name == "u8";
    match ty.name.as_str() {
        "Cow" => ty.args.first().is_some_and(|inner| inner.name == "[]" && inner.args.first().is_some_and(is_u8)),
        _ => ty.args.first().is_some_and(is_u8),
    }
}

/// `PyArray1`, `PyReadonlyArrayDyn`, `PyReadwriteArray2`, `PyArrayLike1`.
fn is_array(name: &str) -> bool {
    let rest = name.strip_prefix("Py").map(|rest| {
        let rest = rest.strip_prefix("Readonly").or_else(|| rest.strip_prefix("Readwrite")).unwrap_or(rest);
        rest.strip_prefix("Array").map(|rest| rest.strip_prefix("Like").unwrap_or(rest))
    });
    let is_dimension = |rest: &str| rest.is_empty() || rest == "Dyn" || rest.chars().all(|c| c.is_ascii_digit());
    rest.flatten().is_some_and(is_dimension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_each_name_once() {
        let rows: Vec<&str> =
            include_str!("../conversions.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        assert!(rows.iter().all(|row| row.split('\t').count() == 3));
        assert!(rows.is_sorted());
        assert_eq!(rows.len(), TABLE.len());
    }

    #[test]
    fn arrays_of_numpy_and_no_others() {
        assert!(
            ["PyArray1", "PyReadonlyArrayDyn", "PyReadwriteArray2", "PyArray", "PyArrayLike1"]
                .into_iter()
                .all(is_array)
        );
        assert!(!["PyArrayDescr", "PyByteArray", "Array1", "PyUntypedArray"].into_iter().any(is_array));
    }
}
