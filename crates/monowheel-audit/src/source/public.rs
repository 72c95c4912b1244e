//! The items of a file that other crates may use: what is `pub`, and what it re-exports. Whether they can be reached
//! from outside depends on all files of the crate, which `monowheel-api` joins.

use syn::{Fields, ImplItem, Item, ItemImpl, ItemTrait, TraitItem, UseTree, Visibility};

use crate::source::Ty;
use crate::source::attributes::Attributes;
use crate::source::exports::is_documented;
use crate::source::names::{at, plain};

/// What is `pub` in a file.
#[derive(Clone, Debug, Default)]
pub struct Public {
    /// Its items, members of types among them.
    pub items: Vec<PublicItem>,
    /// Its `pub mod`s, each with the inline modules around it.
    pub modules: Vec<Vec<String>>,
    /// Its `pub use`s.
    pub reexports: Vec<Reexport>,
}

/// An item.
#[derive(Clone, Debug)]
pub struct PublicItem {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: PublicKind,
    /// The type or trait that it belongs to.
    pub owner: Option<String>,
    /// The inline modules around it.
    pub around: Vec<String>,
    /// Its line, from 1.
    pub line: u32,
    /// Whether it has documentation.
    pub is_documented: bool,
    /// Whether `PyO3` makes it a part of Python: it is the other side of a comparison.
    pub is_binding: bool,
}

/// The kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PublicKind {
    /// A function.
    Function,
    /// A struct, an enum or a union.
    Type,
    /// A trait.
    Trait,
    /// A constant or a static, also of a type.
    Constant,
    /// A method or another function of a type or trait.
    Method,
    /// A field of a struct.
    Field,
    /// A variant of an enum.
    Variant,
}

/// A name of a `pub use`.
#[derive(Clone, Debug)]
pub struct Reexport {
    /// The name here; `*` for all.
    pub name: String,
    /// The path, as written.
    pub path: String,
    /// The inline modules around it.
    pub around: Vec<String>,
}

/// Reads the items of a parsed file.
pub(super) fn read(parsed: &syn::File) -> Public {
    let mut reader = Reader { public: Public::default(), path: Vec::new() };
    parsed.items.iter().for_each(|item| reader.item(item));
    reader.public
}

struct Reader {
    public: Public,
    path: Vec<String>,
}

const fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether an item is for users: neither a test nor hidden from the documentation.
fn is_shown(written: &[syn::Attribute], attributes: &Attributes) -> bool {
    let is_hidden = |attribute: &syn::Attribute| {
        attribute.path().is_ident("doc")
            && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string().contains("hidden"))
    };
    !attributes.is_test && !written.iter().any(is_hidden)
}

impl Reader {
    fn add(&mut self, kind: PublicKind, ident: &syn::Ident, owner: Option<&str>, attributes: &[syn::Attribute]) {
        let read = Attributes::of(attributes);
        if is_shown(attributes, &read) {
            self.public.items.push(PublicItem {
                name: plain(ident),
                kind,
                owner: owner.map(str::to_owned),
                around: self.path.clone(),
                line: at(ident.span()).line,
                is_documented: is_documented(attributes),
                is_binding: ["pyfunction", "pyclass", "pymodule", "pyfn"].iter().any(|name| read.has(name)),
            });
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Fn(item) if is_public(&item.vis) => {
                self.add(PublicKind::Function, &item.sig.ident, None, &item.attrs);
            }
            Item::Const(item) if is_public(&item.vis) => {
                self.add(PublicKind::Constant, &item.ident, None, &item.attrs);
            }
            Item::Static(item) if is_public(&item.vis) => {
                self.add(PublicKind::Constant, &item.ident, None, &item.attrs);
            }
            Item::Union(item) if is_public(&item.vis) => self.add(PublicKind::Type, &item.ident, None, &item.attrs),
            Item::Struct(item) if is_public(&item.vis) => {
                self.add(PublicKind::Type, &item.ident, None, &item.attrs);
                if let Fields::Named(fields) = &item.fields {
                    for field in fields.named.iter().filter(|field| is_public(&field.vis)) {
                        if let Some(ident) = &field.ident {
                            self.add(PublicKind::Field, ident, Some(&plain(&item.ident)), &field.attrs);
                        }
                    }
                }
            }
            Item::Enum(item) if is_public(&item.vis) => {
                self.add(PublicKind::Type, &item.ident, None, &item.attrs);
                for variant in &item.variants {
                    self.add(PublicKind::Variant, &variant.ident, Some(&plain(&item.ident)), &variant.attrs);
                }
            }
            Item::Trait(item) if is_public(&item.vis) => self.of_trait(item),
            Item::Impl(item) => self.implementation(item),
            Item::Use(item) if is_public(&item.vis) => self.reexports(&item.tree, ""),
            Item::Mod(item) if !Attributes::of(&item.attrs).is_test => {
                self.path.push(plain(&item.ident));
                if is_public(&item.vis) && is_shown(&item.attrs, &Attributes::default()) {
                    self.public.modules.push(self.path.clone());
                }
                item.content.iter().flat_map(|(_, items)| items).for_each(|item| self.item(item));
                self.path.pop();
            }
            _ => {}
        }
    }

    fn of_trait(&mut self, item: &ItemTrait) {
        self.add(PublicKind::Trait, &item.ident, None, &item.attrs);
        let owner = plain(&item.ident);
        for member in &item.items {
            match member {
                TraitItem::Fn(method) => self.add(PublicKind::Method, &method.sig.ident, Some(&owner), &method.attrs),
                TraitItem::Const(one) => self.add(PublicKind::Constant, &one.ident, Some(&owner), &one.attrs),
                _ => {}
            }
        }
    }

    /// The members of a type; those of a trait are what the trait promises.
    fn implementation(&mut self, block: &ItemImpl) {
        let attributes = Attributes::of(&block.attrs);
        if block.trait_.is_some() || attributes.is_test || attributes.has("pymethods") {
            return;
        }
        let owner = Ty::of(&block.self_ty).name;
        for member in &block.items {
            match member {
                ImplItem::Fn(method) if is_public(&method.vis) => {
                    self.add(PublicKind::Method, &method.sig.ident, Some(&owner), &method.attrs);
                }
                ImplItem::Const(one) if is_public(&one.vis) => {
                    self.add(PublicKind::Constant, &one.ident, Some(&owner), &one.attrs);
                }
                _ => {}
            }
        }
    }

    fn reexports(&mut self, tree: &UseTree, before: &str) {
        let joined = |name: &str| if before.is_empty() { name.to_owned() } else { format!("{before}::{name}") };
        let (name, path) = match tree {
            UseTree::Path(path) => return self.reexports(&path.tree, &joined(&plain(&path.ident))),
            UseTree::Group(group) => return group.items.iter().for_each(|tree| self.reexports(tree, before)),
            UseTree::Name(name) if name.ident == "self" => {
                (before.rsplit("::").next().unwrap_or(before).to_owned(), before.to_owned())
            }
            UseTree::Name(name) => (plain(&name.ident), joined(&plain(&name.ident))),
            UseTree::Rename(rename) => (plain(&rename.rename), joined(&plain(&rename.ident))),
            UseTree::Glob(_) => ("*".to_owned(), before.to_owned()),
        };
        self.public.reexports.push(Reexport { name, path, around: self.path.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_crates_may_use() -> syn::Result<()> {
        let found = read(&syn::parse_str(
            "/// It.\npub struct A { pub x: u8, y: u8 }\nimpl A { pub fn f(&self) {} fn g() {} pub const C: u8 = 1; }\n\
             impl Drop for A { fn drop(&mut self) {} }\nstruct P;\n#[doc(hidden)] pub fn hidden() {}\n\
             #[cfg(test)] mod tests { pub fn t() {} }\npub(crate) fn inner() {}\n\
             pub mod m { pub enum E { V, W(u8) } pub trait T { fn do_it(&self); } mod n { pub fn deep() {} } }\n\
             pub use m::{E as F, T}; pub use other::*;\n#[pyfunction] pub fn bound() {}",
        )?);
        let shown = |item: &PublicItem| {
            let owner = item.owner.as_deref().map(|owner| format!("{owner}.")).unwrap_or_default();
            format!("{}{}{owner}{}", item.around.join("."), if item.around.is_empty() { "" } else { "." }, item.name)
        };
        let names: Vec<String> = found.items.iter().map(shown).collect();
        let expected = ["A", "A.x", "A.f", "A.C", "m.E", "m.E.V", "m.E.W", "m.T", "m.T.do_it", "m.n.deep", "bound"];
        assert_eq!(names, expected);
        assert!(found.items[0].is_documented && !found.items[1].is_documented && found.items[10].is_binding);
        assert_eq!(found.modules, [["m"]]);
        let reexports: Vec<(&str, &str)> =
            found.reexports.iter().map(|one| (one.name.as_str(), one.path.as_str())).collect();
        assert_eq!(reexports, [("F", "m::E"), ("T", "m::T"), ("*", "other")]);
        Ok(())
    }
}
