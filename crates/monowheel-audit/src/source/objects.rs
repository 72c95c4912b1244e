//! Operations on Python objects of any type, which may run code of Python although they do not look like calls.

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprForLoop, ExprLit, ExprMethodCall, Lit, Macro, Token};

use crate::source::Ty;
use crate::source::calls::What;
use crate::source::guards::waited_with;
use crate::source::names::at;
use crate::source::subject::Subject;
use crate::source::values::name_of;
use crate::source::walker::Walker;

/// Methods of `PyAnyMethods` that call a special method of the object, by their number of arguments.
const SPECIAL: [(&str, usize); 24] = [
    ("add", 1),
    ("contains", 1),
    ("del_item", 1),
    ("delitem", 1),
    ("eq", 1),
    ("ge", 1),
    ("get_item", 1),
    ("gt", 1),
    ("hash", 0),
    ("is_truthy", 0),
    ("le", 1),
    ("len", 0),
    ("lt", 1),
    ("mul", 1),
    ("ne", 1),
    ("neg", 0),
    ("pow", 2),
    ("repr", 0),
    ("set_item", 2),
    ("str", 0),
    ("sub", 1),
    ("to_string", 0),
    ("try_iter", 0),
    ("compare", 1),
];

/// Macros that format their arguments.
const FORMATS: [&str; 12] =
    ["debug", "error", "eprint", "eprintln", "format", "info", "print", "println", "trace", "warn", "write", "writeln"];

/// The macros of `log`, which `#[macro_use] extern crate log` brings into scope without a `use`.
const LOGS: [&str; 6] = ["debug", "error", "info", "log", "trace", "warn"];

impl Walker<'_> {
    /// Whether a method of a `Bound<'_, PyAny>` runs a special method of an object of any class.
    pub(super) fn is_of_any_object(&self, receiver: &Expr, name: &str, arguments: usize) -> bool {
        SPECIAL.contains(&(name, arguments)) && self.is_any_object(receiver)
    }

    pub(super) fn is_any_object(&self, expr: &Expr) -> bool {
        match expr {
            // `item.bind(py)`, where `item` comes out of a container.
            Expr::MethodCall(call) if call.method == "bind" && self.takes_token_first(&call.args) => {
                match self.subject(&call.receiver) {
                    Subject::Ty(ty) => {
                        ty.bare().name == "PyObject" || ty.bare().args.first().is_some_and(|of| of.name == "PyAny")
                    }
                    other => other == Subject::Unknown,
                }
            }
            _ => matches!(self.subject(expr), Subject::Ty(ty) if ty.is_bound_any()),
        }
    }

    /// The object of any class, or the error, that a macro formats, which calls its `__str__` or `__repr__`.
    pub(super) fn shown_object(&self, name: &str, arguments: &Punctuated<Expr, Token![,]>) -> Option<String> {
        if !FORMATS.contains(&name) {
            return None;
        }
        let is_shown = |ty: &Ty| ty.is_bound_any() || ty.bare().name == "PyErr";
        let is_any = |argument: &&Expr| matches!(self.subject(argument), Subject::Ty(ty) if is_shown(&ty));
        let passed = arguments.iter().find(is_any);
        let text = || {
            arguments.iter().find_map(|argument| match argument {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            })
        };
        let is_named = |name: &&str| matches!(self.known.get(*name), Some(Subject::Ty(ty)) if is_shown(ty));
        let by_name = || captured(&text()?).iter().map(String::as_str).find(is_named).map(str::to_owned);
        passed.map(|passed| name_of(passed).unwrap_or_else(|| "an object".to_owned())).or_else(by_name)
    }

    /// Whether a macro is one of the crate `log`.
    pub(super) fn is_log(&self, call: &Macro, name: &str) -> bool {
        let whole = self.imports.whole(&call.path);
        whole.strip_prefix("log::") == Some(name) || (whole == name && LOGS.contains(&name))
    }

    /// Whether it is `condvar.wait(guard)`, with the guard of a lock.
    pub(super) fn waits_with_guard(&self, call: &ExprMethodCall) -> bool {
        waited_with(call).is_some_and(|name| self.guards.iter().any(|guard| guard.name.as_ref() == Some(&name)))
    }

    /// Records that a loop waits for messages: `for message in receiver`.
    pub(super) fn received(&mut self, looping: &ExprForLoop) {
        // That of `receiver.iter()` is a method call.
        if !matches!(&*looping.expr, Expr::MethodCall(_)) && self.is_receiver(&looping.expr) {
            self.event(What::Waits, at(Spanned::span(&looping.expr)), "for … in a Receiver");
        }
    }
}

/// The names that a format string captures: `value` of `"{value:?}"`.
fn captured(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let unescaped = text.replace("{{", "");
    for part in unescaped.split('{').skip(1) {
        let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::captured;

    #[test]
    fn names_in_a_format_string() {
        assert_eq!(captured("{a} {b:?} {0} {} {{c}} {d:>width$}"), ["a", "b", "d"]);
    }
}
