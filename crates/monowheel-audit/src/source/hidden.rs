//! Code that may define the Python module but is not read: a macro, a third-party attribute, another crate.
//!
//! The rule that reports a missing module has to be certain. So everything that could define one counts, and only the
//! items listed here are known not to.

use proc_macro2::TokenTree;
use syn::{Item, UseTree, Visibility};

use crate::source::File;
use crate::source::attributes::Attributes;

/// Item macros that do not define a module.
const PLAIN_MACROS: [&str; 9] = [
    "assert_impl_all",
    "bitflags",
    "const_assert",
    "create_exception",
    "create_init_exception",
    "import_exception",
    "import_exception_bound",
    "lazy_static",
    "thread_local",
];

/// Attributes of functions and modules that add no items: the language's, and `PyO3`'s except `pymodule`.
const PLAIN_ATTRIBUTES: [&str; 30] = [
    "allow",
    "args",
    "automatically_derived",
    "cfg",
    "classattr",
    "classmethod",
    "cold",
    "deny",
    "deprecated",
    "expect",
    "export_name",
    "forbid",
    "getter",
    "inline",
    "link_section",
    "macro_use",
    "must_use",
    "new",
    "no_mangle",
    "path",
    "pyfn",
    "pyfunction",
    "pyo3",
    "pymodule_init",
    "setter",
    "skip",
    "staticmethod",
    "target_feature",
    "track_caller",
    "warn",
];

/// The words that [`names_module`] looks for: without any of them in a text, none of its tokens does.
pub(super) const WORDS: [&str; 4] = ["pymodule", "include", "PyInit", "PyModExport"];

/// Whether a token names a Python module (`pymodule`, `PyInit_…` and `PyModExport_…`, in macros and strings too) or
/// includes another file.
pub(super) fn names_module(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => ident == "pymodule" || ident == "include" || is_hook(&ident.to_string()),
        TokenTree::Literal(literal) => is_hook(literal.to_string().trim_matches('"')),
        TokenTree::Group(_) | TokenTree::Punct(_) => false,
    }
}

fn is_hook(name: &str) -> bool {
    name.starts_with("PyInit") || name.starts_with("PyModExport")
}

/// Records in `file` the parts of an item that could define an unseen module.
pub(super) fn note(item: &Item, file: &mut File) {
    match item {
        Item::Macro(call) if !call.mac.path.is_ident("macro_rules") => {
            let name = call.mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            file.may_define_module |= !PLAIN_MACROS.contains(&name.as_str());
        }
        Item::Verbatim(_) => file.may_define_module = true,
        Item::Fn(item) => file.may_define_module |= has_foreign(&item.attrs),
        Item::Mod(item) => file.may_define_module |= has_foreign(&item.attrs),
        Item::ExternCrate(item) => {
            file.linked.insert(item.ident.to_string());
        }
        Item::Use(item) => {
            if let Some(name) = linked(&item.tree, matches!(item.vis, Visibility::Public(_))) {
                file.linked.insert(name);
            }
        }
        _ => {}
    }
}

/// Whether an attribute is unknown.
fn has_foreign(attributes: &[syn::Attribute]) -> bool {
    Attributes::of(attributes).names().any(|name| !PLAIN_ATTRIBUTES.contains(&name))
}

/// The first component of a `use` that re-exports items or exists only for the linker: `pub use other::module`, `use
/// other as _`.
fn linked(tree: &UseTree, is_public: bool) -> Option<String> {
    match tree {
        UseTree::Path(path) if is_public => Some(path.ident.to_string()),
        UseTree::Rename(rename) if is_public || rename.rename == "_" => Some(rename.ident.to_string()),
        UseTree::Name(name) if is_public => Some(name.ident.to_string()),
        _ => None,
    }
}
