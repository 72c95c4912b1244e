//! A map for a terminal: a row for each platform, a column for each interpreter. On a narrow terminal, neighbors with the
//! same cells share a column, and what is still too wide continues below.

use monowheel_error::terminal::{Ink, TerminalText};
use monowheel_error::text;

use crate::report::text::Text;

/// A cell: its text and its color.
pub type Cell = (String, Ink);

/// A map.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// The interpreters, such as `3.8` and `3.14t`.
    pub interpreters: Vec<String>,
    /// The least width of a column.
    pub least: usize,
    /// The platforms, each with a cell for every interpreter.
    pub rows: Vec<(String, Vec<Cell>)>,
}

/// A column: one interpreter, or neighbors with the same cells.
struct Column<'a> {
    first: &'a str,
    last: &'a str,
    /// The index of its cells.
    at: usize,
}

impl Column<'_> {
    fn title(&self) -> String {
        if self.first == self.last { self.first.to_owned() } else { format!("{}-{}", self.first, self.last) }
    }

    /// The kind of build, which a shared column does not mix: `t` for a free-threaded one.
    fn kind(&self) -> &str {
        self.last.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
    }
}

impl Grid {
    /// The map as lines of text.
    #[must_use]
    pub fn text(&self, how: Text) -> TerminalText {
        let names = self.interpreters.iter().enumerate();
        let columns: Vec<Column<'_>> = names.map(|(at, name)| Column { first: name, last: name, at }).collect();
        let Some(width) = how.width.filter(|width| self.width(&columns) > *width) else {
            return self.block(&columns, how);
        };
        let columns = self.merged(columns);
        let (mut blocks, mut rest) = (Vec::new(), &columns[..]);
        while !rest.is_empty() {
            let fits = (1..=rest.len()).rev().find(|number| self.width(&rest[..*number]) <= width).unwrap_or(1);
            blocks.push(self.block(&rest[..fits], how));
            rest = &rest[fits..];
        }
        TerminalText::joined(blocks, "\n")
    }

    fn merged<'a>(&self, columns: Vec<Column<'a>>) -> Vec<Column<'a>> {
        let is_same = |a: &Column<'_>, b: &Column<'_>| {
            a.kind() == b.kind() && self.rows.iter().all(|(_, cells)| cells.get(a.at) == cells.get(b.at))
        };
        let mut merged: Vec<Column<'a>> = Vec::new();
        for column in columns {
            match merged.last_mut() {
                Some(before) if is_same(before, &column) => before.last = column.last,
                _ => merged.push(column),
            }
        }
        merged
    }

    fn platforms(&self) -> usize {
        self.rows.iter().map(|(platform, _)| platform.chars().count()).max().unwrap_or(0)
    }

    fn column(&self, column: &Column<'_>) -> usize {
        column.title().chars().count().max(self.least)
    }

    fn width(&self, columns: &[Column<'_>]) -> usize {
        2 + self.platforms() + columns.iter().map(|column| 2 + self.column(column)).sum::<usize>()
    }

    fn block(&self, columns: &[Column<'_>], how: Text) -> TerminalText {
        let wide = self.platforms();
        let mut text = text!("  {:wide$}", "");
        for column in columns {
            let width = self.column(column);
            text += text!("  {:>width$}", column.title());
        }
        text = text.trimmed().line();
        for (platform, cells) in &self.rows {
            text += text!("  {:wide$}", platform);
            for column in columns {
                let width = self.column(column);
                let (cell, ink) = cells.get(column.at).map_or(("", Ink::Faint), |(cell, ink)| (cell.as_str(), *ink));
                text += text!("  {}", how.paint(ink, text!("{:>width$}", cell)));
            }
            text += text!("\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let normal = (8..=15).map(|minor| format!("3.{minor}"));
        let interpreters: Vec<String> = normal.chain(["3.14t".to_owned(), "3.15t".to_owned()]).collect();
        let row = |platform: &str, cells: [&str; 10]| {
            (platform.to_owned(), cells.map(|cell| (cell.to_owned(), Ink::Good)).to_vec())
        };
        let rows = vec![
            row("manylinux_2_17_x86_64", ["1", "1", "1", "1", "1", "1", "1", "2", "-", "2"]),
            row("win_amd64", ["3", "3", "3", "3", "3", "3", "3", "4", "-", "4"]),
        ];
        Grid { interpreters, least: 4, rows }
    }

    fn plain(width: Option<usize>) -> String {
        grid().text(Text { width, ..Text::default() }).plain().into_owned()
    }

    #[test]
    fn a_narrow_map_joins_neighbors_that_are_the_same() {
        insta::assert_snapshot!(plain(None), @r"
                                  3.8   3.9  3.10  3.11  3.12  3.13  3.14  3.15  3.14t  3.15t
          manylinux_2_17_x86_64     1     1     1     1     1     1     1     2      -      2
          win_amd64                 3     3     3     3     3     3     3     4      -      4
        ");
        insta::assert_snapshot!(plain(Some(80)), @r"
                                 3.8-3.14  3.15  3.14t  3.15t
          manylinux_2_17_x86_64         1     2      -      2
          win_amd64                     3     4      -      4
        ");
    }

    #[test]
    fn what_does_not_fit_continues_below() {
        insta::assert_snapshot!(plain(Some(40)), @r"
                                 3.8-3.14  3.15
          manylinux_2_17_x86_64         1     2
          win_amd64                     3     4

                                 3.14t  3.15t
          manylinux_2_17_x86_64      -      2
          win_amd64                  -      4
        ");
    }
}
