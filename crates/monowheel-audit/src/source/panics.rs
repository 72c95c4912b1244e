//! Panics that only a bug of the crate itself can cause, by their message.

use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Lit, Token};

/// The name of the event of a `panic!` whose message says that it cannot happen.
pub(crate) const INTERNAL: &str = "panic of an internal error";

/// Words of such messages.
const OF_A_BUG: [&str; 10] = [
    "a bug",
    "cannot happen",
    "can't happen",
    "impossible",
    "internal error",
    "internal logic error",
    "invariant",
    "never happen",
    "should never",
    "unreachable",
];

/// Whether a macro is `panic!("internal error: …")`.
pub(super) fn is_internal(name: &str, arguments: &Punctuated<Expr, Token![,]>) -> bool {
    let message = match arguments.first() {
        Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => text.value().to_lowercase(),
        _ => return false,
    };
    name == "panic" && OF_A_BUG.iter().any(|words| message.contains(words))
}
