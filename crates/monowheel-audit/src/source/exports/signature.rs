//! `#[pyo3(signature = (a, b = None, *, c))]`.

use proc_macro2::{TokenStream, TokenTree};
use syn::Expr;

use crate::source::exports::defaults;
use crate::source::exports::options::split;

/// What a part of a signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A parameter.
    Parameter,
    /// `*args`.
    Arguments,
    /// `**kwargs`.
    Keywords,
    /// `/`: those before it are positional only.
    Slash,
    /// `*`: those after it are keyword only.
    Star,
}

/// A part of a signature, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it is.
    pub mark: Mark,
    /// Its name; empty for `/` and `*`.
    pub name: String,
    /// Its default in Python; `...` if only a run shows it.
    pub default: Option<String>,
}

/// Reads the tokens after `signature =`, with or without the brackets.
pub(super) fn read(tokens: TokenStream) -> Vec<Written> {
    let mut inner = tokens.clone().into_iter();
    let tokens = match inner.next() {
        // What follows the brackets is `-> "…"`.
        Some(TokenTree::Group(group)) => group.stream(),
        _ => tokens,
    };
    split(tokens).into_iter().filter_map(part).collect()
}

fn part(tokens: Vec<TokenTree>) -> Option<Written> {
    let is_star = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '*');
    let stars = tokens.iter().take_while(|token| is_star(token)).count();
    let rest = tokens.get(stars..).unwrap_or_default();
    let bare = |mark| Some(Written { mark, name: String::new(), default: None });
    let name = match rest.first() {
        None if stars == 1 => return bare(Mark::Star),
        Some(TokenTree::Punct(punct)) if punct.as_char() == '/' => return bare(Mark::Slash),
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => return None,
    };
    let name = name.strip_prefix("r#").map(str::to_owned).unwrap_or(name);
    let mark = match stars {
        0 => Mark::Parameter,
        1 => Mark::Arguments,
        _ => Mark::Keywords,
    };
    let equals = rest.iter().position(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '='));
    let value = equals.and_then(|at| rest.get(at + 1..)).map(|value| value.iter().cloned().collect::<TokenStream>());
    let default = value
        .map(|value| syn::parse2::<Expr>(value).map_or_else(|_| "...".to_owned(), |value| defaults::in_python(&value)));
    Some(Written { mark, name, default })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_part() {
        let tokens = "(a, /, b = None, *args, r#type = f(1, 2), **kwargs)".parse::<TokenStream>();
        let parts = read(tokens.unwrap_or_default());
        let shown: Vec<_> = parts.iter().map(|part| (part.mark, part.name.as_str(), part.default.as_deref())).collect();
        assert_eq!(
            shown,
            [
                (Mark::Parameter, "a", None),
                (Mark::Slash, "", None),
                (Mark::Parameter, "b", Some("None")),
                (Mark::Arguments, "args", None),
                (Mark::Parameter, "type", Some("...")),
                (Mark::Keywords, "kwargs", None),
            ]
        );
    }
}
