//! Structs and enums → [`Class`].

use syn::spanned::Spanned;
use syn::visit;
use syn::{Fields, ItemEnum, ItemStruct};

use crate::finding::Edit;
use crate::source::attributes::Attributes;
use crate::source::exports::renamed;
use crate::source::items::{Around, Reader};
use crate::source::names::{at, bytes, plain};
use crate::source::{At, Class, Field, Ty};

impl Reader<'_> {
    pub(super) fn class_of_struct(&mut self, item: &ItemStruct, around: Around) {
        let attributes = Attributes::of(&item.attrs);
        if attributes.is_test {
            return;
        }
        let fields = fields(&item.fields);
        let mut walker = self.walker(around.is_conditional || attributes.is_conditional);
        visit::visit_fields(&mut walker, &item.fields);
        self.file.names.extend(walker.names);
        self.class(&item.ident, (&attributes, &item.attrs), (fields, Vec::new()), around, false);
    }

    pub(super) fn class_of_enum(&mut self, item: &ItemEnum, around: Around) {
        let attributes = Attributes::of(&item.attrs);
        if attributes.is_test {
            return;
        }
        let mut walker = self.walker(around.is_conditional || attributes.is_conditional);
        item.variants.iter().for_each(|variant| visit::visit_fields(&mut walker, &variant.fields));
        self.file.names.extend(walker.names);
        let fields = item.variants.iter().flat_map(|variant| fields(&variant.fields)).collect();
        let variants = if attributes.has("pyclass") { variants(item, &attributes) } else { Vec::new() };
        self.class(&item.ident, (&attributes, &item.attrs), (fields, variants), around, true);
    }

    fn class(
        &mut self,
        ident: &syn::Ident,
        (attributes, written): (&Attributes, &[syn::Attribute]),
        (fields, variants): (Vec<Field>, Vec<(String, At)>),
        around: Around,
        is_enum: bool,
    ) {
        let is_class = attributes.has("pyclass");
        let options = attributes.options("pyclass").chain(attributes.options("pyo3"));
        let class = Class {
            name: plain(ident),
            at: at(ident.span()),
            options: options.map(|choice| choice.name.clone()).collect(),
            extends: attributes.value("pyclass", "extends"),
            module: attributes.value("pyclass", "module"),
            is_enum,
            is_clone: attributes.options("derive").any(|choice| choice.name == "Clone"),
            opt_in: opt_in(written),
            is_conditional: around.is_conditional || attributes.is_conditional,
            is_in_module: around.is_in_module,
            fields,
            variants,
        };
        if is_class {
            self.file.classes.push(class);
        } else {
            self.file.structs.push(class);
        }
    }
}

/// The edit that adds `from_py_object` to `#[pyclass]`; none inside `cfg_attr`.
fn opt_in(attributes: &[syn::Attribute]) -> Option<Edit> {
    let is_class = |attribute: &&syn::Attribute| {
        attribute.path().segments.last().is_some_and(|segment| segment.ident == "pyclass")
    };
    let (at, text) = match &attributes.iter().find(is_class)?.meta {
        syn::Meta::Path(path) => (bytes(path.segments.last()?.ident.span()).end, "(from_py_object)"),
        syn::Meta::List(list) if list.tokens.is_empty() => (bytes(list.delimiter.span().open()).end, "from_py_object"),
        syn::Meta::List(list) => (bytes(list.delimiter.span().open()).end, "from_py_object, "),
        syn::Meta::NameValue(_) => return None,
    };
    Some(Edit { range: at..at, text: text.to_owned() })
}

/// The names of the variants in Python.
fn variants(item: &ItemEnum, attributes: &Attributes) -> Vec<(String, At)> {
    let style = attributes.value("pyclass", "rename_all");
    let one = |variant: &syn::Variant| {
        let stated = Attributes::of(&variant.attrs).value("pyo3", "name");
        let name = stated.unwrap_or_else(|| renamed(&plain(&variant.ident), style.as_deref()));
        (name, at(variant.ident.span()))
    };
    item.variants.iter().map(one).collect()
}

fn fields(fields: &Fields) -> Vec<Field> {
    let one = |field: &syn::Field| {
        let attributes = Attributes::of(&field.attrs);
        let name = field.ident.as_ref().map(plain).unwrap_or_default();
        let span = field.ident.as_ref().map_or_else(|| Spanned::span(&field.ty), syn::Ident::span);
        Field {
            name,
            python_name: attributes.value("pyo3", "name"),
            ty: Ty::of(&field.ty),
            at: at(span),
            is_read: attributes.says("pyo3", "get"),
            is_set: attributes.says("pyo3", "set"),
        }
    };
    fields.iter().map(one).collect()
}
