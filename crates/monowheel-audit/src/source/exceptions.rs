//! `create_exception!(package.module, Name, Base)`.

use proc_macro2::{TokenStream, TokenTree};
use syn::Macro;

use crate::source::names::at;
use crate::source::{At, Exception};

/// The exception that a call defines; none if its arguments have another form.
pub(super) fn of(call: &Macro) -> Option<Exception> {
    let last = call.path.segments.last()?;
    if last.ident != "create_exception" {
        return None;
    }
    let mut parts = split(call.tokens.clone()).into_iter();
    let (module, name) = (parts.next()?, parts.next()?);
    let place = module.first().map(TokenTree::span).map(at)?;
    let end: At = module.last().map(TokenTree::span).map(at)?;
    let text: String = module.iter().map(|token| token.to_string().trim_start_matches("r#").to_owned()).collect();
    // The argument of a surrounding macro is not known here.
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let at =
        At { end_line: end.end_line, end_column: end.end_column, range: place.range.start..end.range.end, ..place };
    is_plain.then(|| Exception { name: name.last().map(ToString::to_string).unwrap_or_default(), module: text, at })
}

/// The parts between commas.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(Vec::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(token.clone())),
        }
    }
    parts
}
