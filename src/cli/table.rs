//! Tables. On a terminal they fit its width, and say what they leave out for that.

use std::ops::Range;

use monowheel_error::terminal::{Shown, TerminalText};
use monowheel_error::text;
use monowheel_error::wrapping::wrapped;

use crate::cli::screen::FAINT;

/// Blanks between two columns.
const GAP: usize = 2;

/// A table without borders: cells under headings.
pub(super) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    right: Range<usize>,
    /// The columns whose cells may be broken into lines, each with its least width.
    wrapping: Vec<(usize, usize)>,
    /// The columns that may be left out, the least important first.
    optional: &'static [usize],
}

/// A column that is shown, and its width.
type Shape = (usize, usize);

impl Table {
    /// An empty one.
    pub(super) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new(), right: 0..0, wrapping: Vec::new(), optional: &[] }
    }

    /// Aligns these columns to the right.
    pub(super) fn right(mut self, columns: Range<usize>) -> Self {
        self.right = columns;
        self
    }

    /// In a table that is too wide, breaks the cells of this column into lines, not narrower than `least`. An earlier
    /// call has precedence.
    pub(super) fn wrap(mut self, column: usize, least: usize) -> Self {
        self.wrapping.push((column, least));
        self
    }

    /// In a table that is too wide all the same, leaves out these columns, one after the other.
    pub(super) const fn optional(mut self, columns: &'static [usize]) -> Self {
        self.optional = columns;
        self
    }

    /// Adds a row; every cell is escaped.
    pub(super) fn row<const N: usize>(&mut self, cells: [&dyn Shown; N]) {
        self.rows.push(cells.iter().map(|cell| text!("{}", **cell).plain().into_owned()).collect());
    }

    /// Its lines, at most `width` characters long; at their natural length without a width.
    pub(super) fn text(&self, width: Option<usize>) -> TerminalText {
        let all = 0..self.headings.len();
        let Some(width) = width else { return self.lines(&all.map(|column| (column, usize::MAX)).collect::<Vec<_>>()) };
        let shapes = self.fitted(width);
        let is_left_out = |column: &usize| shapes.iter().all(|(shown, _)| shown != column);
        let left_out: Vec<&str> = all.filter(is_left_out).map(|column| self.headings[column]).collect();
        let text = self.lines(&shapes);
        if left_out.is_empty() {
            return text;
        }
        let note = format!("not shown in {width} columns: {} (use a wider terminal, or --json)", left_out.join(", "));
        text + wrapped(&note, width).iter().map(|line| FAINT.paint(line).line()).collect()
    }

    /// The columns and widths with which the table fits, as far as it can.
    fn fitted(&self, width: usize) -> Vec<Shape> {
        let natural: Vec<usize> = (0..self.headings.len()).map(|column| self.natural(column)).collect();
        let least = |column: usize| {
            let least =
                self.wrapping.iter().find(|(wraps, _)| *wraps == column).map_or(usize::MAX, |(_, least)| *least);
            natural[column].min(least.max(self.headings[column].len()))
        };
        let total = |shown: &[usize]| {
            shown.iter().map(|column| least(*column)).sum::<usize>() + GAP * shown.len().saturating_sub(1)
        };
        let mut shown: Vec<usize> = (0..self.headings.len()).collect();
        for optional in self.optional {
            if total(&shown) <= width {
                break;
            }
            shown.retain(|column| column != optional);
        }
        // The rest of the line is for the columns that were narrowed.
        let mut spare = width.saturating_sub(total(&shown));
        let mut widths: Vec<usize> = (0..self.headings.len()).map(least).collect();
        for (column, _) in self.wrapping.iter().filter(|(column, _)| shown.contains(column)) {
            let more = spare.min(natural[*column] - widths[*column]);
            widths[*column] += more;
            spare -= more;
        }
        shown.into_iter().map(|column| (column, widths[column])).collect()
    }

    /// The width of the longest cell.
    fn natural(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([self.headings[column].len()]).max().unwrap_or(0)
    }

    /// The lines, without the padding at both ends of them.
    fn lines(&self, shapes: &[Shape]) -> TerminalText {
        let mut table = comfy_table::Table::new();
        table
            .load_preset(comfy_table::presets::NOTHING)
            .set_content_arrangement(comfy_table::ContentArrangement::Disabled);
        table.set_header(shapes.iter().map(|(column, _)| self.headings[*column]));
        for (at, (column, _)) in shapes.iter().enumerate() {
            if let Some(shown) = table.column_mut(at).filter(|_| self.right.contains(column)) {
                shown.set_cell_alignment(comfy_table::CellAlignment::Right);
            }
        }
        for row in &self.rows {
            let cell = |(column, width): &Shape| match row.get(*column) {
                Some(cell) if cell.chars().count() > *width => wrapped(cell, *width).join("\n"),
                cell => cell.cloned().unwrap_or_default(),
            };
            table.add_row(shapes.iter().map(cell));
        }
        let lines = table.to_string();
        lines.lines().map(|line| text!("{}\n", line.strip_prefix(' ').unwrap_or(line).trim_end())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table =
            Table::new(&["target", "seconds", "rust target", "wheel tag"]).right(1..2).wrap(3, 24).optional(&[2, 1, 3]);
        let tag = "cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64";
        table.row([&"manylinux_2_17_x86_64", &"1.5", &"x86_64-unknown-linux-gnu", &tag]);
        table.row([&"win_amd64", &"12.0", &"x86_64-pc-windows-gnullvm", &"cp38-abi3-win_amd64"]);
        table
    }

    fn plain(width: Option<usize>) -> String {
        table().text(width).plain().into_owned()
    }

    #[test]
    fn without_a_width_nothing_is_broken() {
        insta::assert_snapshot!(plain(None), @r"
        target                 seconds  rust target                wheel tag
        manylinux_2_17_x86_64      1.5  x86_64-unknown-linux-gnu   cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64
        win_amd64                 12.0  x86_64-pc-windows-gnullvm  cp38-abi3-win_amd64
        ");
        assert_eq!(plain(Some(200)), plain(None));
    }

    #[test]
    fn names_are_broken_before_a_column_is_left_out() {
        insta::assert_snapshot!(plain(Some(100)), @r"
        target                 seconds  rust target                wheel tag
        manylinux_2_17_x86_64      1.5  x86_64-unknown-linux-gnu   cp38-abi3-manylinux_2_17_x86_64.
                                                                   manylinux2014_x86_64
        win_amd64                 12.0  x86_64-pc-windows-gnullvm  cp38-abi3-win_amd64
        ");
    }

    #[test]
    fn what_is_left_out_is_said() {
        insta::assert_snapshot!(plain(Some(40)), @r"
        target
        manylinux_2_17_x86_64
        win_amd64
        not shown in 40 columns: seconds, rust
        target, wheel tag (use a wider terminal,
        or --json)
        ");
    }

    #[test]
    fn every_width_is_kept_as_long_as_a_column_can_go() {
        for width in 21..120 {
            let text = plain(Some(width));
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}\n{text}");
        }
    }
}
