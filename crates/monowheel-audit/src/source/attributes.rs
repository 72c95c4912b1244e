//! Attributes as read by `PyO3` and cargo, including those inside `cfg_attr`.

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// The attributes of an item.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    found: Vec<One>,
    /// Whether it has a `#[cfg]`.
    pub(super) is_conditional: bool,
    /// Whether it exists only in tests.
    pub(super) is_test: bool,
}

#[derive(Debug)]
struct One {
    /// The last component of its path: `pyclass` of `#[pyo3::pyclass(frozen)]`.
    name: String,
    options: Vec<Choice>,
    /// `"…"` of `#[path = "…"]`.
    text: Option<String>,
}

/// `frozen`, or `extends = PyDict`.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) value: Option<String>,
}

impl Attributes {
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        let mut found = Self::default();
        for attribute in attributes {
            found.add(&attribute.meta);
        }
        found
    }

    fn add(&mut self, meta: &Meta) {
        let name = meta.path().segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let tokens = match meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        match name.as_str() {
            "doc" => return,
            "cfg" => {
                self.is_conditional = true;
                self.is_test |= is_test(&tokens);
            }
            "test" | "rstest" | "bench" => self.is_test = true,
            "cfg_attr" => {
                let Meta::List(list) = meta else { return };
                let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
                // The first is the condition.
                inner.unwrap_or_default().iter().skip(1).for_each(|meta| self.add(meta));
                return;
            }
            _ => {}
        }
        let text = match meta {
            Meta::NameValue(pair) => match &pair.value {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        };
        self.found.push(One { name, options: options(tokens), text });
    }

    /// The names of all attributes except documentation, including duplicates.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|one| one.name.as_str())
    }

    /// Whether there is an attribute of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.found.iter().any(|one| one.name == name)
    }

    /// The options of the attributes of this name.
    pub(super) fn options<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Choice> {
        self.found.iter().filter(move |one| one.name == name).flat_map(|one| &one.options)
    }

    /// `"…"` of each `#[NAME = "…"]`: of several in `cfg_attr`, one applies.
    pub(super) fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.found.iter().filter(move |one| one.name == name).filter_map(|one| one.text.as_deref())
    }

    /// The value of an option of `#[NAME(…)]` or `#[pyo3(…)]`, without quotes.
    pub(super) fn value(&self, name: &str, option: &str) -> Option<String> {
        let options = self.options(name).chain(self.options("pyo3"));
        options.filter(|choice| choice.name == option).find_map(|choice| choice.value.clone())
    }

    /// Whether `#[NAME(…)]` or `#[pyo3(…)]` has this option.
    pub(super) fn says(&self, name: &str, option: &str) -> bool {
        self.options(name).chain(self.options("pyo3")).any(|choice| choice.name == option)
    }
}

/// Whether a condition holds only in tests: `test`, `all(test, …)`, `any(test, …)`; not `not(test)`.
fn is_test(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "test" => return true,
            TokenTree::Ident(ident) if ident == "not" => {
                tokens.next();
            }
            TokenTree::Group(group) if is_test(&group.stream()) => return true,
            _ => {}
        }
    }
    false
}

/// `frozen, extends = PyDict, signature = (a, b = None)` in parts; values stay text.
fn options(tokens: TokenStream) -> Vec<Choice> {
    let mut found: Vec<Choice> = Vec::new();
    let mut name: Option<String> = None;
    let mut value: Option<String> = None;
    let end = |name: &mut Option<String>, value: &mut Option<String>, found: &mut Vec<Choice>| {
        if let Some(name) = name.take() {
            found.push(Choice { name, value: value.take() });
        }
        *value = None;
    };
    for token in tokens {
        match (&token, &mut name, &mut value) {
            (TokenTree::Punct(punct), ..) if punct.as_char() == ',' => end(&mut name, &mut value, &mut found),
            (TokenTree::Punct(punct), Some(_), None) if punct.as_char() == '=' => value = Some(String::new()),
            (TokenTree::Ident(ident), None, _) => name = Some(ident.to_string()),
            // `#[pyfunction(signature = …)]` has its value after `=`; `#[args(a)]` in brackets.
            (other, Some(_), Some(value)) => value.push_str(other.to_string().trim_matches('"')),
            _ => {}
        }
    }
    end(&mut name, &mut value, &mut found);
    found
}
