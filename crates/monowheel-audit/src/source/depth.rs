//! The nesting limit of a file: the parser and the visitors of the syntax tree recurse for every level.
//!
//! An expression may be deep without a bracket (`!!!x`, `a.b().c()`, `1 + 1 + 1`), so tokens are counted: those of the
//! enclosing brackets, and those since the last separator.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::source::At;
use crate::source::names::at;

/// The stack size of a thread that reads sources, in bytes; only the used part occupies memory.
pub(crate) const STACK: usize = 256 * 1024 * 1024;

/// The maximum number of levels. Hand-written code has a few dozen; a long chain of additions in generated code has
/// hundreds. In an unoptimized build one level takes about 20 KB of stack.
const MOST: usize = 8_000;

/// The tokens of a text, if they are not nested too deeply.
///
/// # Errors
/// The place and the reason if it is not Rust or is nested too deeply.
pub(super) fn tokens(text: &str) -> Result<TokenStream, (At, String)> {
    tokens_seen(text, &mut |_| {})
}

/// As [`tokens`]; `see` gets each of them, those in brackets after those around, and `None` where others begin. To go
/// through tokens copies them, so this is done once.
pub(super) fn tokens_seen(text: &str, see: &mut dyn FnMut(Option<&TokenTree>)) -> Result<TokenStream, (At, String)> {
    // A byte order mark and `#!/usr/bin/env …` are not tokens; a replacement of the same length preserves all
    // positions.
    let replaced = match (text.strip_prefix('\u{feff}'), text.strip_prefix("#!")) {
        (Some(rest), _) => Some(format!("   {rest}")),
        (_, Some(rest)) if !rest.trim_start().starts_with('[') => Some(format!("//{rest}")),
        _ => None,
    };
    let text = replaced.as_deref().unwrap_or(text);
    let tokens: TokenStream =
        text.parse().map_err(|error: proc_macro2::LexError| (at(error.span()), error.to_string()))?;
    check(&tokens, see)?;
    Ok(tokens)
}

fn check(tokens: &TokenStream, see: &mut dyn FnMut(Option<&TokenTree>)) -> Result<(), (At, String)> {
    // The pending streams, each with its nesting.
    let mut waiting = vec![(tokens.clone(), 0)];
    while let Some((tokens, around)) = waiting.pop() {
        let mut run = 0;
        let mut is_after_block = false;
        // Whether nothing but attributes stands since the last separator: there may be any number of them side by side,
        // and each line of documentation is one.
        let mut is_at_start = true;
        let mut is_after_hash = false;
        see(None);
        for token in tokens {
            see(Some(&token));
            let is_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
            let is_inner = is_after_hash && matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '!');
            let is_attribute =
                is_after_hash && matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket);
            // After a block a word or an attribute begins the next statement or item; `else`, `.` and operators go on.
            let goes_on = matches!(&token, TokenTree::Ident(word) if word == "else" || word == "as");
            let begins = is_hash || (matches!(&token, TokenTree::Ident(_)) && !goes_on);
            is_at_start = (is_at_start && (is_hash || is_inner || is_attribute)) || (is_after_block && is_hash);
            if (is_after_block && begins) || is_at_start {
                run = 0;
            }
            is_after_hash = is_at_start && (is_hash || is_inner);
            is_after_block = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            run += 1;
            if around + run > MOST {
                return Err((at(token.span()), format!("nested deeper than {MOST} levels here")));
            }
            match token {
                TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ',') => {
                    run = 0;
                    is_at_start = true;
                }
                TokenTree::Group(group) => waiting.push((group.stream(), around + run)),
                _ => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_read_and_what_nobody_writes_is_refused() {
        let items = "fn f() { g(1, 2); }\n".repeat(10_000);
        assert!(tokens(&items).is_ok());
        assert!(tokens(&format!("impl X {{ {items} }}")).is_ok());
        // The documentation of many methods: each line is an attribute.
        let documented = format!("{}fn f() {{ g(1, 2); }}\n", "/// A line.\n".repeat(12)).repeat(1_000);
        assert!(tokens(&format!("impl X {{ {documented} }}")).is_ok());
        assert!(tokens(&format!("{}fn f() {{}}", "#[a]\n".repeat(20_000))).is_ok());
        let sum = format!("fn f() -> u32 {{ {} 1 }}", "1 + ".repeat(1_000));
        assert!(tokens(&sum).is_ok());
        for deep in [
            format!("fn f() {{ {}x }}", "!".repeat(10_000)),
            format!("fn f() {{ x{} }}", ".a()".repeat(10_000)),
            format!("fn f() {{ {}x{} }}", "(".repeat(10_000), ")".repeat(10_000)),
            format!("fn f() {{ {} 1 }}", "1 + ".repeat(10_000)),
            format!("fn f() {{ {} {{}} }}", "if x {} else ".repeat(10_000)),
            format!("type T = {}u8{};", "Option<".repeat(10_000), ">".repeat(10_000)),
        ] {
            assert!(tokens(&deep).is_err_and(|(_, why)| why.contains("deeper")));
        }
        assert!(tokens("#!/usr/bin/env run\nfn f() {}").is_ok());
        assert!(tokens("\u{feff}#![allow(x)]\nfn f() {}").is_ok());
    }
}
