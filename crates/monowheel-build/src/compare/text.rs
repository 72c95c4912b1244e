//! Texts, line by line.

use monowheel_error::text::count;

use crate::compare::Kind;
use crate::compare::found::Found;

/// The number of characters of a line that are shown.
const SHOWN: usize = 100;
/// Lines that are paired individually; beyond that, the texts are too different.
const PAIRED: usize = 10_000;

/// Reports the lines that differ.
pub(super) fn compare(a: &str, b: &str, kind: Kind, found: &mut Found) {
    each_line(a, b, kind, found, |found, number, a, b| {
        let (a, b) = shown(a, b);
        found.add_in(kind, &format!("line {number}"), format!("line {number} is `{a}` in A and `{b}` in B"));
    });
}

/// Calls `pair` for every line (its number in A, from 1) that has a counterpart, and adds the others itself.
pub(super) fn each_line(
    a: &str,
    b: &str,
    kind: Kind,
    found: &mut Found,
    mut pair: impl FnMut(&mut Found, usize, &str, &str),
) {
    if a != b && lines(a).eq(lines(b)) {
        let carriage = |text: &str| if text.contains('\r') { "CR LF" } else { "LF" };
        let (a, b) = (carriage(a), carriage(b));
        let cause = if a == b {
            "only its line endings differ (LF and CR LF)".to_owned()
        } else {
            format!("only its line endings differ: {a} in A and {b} in B")
        };
        found.add(kind, cause);
        return;
    }
    let (left, right): (Vec<&str>, Vec<&str>) = (a.split('\n').collect(), b.split('\n').collect());
    let head = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let least = left.len().min(right.len()) - head;
    let tail = left.iter().rev().zip(right.iter().rev()).take(least).take_while(|(a, b)| a == b).count();
    let left = left.get(head..left.len() - tail).unwrap_or_default();
    let right = right.get(head..right.len() - tail).unwrap_or_default();
    let from = head + 1;
    if left.len() == right.len() && left.len() <= PAIRED {
        for (index, (a, b)) in left.iter().zip(right).enumerate().filter(|(_, (a, b))| a != b) {
            pair(found, from + index, a, b);
        }
        return;
    }
    let (mut left_sorted, mut right_sorted) = (left.to_vec(), right.to_vec());
    left_sorted.sort_unstable();
    right_sorted.sort_unstable();
    let part = format!("line {from}");
    if left_sorted == right_sorted {
        found.add_in(kind, &part, format!("from line {from} on, the same lines are in a different order"));
        return;
    }
    let first = |lines: &[&str]| lines.first().map_or_else(String::new, |line| shown(line, "").0);
    let cause = match (left.len(), right.len()) {
        (lines, 0) => format!("{} only in A from line {from} on: `{}`", count(lines, "line"), first(left)),
        (0, lines) => format!("{} only in B from line {from} on: `{}`", count(lines, "line"), first(right)),
        (a, b) => format!(
            "from line {from} on, {} in A and {b} in B: `{}` and `{}`",
            count(a, "line"),
            first(left),
            first(right)
        ),
    };
    found.add_in(kind, &part, cause);
}

/// The lines, with any line ending.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// Both texts, shortened for display, with the place where they differ.
pub(super) fn shown(a: &str, b: &str) -> (String, String) {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    // A third of the shown text is before that place.
    let skip = if a.chars().count().max(b.chars().count()) <= SHOWN { 0 } else { same.saturating_sub(SHOWN / 3) };
    let cut = |text: &str| {
        let mut part: String = text.chars().skip(skip).take(SHOWN).collect();
        if skip > 0 {
            part.insert(0, '…');
        }
        if text.chars().count() > skip + SHOWN {
            part.push('…');
        }
        part
    };
    (cut(a), cut(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_where_they_part() {
        let a = format!("{}one{}", "x".repeat(500), "y".repeat(500));
        let b = format!("{}two{}", "x".repeat(500), "y".repeat(500));
        let (a, b) = shown(&a, &b);
        assert!(a.starts_with("…x") && a.contains("one") && a.ends_with("y…"), "{a}");
        assert!(b.contains("two"));
        assert_eq!(shown("a", "b"), ("a".to_owned(), "b".to_owned()));
    }
}
