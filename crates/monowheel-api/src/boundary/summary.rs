//! What a type accepts, in a few words.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Answer, TypeRow, Value};

/// The answers of one type, by kinds of values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Kinds of which every value arrived.
    pub accepts: Vec<String>,
    /// Kinds of which some values arrived.
    pub some: Vec<String>,
    /// Kinds of which no value arrived.
    pub refuses: Vec<String>,
    /// Exceptions other than those for a wrong type, and the values that raised them.
    pub raises: Vec<(String, Vec<String>)>,
    /// Values that arrived as another value or type of a kind that is accepted: expression, what it became.
    pub changes: Vec<(String, String)>,
}

/// Sorts the answers of a type.
#[must_use]
pub fn summary(row: &TypeRow, values: &[Value<'_>]) -> Summary {
    let mut found = Summary::default();
    // In the order of the table.
    let mut kinds: Vec<(&str, usize, usize)> = Vec::new();
    let mut raises: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (value, answer) in values.iter().zip(&row.answers) {
        if kinds.last().is_none_or(|last| last.0 != value.kind) {
            kinds.push((value.kind, 0, 0));
        }
        if let Some((_, all, arrived)) = kinds.last_mut() {
            *all += 1;
            *arrived += usize::from(matches!(answer, Answer::Becomes { .. }));
        }
        match answer {
            Answer::Raises { raises: exception, .. } if exception != "TypeError" => {
                raises.entry(exception).or_default().push(value.expression.to_owned());
            }
            Answer::Becomes { becomes, is_same: false, .. } => {
                found.changes.push((value.expression.to_owned(), becomes.clone()));
            }
            _ => {}
        }
    }
    for (kind, all, arrived) in kinds {
        let list = match arrived {
            0 => &mut found.refuses,
            some if some < all => &mut found.some,
            _ => &mut found.accepts,
        };
        list.push(kind.to_owned());
    }
    found.raises = raises.into_iter().map(|(exception, values)| (exception.to_owned(), values)).collect();
    found
}

impl Summary {
    /// The kinds that arrive: `bool, int, some float`.
    #[must_use]
    pub fn accepted(&self) -> String {
        if self.refuses.is_empty() && self.some.is_empty() {
            return "anything".to_owned();
        }
        let some = self.some.iter().map(|kind| format!("some {kind}"));
        self.accepts.iter().cloned().chain(some).collect::<Vec<_>>().join(", ")
    }

    /// What it raises besides TypeError: `OverflowError: 2**63, 2**64`.
    #[must_use]
    pub fn raised(&self) -> String {
        let one = |(exception, values): &(String, Vec<String>)| format!("{exception}: {}", values.join(", "));
        self.raises.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn becomes(text: &str, is_same: bool) -> Answer {
        Answer::Becomes { becomes: text.to_owned(), ty: "int".to_owned(), is_same }
    }

    fn raises(exception: &str) -> Answer {
        Answer::Raises { raises: exception.to_owned(), message: String::new() }
    }

    #[test]
    fn kinds_are_accepted_refused_or_both() {
        let values = [("None", "None"), ("bool", "True"), ("int", "1"), ("int", "2**64"), ("str", "''")];
        let values: Vec<Value<'_>> =
            values.iter().map(|(kind, expression)| Value { kind, expression }).collect();
        let answers = vec![
            raises("TypeError"),
            becomes("1", false),
            becomes("1", true),
            raises("OverflowError"),
            raises("TypeError"),
        ];
        let found = summary(&TypeRow { answers, ..TypeRow::default() }, &values);
        assert_eq!(found.accepted(), "bool, some int");
        assert_eq!(found.raised(), "OverflowError: 2**64");
        assert_eq!(found.refuses, ["None", "str"]);
        assert_eq!(found.changes, [("True".to_owned(), "1".to_owned())]);
        let all = TypeRow { answers: vec![becomes("None", true)], ..TypeRow::default() };
        assert_eq!(summary(&all, &values[..1]).accepted(), "anything");
    }
}
