//! Places in a text as an editor counts them.

use std::ops::Range;

use gen_lsp_types::{Position, Range as Span};

/// What the editor counts in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what every editor knows.
    Utf16,
}

/// The lines of a text.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// The byte at which each line begins.
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str, encoding: Encoding) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts, encoding }
    }

    /// Where a byte is. One that is inside a character or behind the end counts as the next there is.
    pub(super) fn position(&self, byte: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let end = (byte.min(self.text.len())..=self.text.len()).find(|at| self.text.is_char_boundary(*at));
        let before = self.text.get(start..end.unwrap_or(start)).unwrap_or_default();
        let units = match self.encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.encode_utf16().count(),
        };
        Position { line: number(line), character: number(units) }
    }

    pub(super) fn span(&self, bytes: &Range<usize>) -> Span {
        Span { start: self.position(bytes.start), end: self.position(bytes.end) }
    }

    /// The bytes that a finding marks: the word at its line and column (from 1, in characters), or the rest of the
    /// line.
    pub(super) fn marked(&self, line: Option<u32>, column: Option<u32>) -> Range<usize> {
        let index = line.unwrap_or(1).saturating_sub(1) as usize;
        let Some(start) = self.starts.get(index).copied() else { return 0..0 };
        let rest = self.text.get(start..).unwrap_or_default();
        let rest = rest.lines().next().unwrap_or_default();
        let (skipped, rest) = match column {
            Some(column) => {
                let at = rest.char_indices().nth(column.saturating_sub(1) as usize).map_or(rest.len(), |(at, _)| at);
                (at, rest.get(at..).unwrap_or_default())
            }
            None => {
                let text = rest.trim_start();
                (rest.len() - text.len(), text)
            }
        };
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let length = if column.is_some() && word > 0 { word } else { rest.trim_end().len() };
        start + skipped..start + skipped + length
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "let é = \"🦀\"; // x\r\n\n    second.lock()\n";

    #[test]
    fn positions_count_what_the_editor_counts() {
        let crab = TEXT.find('🦀').unwrap_or_default();
        let after = Range { start: crab, end: crab + 4 };
        let utf16 = Lines::of(TEXT, Encoding::Utf16).span(&after);
        assert_eq!((utf16.start, utf16.end), (Position { line: 0, character: 9 }, Position { line: 0, character: 11 }));
        let utf8 = Lines::of(TEXT, Encoding::Utf8).span(&after);
        assert_eq!((utf8.start.character, utf8.end.character), (10, 14));
        // Behind the end, and within a character.
        assert_eq!(Lines::of(TEXT, Encoding::Utf8).position(9999).line, 3);
        assert_eq!(Lines::of("é", Encoding::Utf8).position(1), Position { line: 0, character: 2 });
    }

    #[test]
    fn a_finding_marks_a_word_or_a_line() {
        let lines = Lines::of(TEXT, Encoding::Utf8);
        let text = |line, column| &TEXT[lines.marked(line, column)];
        assert_eq!(text(Some(1), Some(5)), "é");
        assert_eq!(text(Some(3), Some(12)), "lock");
        assert_eq!(text(Some(3), None), "second.lock()");
        assert_eq!(text(Some(1), Some(9)), "\"🦀\"; // x");
        assert_eq!(text(Some(2), Some(40)), "");
        assert_eq!(text(Some(40), Some(1)), "");
        assert_eq!(text(None, None), "let é = \"🦀\"; // x");
    }
}
