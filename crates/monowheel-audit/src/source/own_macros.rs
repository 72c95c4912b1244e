//! The macros of a file, as far as what they expand to can be told without a compiler: arms whose parameters are separated by
//! commas, without repetitions.

use std::cell::Cell;
use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::{Block, ItemMacro, Macro};

/// How deep macros that use each other are expanded.
pub(super) const DEEPEST: usize = 2;

/// The most tokens that a call expands to: expansions are nested in the file, and the stack is made for what is written there.
const MOST_TOKENS: usize = 500;

/// The most tokens that all calls of a file expand to.
pub(super) const MOST_IN_FILE: usize = 1_000_000;

/// The macros that a file defines.
#[derive(Debug, Default)]
pub(super) struct OwnMacros {
    known: HashMap<String, Vec<Arm>>,
}

/// `($lock:expr, $run:expr) => { … }`.
#[derive(Debug)]
struct Arm {
    params: Vec<String>,
    /// As text: tokens belong to a thread, and the pieces of a file are read by several.
    body: String,
}

impl OwnMacros {
    /// Adds a `macro_rules!`.
    pub(super) fn define(&mut self, item: &ItemMacro) {
        if let Some(name) = item.ident.as_ref().filter(|_| item.mac.path.is_ident("macro_rules")) {
            self.known.insert(name.to_string(), arms(item.mac.tokens.clone()));
        }
    }

    /// What a call expands to; its tokens that are not arguments are at the name of the macro. `budget` is how many tokens
    /// calls may still expand to.
    pub(super) fn expand(&self, call: &Macro, budget: &Cell<usize>) -> Option<Block> {
        let name = call.path.get_ident()?;
        let arguments = split(call.tokens.clone());
        let arm = self.known.get(&name.to_string())?.iter().find(|arm| arm.params.len() == arguments.len())?;
        let values: HashMap<&str, &TokenStream> = arm.params.iter().map(String::as_str).zip(&arguments).collect();
        let mut left = MOST_TOKENS;
        let body = fill(arm.body.parse().ok()?, &values, name.span(), &mut left)?;
        budget.set(budget.get().checked_sub(MOST_TOKENS - left)?);
        syn::parse2(TokenTree::Group(Group::new(Delimiter::Brace, body)).into()).ok()
    }
}

/// The arms without repetitions.
fn arms(tokens: TokenStream) -> Vec<Arm> {
    let mut groups = tokens.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let mut found = Vec::new();
    while let (Some(matcher), Some(body)) = (groups.next(), groups.next()) {
        let params: Option<Vec<String>> = split(matcher).into_iter().map(param).collect();
        found.extend(params.map(|params| Arm { params, body: body.to_string() }));
    }
    found
}

/// The name of `$name:kind`.
fn param(tokens: TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Punct(dollar), TokenTree::Ident(name), TokenTree::Punct(colon), TokenTree::Ident(_)]
            if dollar.as_char() == '$' && colon.as_char() == ':' =>
        {
            Some(name.to_string())
        }
        _ => None,
    }
}

/// The parts between commas, without an empty last one.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => parts.push(TokenStream::new()),
            (_, Some(part)) => part.extend([token]),
            _ => {}
        }
    }
    if parts.last().is_some_and(TokenStream::is_empty) {
        parts.pop();
    }
    parts
}

/// Takes the number of some tokens from what is left; none if they are too many.
fn take(tokens: &TokenStream, left: &mut usize) -> Option<()> {
    for token in tokens.clone() {
        *left = left.checked_sub(1)?;
        if let TokenTree::Group(group) = token {
            take(&group.stream(), left)?;
        }
    }
    Some(())
}

/// The body with the arguments in place of the parameters; none if it repeats something, or is too long.
fn fill(body: TokenStream, values: &HashMap<&str, &TokenStream>, span: Span, left: &mut usize) -> Option<TokenStream> {
    let mut filled = TokenStream::new();
    let mut tokens = body.into_iter().peekable();
    while let Some(token) = tokens.next() {
        *left = left.checked_sub(1)?;
        match token {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => {
                let Some(TokenTree::Ident(name)) = tokens.next() else { return None };
                match values.get(name.to_string().as_str()) {
                    Some(value) => {
                        take(value, left)?;
                        filled.extend((*value).clone());
                    }
                    // `$crate`.
                    None => filled.extend([TokenTree::Ident(syn::Ident::new("crate", span))]),
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), fill(group.stream(), values, span, left)?);
                inner.set_span(span);
                filled.extend([TokenTree::Group(inner)]);
            }
            mut other => {
                other.set_span(span);
                filled.extend([other]);
            }
        }
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(definition: &str, call: &str) -> Option<usize> {
        let mut macros = OwnMacros::default();
        macros.define(&syn::parse_str(definition).unwrap());
        macros.expand(&syn::parse_str(call).unwrap(), &Cell::new(MOST_IN_FILE)).map(|block| block.stmts.len())
    }

    #[test]
    fn simple_arms_are_expanded() {
        let two = "macro_rules! both { ($a:expr, $b:expr $(,)?) => { 0 }; ($a:expr, $b:ident) => { $a; $b.run(); } }";
        assert_eq!(expanded(two, "both!(x.y(), z)"), Some(2));
        assert_eq!(expanded(two, "both!(x)"), None);
        assert_eq!(expanded("macro_rules! many { ($($a:expr),*) => { $($a;)* } }", "many!(a)"), None);
        assert_eq!(expanded("macro_rules! own { () => { $crate::run() } }", "own!()"), Some(1));
    }

    #[test]
    fn what_grows_is_not_expanded() {
        let of = |times: usize| {
            let definition = format!("macro_rules! grow {{ ($a:expr) => {{ {} }} }}", "$a; ".repeat(times));
            expanded(&definition, &format!("grow!([{}])", "1, ".repeat(50)))
        };
        assert_eq!((of(3), of(30)), (Some(3), None));
        // Calls of itself.
        let mut macros = OwnMacros::default();
        macros.define(
            &syn::parse_str(&format!("macro_rules! again {{ () => {{ {} }} }}", "again!(); ".repeat(90))).unwrap(),
        );
        let call = syn::parse_str("again!()").unwrap();
        // Each call expands to 90 × 4 tokens.
        let budget = Cell::new(1_000);
        assert_eq!((0..9).take_while(|_| macros.expand(&call, &budget).is_some()).count(), 2);
    }
}
