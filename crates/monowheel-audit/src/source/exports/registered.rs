//! What a function adds to modules: `m.add_function(wrap_pyfunction!(f, m)?)`, `m.add_class::<T>()`, `m.add("NAME", …)`,
//! and calls of functions that receive the module.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprLit, ExprMethodCall, FnArg, Lit, Local, Pat, Signature};

use crate::source::Ty;
use crate::source::exports::{Export, Registrar};
use crate::source::names::{at, plain};

/// The registrar, if the function receives or creates a module.
pub(super) fn of(sig: &Signature, block: &Block, around: &[String]) -> Option<Registrar> {
    let mut walk =
        Walk { found: Registrar { name: plain(&sig.ident), around: around.to_vec(), ..Registrar::default() } };
    for input in &sig.inputs {
        if let FnArg::Typed(typed) = input {
            if let (true, Pat::Ident(name)) = (Ty::of(&typed.ty).holds("PyModule"), &*typed.pat) {
                walk.found.variables.push((plain(&name.ident), None));
            }
        }
    }
    walk.visit_block(block);
    let found = walk.found;
    (!found.variables.is_empty()).then_some(found)
}

struct Walk {
    found: Registrar,
}

impl Walk {
    fn add(&mut self, variable: &str, export: Export) {
        self.found.adds.push((variable.to_owned(), export));
    }

    /// The module that an expression names: `m`, `&m`, `m.clone()`.
    fn module(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Path(path) => {
                let name = plain(path.path.get_ident()?);
                self.found.variables.iter().any(|(known, _)| *known == name).then_some(name)
            }
            Expr::Reference(inner) => self.module(&inner.expr),
            Expr::Paren(inner) => self.module(&inner.expr),
            Expr::Try(inner) => self.module(&inner.expr),
            Expr::MethodCall(call) => self.module(&call.receiver).filter(|_| call.method != "add_submodule"),
            _ => None,
        }
    }

    fn method(&mut self, module: &str, call: &ExprMethodCall) {
        let line = at(call.method.span()).line;
        let name = call.method.to_string();
        let unknown = |what: &str| Export::Unknown { what: what.to_owned(), line };
        let argument = call.args.first();
        let export = match name.as_str() {
            "add_function" | "add_wrapped" => match argument.and_then(wrapped) {
                Some(path) => Export::Item { path, name: None },
                None => unknown("a function that is not named here"),
            },
            "add_class" => match call.turbofish.as_ref().and_then(|types| types.args.first()) {
                Some(syn::GenericArgument::Type(ty)) => Export::Item { path: path_of(ty), name: None },
                _ => unknown("a class that is not named here"),
            },
            "add" | "setattr" | "add_object" => {
                let Some(name) = argument.and_then(text) else {
                    return self.add(module, unknown("an attribute whose name is not written out"));
                };
                added(name, call.args.get(1))
            }
            "add_submodule" => match argument.and_then(|argument| self.module(argument)) {
                Some(name) => Export::Variable { name },
                None => unknown("a module that is not named here"),
            },
            _ => return,
        };
        self.add(module, export);
    }
}

/// `m.add("NAME", value)`.
fn added(name: String, value: Option<&Expr>) -> Export {
    let of_type = value.and_then(type_object);
    match of_type {
        Some(path) => Export::Item { path, name: Some(name) },
        None => Export::Value { name, ty: value.and_then(value_type), doc: String::new() },
    }
}

/// The type of which this is the object: `py.get_type::<T>()`, `T::type_object(py)`.
fn type_object(expr: &Expr) -> Option<String> {
    match expr {
        Expr::MethodCall(call) if call.method == "get_type" || call.method == "get_type_bound" => {
            match call.turbofish.as_ref()?.args.first()? {
                syn::GenericArgument::Type(ty) => Some(path_of(ty)),
                _ => None,
            }
        }
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return None };
            let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let (last, rest) = names.split_last()?;
            let is_object = last.starts_with("type_object") || last.starts_with("new_type");
            is_object.then(|| rest.join("::")).filter(|path| !path.is_empty())
        }
        Expr::Try(inner) => type_object(&inner.expr),
        Expr::Reference(inner) => type_object(&inner.expr),
        Expr::MethodCall(call) => type_object(&call.receiver),
        _ => None,
    }
}

/// The type of a value that is written out.
fn value_type(expr: &Expr) -> Option<Ty> {
    let named = |name: &str| Some(Ty::named(name));
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Str(_) | Lit::Char(_) => named("str"),
            Lit::Int(_) | Lit::Byte(_) => named("i64"),
            Lit::Float(_) => named("f64"),
            Lit::Bool(_) => named("bool"),
            Lit::ByteStr(_) => named("PyBytes"),
            _ => None,
        },
        Expr::Macro(call) if call.mac.path.segments.last()?.ident == "env" => named("str"),
        Expr::Macro(call) if call.mac.path.segments.last()?.ident == "concat" => named("str"),
        Expr::Macro(call) if call.mac.path.segments.last()?.ident == "format" => named("str"),
        Expr::Reference(inner) => value_type(&inner.expr),
        Expr::MethodCall(call) if call.method == "to_string" || call.method == "to_owned" => named("str"),
        // `env!("…").replace(…)` and its like stay a text.
        Expr::MethodCall(call) if call.method == "replace" || call.method == "trim" => value_type(&call.receiver),
        _ => None,
    }
}

/// The path in `wrap_pyfunction!(path, m)`, also behind `?`, `&` and methods.
fn wrapped(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Macro(call) => {
            let name = call.mac.path.segments.last()?.ident.to_string();
            if !name.starts_with("wrap_py") {
                return None;
            }
            let first = super::options::split(call.mac.tokens.clone()).into_iter().next()?;
            Some(first.iter().map(ToString::to_string).collect())
        }
        Expr::Try(inner) => wrapped(&inner.expr),
        Expr::Reference(inner) => wrapped(&inner.expr),
        Expr::Paren(inner) => wrapped(&inner.expr),
        Expr::MethodCall(call) => wrapped(&call.receiver),
        _ => None,
    }
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Reference(inner) => text(&inner.expr),
        // `intern!(py, "name")`
        Expr::Macro(call) if call.mac.path.segments.last()?.ident == "intern" => {
            let tokens = super::options::split(call.mac.tokens.clone()).into_iter().nth(1)?;
            syn::parse2::<Lit>(tokens.into_iter().collect()).ok().and_then(|literal| match literal {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The path of a type, as written and without arguments.
fn path_of(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Path(path) => {
            let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            names.join("::")
        }
        _ => String::new(),
    }
}

impl<'ast> Visit<'ast> for Walk {
    // Items in a function are read by themselves.
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_local(&mut self, local: &'ast Local) {
        if let (Pat::Ident(name), Some(value)) = (&local.pat, &local.init) {
            if let Some(created) = created(&value.expr) {
                self.found.variables.push((plain(&name.ident), Some(created)));
            } else if let Some(name) = wrapped(&value.expr) {
                // `let child = wrap_pymodule!(child)(py);` is added later, by its variable.
                let _ = name;
            }
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        if let Some(module) = self.module(&call.receiver) {
            self.method(&module, call);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let path = function.path.segments.iter().map(|one| one.ident.to_string()).collect::<Vec<_>>().join("::");
            let module = call.args.iter().find_map(|argument| self.module(argument));
            // `Ok(m)` and its like add nothing; a variant or a type begins with a capital letter.
            let name = path.rsplit("::").next().unwrap_or_default();
            if let Some(module) = module.filter(|_| name.starts_with(char::is_lowercase)) {
                self.add(&module, Export::Through { path });
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if name.starts_with("wrap_py") || name == "intern" {
            return;
        }
        // A macro of the crate that receives the module may add anything.
        let parts = super::options::split(call.tokens.clone());
        let named = parts.iter().filter_map(|part| match part.as_slice() {
            [proc_macro2::TokenTree::Ident(ident)] => Some(ident.to_string()),
            [_, proc_macro2::TokenTree::Ident(ident)] => Some(ident.to_string()),
            _ => None,
        });
        let known = named.into_iter().find(|name| self.found.variables.iter().any(|(known, _)| known == name));
        if let Some(module) = known {
            let line = call.path.segments.last().map_or(0, |segment| at(segment.ident.span()).line);
            self.add(&module, Export::Unknown { what: format!("what the macro {name}! adds"), line });
        }
    }
}

/// The name in `PyModule::new(py, "name")?`.
fn created(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return None };
            let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let is_new = matches!(names.as_slice(), [.., ty, new] if ty == "PyModule" && new.starts_with("new"));
            call.args.iter().nth(1).filter(|_| is_new).and_then(text)
        }
        Expr::Try(inner) => created(&inner.expr),
        Expr::MethodCall(call) => created(&call.receiver),
        _ => None,
    }
}
