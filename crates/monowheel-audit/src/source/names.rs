//! Names and places in the syntax.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};

use crate::source::At;

pub(super) fn at(span: Span) -> At {
    let (start, end) = (span.start(), span.end());
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    At {
        line: number(start.line),
        column: number(start.column + 1),
        end_line: number(end.line),
        end_column: number(end.column + 1),
        range: span.byte_range(),
    }
}

/// Every name in some tokens.
pub(super) fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            TokenTree::Group(group) => words(group.stream(), found),
            _ => {}
        }
    }
}

/// A name without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}
