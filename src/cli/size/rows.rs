//! Rows of a tree that fits 80 columns.

use monowheel_error::terminal::{Ink, TerminalText};
use monowheel_error::text;
use monowheel_error::text::{bytes, harmless};

/// Columns of a terminal.
pub(super) const WIDE: usize = 80;

/// Rows under a title; nothing without rows.
pub(super) struct List {
    text: TerminalText,
    title: &'static str,
    whole: u64,
    rows: usize,
    shown: usize,
    /// What is not shown: how many, and their bytes.
    beyond: (usize, u64),
}

impl List {
    /// None yet; `whole` is what their percentages are of.
    pub(super) fn new(title: &'static str, whole: u64, rows: usize) -> Self {
        Self { text: TerminalText::new(), title, whole, rows, shown: 0, beyond: (0, 0) }
    }

    /// Adds a row; `false` when it is one too many.
    pub(super) fn row(&mut self, size: u64, indent: usize, label: &str) -> bool {
        if self.shown == self.rows {
            self.beyond = (self.beyond.0 + 1, self.beyond.1.saturating_add(size));
            return false;
        }
        self.shown += 1;
        self.line(size, indent, label);
        true
    }

    /// Adds a row below the last, which does not count.
    pub(super) fn detail(&mut self, size: u64, label: &str) {
        self.line(size, 2, label);
    }

    fn line(&mut self, size: u64, indent: usize, label: &str) {
        let room = WIDE - 18 - indent;
        let label = fit(label, room);
        self.text += text!("{:>10} {:>5}  {:indent$}{}\n", bytes(size), percent(size, self.whole), "", label);
    }

    /// The title, the rows, and how many more there are.
    pub(super) fn finish(self) -> TerminalText {
        if self.shown == 0 {
            return TerminalText::new();
        }
        let text = text!("  {}\n", Ink::Faint.paint(self.title)) + self.text;
        if self.beyond.0 == 0 {
            return text;
        }
        let rest = text!("and {} more", self.beyond.0);
        text + text!(
            "{:>10} {:>5}  {}\n",
            bytes(self.beyond.1),
            percent(self.beyond.1, self.whole),
            Ink::Faint.paint(rest)
        )
    }
}

/// Of a hundred, rounded; what is less than one but not nothing is told.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let hundredths = (u128::from(part) * 200 + u128::from(whole)) / (u128::from(whole) * 2);
    if hundredths == 0 && part > 0 { "<1%".to_owned() } else { format!("{hundredths}%") }
}

/// The text in so many columns: where it is longer, its middle is left out. It is harmless.
pub(super) fn fit(text: &str, columns: usize) -> String {
    let safe = harmless(text);
    let long = safe.chars().count();
    if long <= columns {
        return safe.into_owned();
    }
    let kept = columns.saturating_sub(1);
    let before = kept * 2 / 3;
    let start: String = safe.chars().take(before).collect();
    let end: String = safe.chars().skip(long - (kept - before)).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_their_columns() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdefghij", 7), "abcd…ij");
        assert_eq!(fit("a\u{202e}b", 80), "a<U+202E>b");
        assert_eq!(fit(&"é".repeat(500), 20).chars().count(), 20);
    }

    #[test]
    fn parts_of_a_hundred() {
        let said = [(0, 10), (1, 1000), (5, 1000), (1, 3), (10, 10), (1, 0), (u64::MAX, u64::MAX)];
        let said = said.map(|(part, whole)| percent(part, whole));
        assert_eq!(said, ["0%", "<1%", "1%", "33%", "100%", "", "100%"]);
    }
}
