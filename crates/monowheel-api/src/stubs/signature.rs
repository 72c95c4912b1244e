//! Names and signatures as Python can parse them.

use std::collections::BTreeSet;

use crate::surface::{Kind, Signature, is_identifier};

/// Words that cannot be names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];
/// The parts of `(a, b) -> c` between the commas of the outer brackets, and what is behind them.
pub(super) fn parameters(shown: &str) -> (Vec<&str>, &str) {
    let (mut depth, mut start, mut parts, mut quoted) = (0_u32, 1, Vec::new(), false);
    for (at, letter) in shown.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' => depth += 1,
            ')' if depth == 1 => {
                parts.extend(shown.get(start..at).map(str::trim));
                return (parts, shown.get(at + 1..).unwrap_or_default());
            }
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 1 => {
                parts.extend(shown.get(start..at).map(str::trim));
                start = at + 1;
            }
            _ => {}
        }
    }
    (parts, "")
}

/// A signature that Python can parse: a parameter whose name is a keyword is passed by position, and each name is there
/// once.
pub(super) fn written(signature: &Signature) -> Signature {
    let mut signature = signature.clone();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let last = signature.parameters.iter().rposition(|one| !is_name(&one.name) && one.kind.is_positional());
    for (index, one) in signature.parameters.iter_mut().enumerate() {
        if last.is_some_and(|last| index <= last) && one.kind == Kind::Either {
            one.kind = Kind::PositionalOnly;
        }
        if !is_name(&one.name) {
            one.name =
                format!("_{}", one.name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect::<String>());
        }
        while !seen.insert(one.name.clone()) {
            one.name.push('_');
        }
    }
    signature
}

/// Whether a text can be a name: other names can only be reached by `getattr`.
pub(super) fn is_name(name: &str) -> bool {
    is_identifier(name) && !KEYWORDS.contains(&name)
}
