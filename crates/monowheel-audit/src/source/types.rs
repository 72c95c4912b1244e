//! A type, as far as rules need it: its last name and its components.

use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

/// A type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ty {
    /// The last component of its path (`Py` of `pyo3::Py<PyAny>`); `&`, `&mut`, `[]`, `()`, `dyn` or empty for others.
    pub name: String,
    /// Its components.
    pub args: Vec<Ty>,
    /// Whether `'static` is among its lifetimes.
    pub(crate) is_static: bool,
}

impl Ty {
    /// A type without arguments.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::made(name, Vec::new())
    }

    pub(super) fn of(ty: &Type) -> Self {
        match ty {
            Type::Path(path) => path.path.segments.last().map_or_else(Self::default, |segment| {
                let mut found = Self { name: segment.ident.to_string(), ..Self::default() };
                if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
                    for argument in &arguments.args {
                        match argument {
                            GenericArgument::Type(ty) => found.args.push(Self::of(ty)),
                            GenericArgument::Lifetime(lifetime) => found.is_static |= lifetime.ident == "static",
                            _ => {}
                        }
                    }
                }
                found
            }),
            Type::Reference(reference) => {
                let name = if reference.mutability.is_some() { "&mut" } else { "&" };
                let is_static = reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static");
                Self { is_static, ..Self::made(name, vec![Self::of(&reference.elem)]) }
            }
            Type::Slice(slice) => Self::made("[]", vec![Self::of(&slice.elem)]),
            Type::Array(array) => Self::made("[]", vec![Self::of(&array.elem)]),
            Type::Tuple(tuple) => Self::made("()", tuple.elems.iter().map(Self::of).collect()),
            Type::Paren(inner) => Self::of(&inner.elem),
            Type::Group(inner) => Self::of(&inner.elem),
            Type::TraitObject(object) => Self::of_bounds(object.bounds.iter()),
            Type::ImplTrait(hidden) => Self::of_bounds(hidden.bounds.iter()),
            _ => Self::default(),
        }
    }

    /// `dyn Trait`, with the name of the first trait.
    fn of_bounds<'a>(mut bounds: impl Iterator<Item = &'a TypeParamBound>) -> Self {
        let name = bounds.find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => bound.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        });
        Self::made("dyn", name.iter().map(|name| Self::named(name)).collect())
    }

    pub(super) fn of_output(output: &ReturnType) -> Option<Self> {
        match output {
            ReturnType::Type(_, ty) => Some(Self::of(ty)),
            ReturnType::Default => None,
        }
    }

    pub(super) fn made(name: &str, args: Vec<Self>) -> Self {
        Self { name: name.to_owned(), args, is_static: false }
    }

    /// Whether it, or one of its components, is a type of this name.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.name == name || self.args.iter().any(|arg| arg.holds(name))
    }

    /// The type that a reference refers to.
    #[must_use]
    pub fn bare(&self) -> &Self {
        match self.args.first() {
            Some(inner) if matches!(self.name.as_str(), "&" | "&mut") => inner.bare(),
            _ => self,
        }
    }

    /// Whether it is `&str`.
    #[must_use]
    pub(crate) fn is_str(&self) -> bool {
        self.name == "&" && self.args.first().is_some_and(|inner| inner.name == "str")
    }

    /// Whether it is an owned Python object, or an `Option` or a `Vec` of one.
    #[must_use]
    pub(crate) fn is_object(&self) -> bool {
        match self.name.as_str() {
            "Py" | "PyObject" => true,
            "Option" | "Vec" | "&" => self.args.first().is_some_and(Self::is_object),
            _ => false,
        }
    }

    /// The type that shared pointers, locks and other containers contain, by the case of its name; none for a generic one.
    #[must_use]
    pub(crate) fn inside(&self) -> Option<&Self> {
        let is_container = |name: &str| {
            matches!(
                name,
                "&" | "&mut"
                    | "dyn"
                    | "Arc"
                    | "Rc"
                    | "Box"
                    | "Option"
                    | "Cell"
                    | "RefCell"
                    | "PyRef"
                    | "PyRefMut"
                    | "Ref"
            ) || name.ends_with("Mutex")
                || name.ends_with("Lock")
                || name.ends_with("Guard")
        };
        match self.args.last() {
            Some(inner) if is_container(&self.name) => inner.inside(),
            _ => self.name.starts_with(char::is_uppercase).then_some(self),
        }
    }

    /// Whether it is a Python object of any type: `Bound<'py, PyAny>`.
    #[must_use]
    pub(crate) fn is_bound_any(&self) -> bool {
        let bare = self.bare();
        matches!(bare.name.as_str(), "Bound" | "Borrowed")
            && bare.args.first().is_some_and(|inner| inner.name == "PyAny")
    }

    /// Whether it is an array of numpy: `PyReadonlyArray1<'_, f64>`, `&Bound<'_, PyArray1<f64>>`.
    #[must_use]
    pub(crate) fn is_array(&self) -> bool {
        let bare = self.bare();
        let held = match bare.name.as_str() {
            "Bound" | "Borrowed" | "Py" => bare.args.first(),
            _ => None,
        };
        let held = held.unwrap_or(bare);
        // Other crates have a class `PyArray` too, without types in it.
        let is_any = held.name == "PyArray" && !held.args.is_empty();
        let of_dimensions = held.name.strip_prefix("PyArray").is_some_and(|rest| {
            rest.starts_with(|letter: char| letter.is_ascii_digit())
                || rest.starts_with("Dyn")
                || rest.starts_with("Like")
        });
        let is_borrowed = ["PyReadonlyArray", "PyReadwriteArray"].iter().any(|start| held.name.starts_with(start));
        is_any || of_dimensions || is_borrowed
    }

    /// It and all its components.
    #[must_use]
    pub(crate) fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        parts.extend(self.args.iter().flat_map(Self::parts));
        parts
    }

    /// Whether its owner is attached to the interpreter: a token, or a reference bound to one.
    #[must_use]
    pub(crate) fn is_attached(&self) -> bool {
        self.tokens().next().is_some()
    }

    /// The names in it that show that its owner is attached.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &str> {
        let names = self.parts().into_iter().map(|part| part.name.as_str());
        names.filter(|name| matches!(*name, "Python" | "Bound" | "Borrowed" | "PyRef" | "PyRefMut"))
    }
}
