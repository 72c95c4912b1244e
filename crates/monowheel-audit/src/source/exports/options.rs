//! The options of `PyO3`'s attributes, with their tokens; documentation.

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

/// An option: `frozen`, `name = "…"`, `item("key")`.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) name: String,
    /// The tokens after `=`, or in brackets.
    pub(super) value: Option<TokenStream>,
}

impl Choice {
    /// Its value as text: of a string without quotes, else as written.
    pub(super) fn text(&self) -> Option<String> {
        let tokens = self.value.clone()?;
        match syn::parse2::<Lit>(tokens.clone()) {
            Ok(Lit::Str(text)) => Some(text.value()),
            _ => Some(tokens.to_string()),
        }
    }

    /// The last name of a path.
    pub(super) fn last_name(&self) -> Option<String> {
        let idents = self.value.clone()?.into_iter().filter_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        });
        idents.last()
    }
}

/// The options of attributes.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    found: Vec<(String, Vec<Choice>)>,
}

impl Choices {
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        let mut found = Self::default();
        attributes.iter().for_each(|attribute| found.add(&attribute.meta));
        found
    }

    fn add(&mut self, meta: &Meta) {
        let name = meta.path().segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if name == "doc" {
            return;
        }
        let tokens = match meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        if name == "cfg_attr" {
            let Meta::List(list) = meta else { return };
            let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            inner.unwrap_or_default().iter().skip(1).for_each(|meta| self.add(meta));
            return;
        }
        self.found.push((name, split(tokens).into_iter().filter_map(choice).collect()));
    }

    /// Whether there is an attribute of this name.
    pub(super) fn has(&self, attribute: &str) -> bool {
        self.found.iter().any(|(name, _)| name == attribute)
    }

    /// The options of one attribute.
    pub(super) fn of_attribute<'a>(&'a self, attribute: &'a str) -> impl Iterator<Item = &'a Choice> {
        self.found.iter().filter(move |(name, _)| name == attribute).flat_map(|(_, choices)| choices)
    }

    /// An option of `PyO3`'s attributes.
    pub(super) fn get(&self, option: &str) -> Option<&Choice> {
        let is_pyo3s = |name: &str| name.starts_with("py") || matches!(name, "new" | "classmethod" | "staticmethod");
        let choices = self.found.iter().filter(|(name, _)| is_pyo3s(name)).flat_map(|(_, choices)| choices);
        choices.into_iter().find(|choice| choice.name == option)
    }

    /// The names of all options of these attributes.
    pub(super) fn names<'a>(&'a self, attributes: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let found = self.found.iter().filter(|(name, _)| attributes.contains(&name.as_str()));
        found.flat_map(|(_, choices)| choices).map(|choice| choice.name.as_str())
    }
}

fn choice(tokens: Vec<TokenTree>) -> Option<Choice> {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    // `pyo3::FromPyObject` is named for its last component.
    let path = tokens.iter().take_while(|token| is_colon(token) || matches!(token, TokenTree::Ident(_))).count();
    let mut tokens = tokens.into_iter().skip(path.saturating_sub(1));
    let name = match tokens.next()? {
        TokenTree::Ident(ident) => ident.to_string().trim_start_matches("r#").to_owned(),
        // `#[getter("name")]`
        TokenTree::Literal(literal) => literal.to_string().trim_matches('"').to_owned(),
        _ => return None,
    };
    let value = match tokens.next() {
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => Some(tokens.collect()),
        Some(TokenTree::Group(group)) => Some(group.stream()),
        _ => None,
    };
    Some(Choice { name, value })
}

/// The parts between commas.
pub(super) fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    // A comma in `<…>` of a type is not one between parts.
    let mut angles = 0_u32;
    for token in tokens {
        let character = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match character {
            ',' if angles == 0 => {
                parts.push(Vec::new());
                continue;
            }
            '<' => angles += 1,
            '>' => angles = angles.saturating_sub(1),
            _ => {}
        }
        parts.last_mut().into_iter().for_each(|part| part.push(token.clone()));
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The documentation, as `PyO3` passes it on: each line without its first space.
pub(super) fn doc(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        if let Meta::NameValue(pair) = &attribute.meta {
            if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value {
                let text = text.value();
                lines.extend(text.split('\n').map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned()));
            }
        }
    }
    lines.join("\n").trim().to_owned()
}

/// Whether an item has documentation.
pub(in crate::source) fn is_documented(attributes: &[Attribute]) -> bool {
    !doc(attributes).is_empty()
}

/// A name in another style, as `rename_all` has them.
pub(in crate::source) fn renamed(name: &str, style: Option<&str>) -> String {
    let Some(style) = style else { return name.to_owned() };
    let words = words(name);
    let lower = || words.iter().map(|word| word.to_lowercase());
    let capital = |word: &String| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        first + &letters.as_str().to_lowercase()
    };
    match style {
        "camelCase" => {
            let first = lower().next().unwrap_or_default();
            first + &words.iter().skip(1).map(capital).collect::<String>()
        }
        "PascalCase" => words.iter().map(capital).collect(),
        "snake_case" => lower().collect::<Vec<_>>().join("_"),
        "kebab-case" => lower().collect::<Vec<_>>().join("-"),
        "SCREAMING_SNAKE_CASE" => lower().collect::<Vec<_>>().join("_").to_uppercase(),
        "SCREAMING-KEBAB-CASE" => lower().collect::<Vec<_>>().join("-").to_uppercase(),
        "lowercase" => words.concat().to_lowercase(),
        "UPPERCASE" => words.concat().to_uppercase(),
        _ => name.to_owned(),
    }
}

fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = name.chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before)).copied().unwrap_or('_');
        let after = letters.get(index + 1).copied().unwrap_or('_');
        let starts = letter.is_uppercase() && (!before.is_uppercase() || after.is_lowercase());
        match letter {
            '_' => words.push(String::new()),
            _ if starts || words.is_empty() => words.push(letter.to_string()),
            _ => words.last_mut().into_iter().for_each(|word| word.push(*letter)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_other_styles() {
        let styles = ["camelCase", "PascalCase", "snake_case", "SCREAMING_SNAKE_CASE", "lowercase", "UPPERCASE"];
        let all = |name: &str| styles.map(|style| renamed(name, Some(style)));
        let expected = ["httpCode", "HttpCode", "http_code", "HTTP_CODE", "httpcode", "HTTPCODE"];
        assert_eq!(all("HttpCode"), expected);
        assert_eq!(all("HTTPCode"), expected);
        assert_eq!(all("http_code"), expected);
        assert_eq!(renamed("HttpCode", None), "HttpCode");
    }
}
