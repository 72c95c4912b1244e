//! The tables in Markdown.

use super::{Answer, Calls, Value, summary};

/// Exceptions and changes that are written out of a type.
const MOST: usize = 4;

/// The tables of what types accept, and of what they cost.
#[must_use]
pub fn tables(calls: &Calls, values: &[Value<'_>]) -> String {
    let mut text = "| Rust | accepts | raises, besides TypeError | becomes another value |\n| --- | --- | --- | --- |\n".to_owned();
    for row in calls.types.iter().filter(|row| !row.answers.is_empty()) {
        let found = summary(row, values);
        let changes = few(found.changes.iter().map(|(from, to)| format!("{} → {}", code(from), code(to))));
        let raises = found.raises.iter().map(|(exception, values)| {
            format!("{}: {}", code(exception), few(values.iter().map(|value| code(value))))
        });
        let raises = raises.collect::<Vec<_>>().join("; ");
        text += &format!("| {} | {} | {raises} | {changes} |\n", code(&row.ty), cell(&found.accepted()));
    }
    if calls.empty.is_none() {
        return text;
    }
    text += "\n| Rust | argument | result | is | in Python |\n| --- | --- | --- | --- | --- |\n";
    for row in &calls.types {
        let cost = |cost: &Option<super::Cost>| cost.as_ref().map(super::Cost::words).unwrap_or_default();
        let control = match &row.control_is {
            Some(expression) => format!("{}: {}", code(expression), cost(&row.control)),
            None => String::new(),
        };
        let returns = row.returns.as_deref().map(code).unwrap_or_default();
        text += &format!(
            "| {} | {} | {} | {returns} | {control} |\n",
            code(&row.ty),
            cost(&row.argument),
            cost(&row.result)
        );
    }
    text
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
    use super::super::tests::row;
    use super::*;

    #[test]
    fn cells_stay_in_their_columns() {
        let answers = vec![
            Answer::Becomes { becomes: "1|2".to_owned(), ty: "str".to_owned(), is_same: false },
            Answer::Raises { raises: "ValueError".to_owned(), message: String::new() },
        ];
        let of = super::super::TypeRow { answers, ..row("Vec<i64>", 0.0, 10.0) };
        let values = [("a", "x|y"), ("b", "`")].map(|(kind, expression)| Value { kind, expression });
        let calls = Calls { types: vec![of], empty: Some(40.0), ..Calls::default() };
        let text = tables(&calls, &values);
        assert!(text.contains("| `Vec<i64>` | a | `ValueError`: `` ` `` | `x\\|y` → `1\\|2` |"), "{text}");
        assert!(text.contains("| `Vec<i64>` | 0 ns + 10 ns per item |"), "{text}");
    }
}
