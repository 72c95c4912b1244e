//! `include!("items.rs");` between items.

use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Lit, Macro, Token};

use crate::source::declared::Declared;
use crate::source::names::at;

/// What a call includes. The file is known if the path is written out; one that a build script writes is not.
pub(super) fn of(call: &Macro, path: &[String], is_conditional: bool) -> Declared {
    let at = at(call.path.segments.last().map_or_else(proc_macro2::Span::call_site, |last| last.ident.span()));
    let file = call.parse_body::<Expr>().ok().and_then(|expr| named(&expr));
    Declared { path: path.to_vec(), file, is_included: true, at, is_conditional }
}

/// `"a.rs"`, `concat!("a", ".rs")`; no environment variables.
fn named(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Macro(call) if call.mac.path.is_ident("concat") => {
            let parts = call.mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated).ok()?;
            parts.iter().map(named).collect::<Option<String>>()
        }
        _ => None,
    }
}
