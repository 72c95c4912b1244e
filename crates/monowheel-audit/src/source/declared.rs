//! What a file names for others: the files of its modules (`mod name;`, `include!("name.rs");`), and type aliases.

use syn::{Item, ItemMod, Stmt};

use crate::source::attributes::Attributes;
use crate::source::names::{at, plain};
use crate::source::{At, Ty, included};

/// `mod name;`, or `include!("name.rs");`.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// The enclosing modules in this file, outermost first, and its name.
    pub(super) path: Vec<String>,
    /// `#[path = "…"]`, or the included file if its path is written out.
    pub(super) file: Option<String>,
    /// Whether it is `include!`.
    pub(super) is_included: bool,
    /// Where it is.
    pub(super) at: At,
    /// Whether a `#[cfg]` may exclude it.
    pub(super) is_conditional: bool,
}

/// What the items of a file declare, in order.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) files: Vec<Declared>,
    /// `type Quaternion = EulerParameter;`
    pub(super) aliases: Vec<(String, Ty)>,
}

/// Reads the items of a file.
pub(super) fn of(items: &[Item]) -> Declarations {
    let mut walk = Walk::default();
    items.iter().for_each(|item| walk.item(item, false));
    walk.found
}

#[derive(Default)]
struct Walk {
    path: Vec<String>,
    found: Declarations,
}

impl Walk {
    fn item(&mut self, item: &Item, is_conditional: bool) {
        match item {
            Item::Mod(module) => self.module(module, is_conditional),
            Item::Macro(call) if call.mac.path.is_ident("include") => {
                self.found.files.push(included::of(&call.mac, &self.path, is_conditional));
            }
            Item::Type(alias) if !Attributes::of(&alias.attrs).is_test => {
                self.found.aliases.push((plain(&alias.ident), Ty::of(&alias.ty)));
            }
            Item::Fn(function) => {
                let attributes = Attributes::of(&function.attrs);
                let inner = function.block.stmts.iter().filter(|_| !attributes.is_test);
                for stmt in inner {
                    if let Stmt::Item(item) = stmt {
                        self.item(item, is_conditional || attributes.is_conditional);
                    }
                }
            }
            _ => {}
        }
    }

    fn module(&mut self, module: &ItemMod, is_conditional: bool) {
        let attributes = Attributes::of(&module.attrs);
        if attributes.is_test {
            return;
        }
        let is_conditional = is_conditional || attributes.is_conditional;
        self.path.push(plain(&module.ident));
        match &module.content {
            Some((_, items)) => items.iter().for_each(|item| self.item(item, is_conditional)),
            None => {
                let mut files: Vec<Option<String>> =
                    attributes.texts("path").map(|path| Some(path.to_owned())).collect();
                let is_conditional = is_conditional || files.len() > 1;
                if files.is_empty() {
                    files.push(None);
                }
                self.found.files.extend(files.into_iter().map(|file| Declared {
                    path: self.path.clone(),
                    file,
                    is_included: false,
                    at: at(module.ident.span()),
                    is_conditional,
                }));
            }
        }
        self.path.pop();
    }
}
