//! Default values in Rust → in Python, as `PyO3` writes them into a text signature: `...` for all that only a run shows.

use syn::{Expr, ExprLit, Lit, UnOp};

/// The text of the value in Python.
pub(super) fn in_python(expr: &Expr) -> String {
    known(expr).unwrap_or_else(|| "...".to_owned())
}

fn known(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => literal(lit),
        Expr::Path(path) if path.path.is_ident("None") => Some("None".to_owned()),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Some(format!("-{}", known(&unary.expr)?)),
        Expr::Paren(inner) => known(&inner.expr),
        Expr::Group(inner) => known(&inner.expr),
        Expr::Tuple(tuple) => {
            let parts: Vec<String> = tuple.elems.iter().map(known).collect::<Option<_>>()?;
            let comma = if parts.len() == 1 { "," } else { "" };
            Some(format!("({}{comma})", parts.join(", ")))
        }
        Expr::Array(array) => {
            let parts: Vec<String> = array.elems.iter().map(known).collect::<Option<_>>()?;
            Some(format!("[{}]", parts.join(", ")))
        }
        // `Some(1)`, `"x".to_string()`, `String::from("x")`, `"x".into()` have the value of what is in them.
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return None };
            let name = path.path.segments.last()?.ident.to_string();
            let argument = call.args.first().filter(|_| call.args.len() == 1)?;
            matches!(name.as_str(), "Some" | "from").then(|| known(argument))?
        }
        Expr::MethodCall(call) if call.args.is_empty() => {
            let name = call.method.to_string();
            matches!(name.as_str(), "to_string" | "to_owned" | "into").then(|| known(&call.receiver))?
        }
        _ => None,
    }
}

fn literal(literal: &Lit) -> Option<String> {
    Some(match literal {
        Lit::Str(text) => quoted(&text.value()),
        Lit::Char(character) => quoted(&character.value().to_string()),
        Lit::Bool(value) => if value.value { "True" } else { "False" }.to_owned(),
        Lit::Int(number) => number.base10_digits().to_owned(),
        Lit::Float(number) => number.base10_digits().to_owned(),
        Lit::Byte(byte) => byte.value().to_string(),
        _ => return None,
    })
}

/// A string as Python's `repr` shows it, with double quotes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if other.is_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(other))),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_the_source_shows() {
        let python = |rust: &str| syn::parse_str::<Expr>(rust).map(|expr| in_python(&expr)).unwrap_or_default();
        for (rust, expected) in [
            ("None", "None"),
            ("Some(3)", "3"),
            ("true", "True"),
            ("-1_000i64", "-1000"),
            ("1.5", "1.5"),
            ("\"a\\\"b\".to_string()", "\"a\\\"b\""),
            ("String::from(\"x\")", "\"x\""),
            ("'c'", "\"c\""),
            ("(1, 2)", "(1, 2)"),
            ("Vec::new()", "..."),
            ("LIMIT", "..."),
            ("f(1)", "..."),
        ] {
            assert_eq!(python(rust), expected, "{rust}");
        }
    }
}
