//! What a type accepts, in a few words.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Answer, TypeRow, Value};

/// The most values, or kinds, that an exception is shown with.
const MOST: usize = 9;

/// The answers of one type, by kinds of values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Kinds of which a value arrived; with `some` before it if others of the kind have a wrong type.
    pub accepts: Vec<String>,
    /// Kinds of which no value arrived.
    pub refuses: Vec<String>,
    /// Exceptions other than TypeError: the values that raised them, or the kinds of which no value arrived.
    pub raises: BTreeMap<String, Vec<String>>,
    /// Values that became another: the expression, and what it became.
    pub changes: Vec<(String, String)>,
}

/// Sorts the answers of a type.
#[must_use]
pub fn summary(row: &TypeRow, values: &[Value<'_>]) -> Summary {
    let mut found = Summary::default();
    let pairs: Vec<(&Value<'_>, &Answer)> = values.iter().zip(&row.answers).collect();
    let is_wrong_type = |answer: &Answer| matches!(answer, Answer::Raises { raises, .. } if raises == "TypeError");
    // The values of a kind follow each other.
    for group in pairs.chunk_by(|one, other| one.0.kind == other.0.kind) {
        let Some((Value { kind, .. }, _)) = group.first() else { continue };
        let has_arrived = group.iter().any(|(_, answer)| matches!(answer, Answer::Becomes { .. }));
        match (has_arrived, group.iter().any(|(_, answer)| is_wrong_type(answer))) {
            (true, false) => found.accepts.push((*kind).to_owned()),
            (true, true) => found.accepts.push(format!("some {kind}")),
            (false, _) => found.refuses.push((*kind).to_owned()),
        }
        for (value, answer) in group {
            match answer {
                Answer::Raises { raises, .. } if !is_wrong_type(answer) => {
                    let shown = if has_arrived { value.expression } else { kind };
                    let list = found.raises.entry(raises.clone()).or_default();
                    if list.last().is_none_or(|last| last != shown) {
                        list.push(shown.to_owned());
                    }
                }
                Answer::Becomes { becomes, is_equal: false, .. } => {
                    found.changes.push((value.expression.to_owned(), becomes.clone()));
                }
                _ => {}
            }
        }
    }
    found
}

impl Summary {
    /// The kinds that arrive: `bool, int, some list`.
    #[must_use]
    pub fn accepted(&self) -> String {
        let is_all = self.refuses.is_empty() && self.accepts.iter().all(|kind| !kind.starts_with("some "));
        if is_all { "anything".to_owned() } else { self.accepts.join(", ") }
    }

    /// What it raises besides TypeError: `OverflowError: 2**63, 2**64`. `show` has the last word on each value.
    #[must_use]
    pub fn raised(&self, show: &dyn Fn(&str) -> String) -> String {
        let one = |(exception, values): (&String, &Vec<String>)| {
            let (kinds, values): (Vec<&String>, Vec<&String>) =
                values.iter().partition(|value| self.refuses.contains(value));
            let more = values.len().saturating_sub(MOST);
            let mut shown: Vec<String> = values.into_iter().take(MOST).map(|value| show(value)).collect();
            if more > 0 {
                shown.push(format!("{more} more"));
            }
            match kinds.len() {
                0..=MOST => shown.extend(kinds.into_iter().cloned()),
                _ => shown.push("most that is not accepted".to_owned()),
            }
            format!("{exception}: {}", shown.join(", "))
        };
        self.raises.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn becomes(text: &str, is_equal: bool) -> Answer {
        Answer::Becomes { becomes: text.to_owned(), ty: "int".to_owned(), is_same: false, is_equal }
    }

    fn raises(exception: &str) -> Answer {
        Answer::Raises { raises: exception.to_owned(), message: String::new() }
    }

    #[test]
    fn kinds_are_accepted_refused_or_both() {
        let values = [("None", "None"), ("bool", "True"), ("int", "1"), ("int", "2**64"), ("str", "''")];
        let values: Vec<Value<'_>> = values.iter().map(|(kind, expression)| Value { kind, expression }).collect();
        let answers = vec![
            raises("TypeError"),
            becomes("1", false),
            becomes("1", true),
            raises("OverflowError"),
            raises("TypeError"),
        ];
        let found = summary(&TypeRow { answers, ..TypeRow::default() }, &values);
        assert_eq!(found.accepted(), "bool, int");
        assert_eq!(found.raised(&str::to_owned), "OverflowError: 2**64");
        assert_eq!(found.refuses, ["None", "str"]);
        assert_eq!(found.changes, [("True".to_owned(), "1".to_owned())]);
        let mixed = TypeRow { answers: vec![becomes("1", true), raises("TypeError")], ..TypeRow::default() };
        assert_eq!(summary(&mixed, &values[2..4]).accepted(), "some int");
        let all = TypeRow { answers: vec![becomes("None", true)], ..TypeRow::default() };
        assert_eq!(summary(&all, &values[..1]).accepted(), "anything");
    }
}
