//! The tables in Markdown.

use super::{Answer, Calls, Cost, Value, summary};

/// Changes that are written out of a type.
const MOST: usize = 3;

/// The table of arguments: what they accept, and their cost.
#[must_use]
pub fn arguments(calls: &Calls, values: &[Value<'_>]) -> String {
    let mut text = "| Rust | accepts | raises, besides TypeError | becomes another value | cost | in Python |\n\
                    | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for row in calls.types.iter().filter(|row| !row.answers.is_empty()) {
        let found = summary(row, values);
        let changes = few(found.changes.iter().map(|(from, to)| format!("{} → {}", code(from), code(to))));
        let control = row.control_is.as_deref().zip(row.control.as_ref());
        let control = control.map(|(expression, cost)| format!("{}: {}", code(expression), cost.words()));
        text += &line(&[
            code(&row.ty),
            prose(&found.accepted()),
            found.raised(&code),
            changes,
            row.argument.as_ref().map(Cost::words).unwrap_or_default(),
            control.unwrap_or_default(),
        ]);
    }
    text
}

/// The table of results: what they are in Python, and their cost.
#[must_use]
pub fn results(calls: &Calls) -> String {
    let mut text = "| Rust | Python | cost |\n| --- | --- | --- |\n".to_owned();
    for row in &calls.types {
        if let Some(returns) = &row.returns {
            let cost = row.result.as_ref().map(Cost::words).unwrap_or_default();
            text += &line(&[code(&row.ty), code(returns), cost]);
        }
    }
    text
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The first of them, and how many more there are.
fn few(all: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = all.collect();
    let more = all.len().saturating_sub(MOST);
    let mut shown = all.into_iter().take(MOST).collect::<Vec<_>>().join(", ");
    if more > 0 {
        shown += &format!(" and {more} more");
    }
    shown
}

/// As code in a cell. A backtick in it needs two around it, and blanks.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {} ``", cell(text)) } else { format!("`{}`", cell(text)) }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// As text in a cell: `__index__` is not bold.
fn prose(text: &str) -> String {
    cell(text).replace("__", "\\_\\_")
}

impl Answer {
    /// For people: the value, or the exception with its message.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Becomes { becomes, .. } => becomes.clone(),
            Self::Raises { raises, message } => format!("{raises}: {message}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TypeRow;
    use super::super::tests::row;
    use super::*;

    #[test]
    fn cells_stay_in_their_columns() {
        let answers = vec![
            Answer::Becomes { becomes: "1|2".to_owned(), ty: "str".to_owned(), is_same: false, is_equal: false },
            Answer::Raises { raises: "ValueError".to_owned(), message: String::new() },
        ];
        let of = TypeRow { answers, returns: Some("list".to_owned()), ..row("Vec<i64>", 0.0, 10.0) };
        let values = [("a", "x|y"), ("b", "`")].map(|(kind, expression)| Value { kind, expression });
        let calls = Calls { types: vec![of], empty: Some(40.0), ..Calls::default() };
        let text = arguments(&calls, &values);
        let expected = "| `Vec<i64>` | a | ValueError: b | `x\\|y` → `1\\|2` | 10 ns per item |  |\n";
        assert!(text.ends_with(expected), "{text}");
        assert!(results(&calls).ends_with("| `Vec<i64>` | `list` | 10 ns per item |\n"));
        assert_eq!(code("a`b"), "`` a`b ``");
    }
}
