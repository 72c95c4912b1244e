//! Where a command prints: the only place that writes to stdout and stderr.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use monowheel_audit::report::document;
use monowheel_error::text::reason_lines;
use monowheel_error::{Error, Result};
use serde::Serialize;

use crate::cli::args::Color;

/// Errors.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What went well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// What deserves a look.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();
/// A name that stands above what is said of it.
pub(super) const TITLE: Style = Style::new().bold();
/// What may be passed over.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Both output streams, with or without colours.
pub struct Screen {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    is_terminal: bool,
    colours: [bool; 2],
    quiet: bool,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen")
            .field("is_terminal", &self.is_terminal)
            .field("quiet", &self.quiet)
            .finish_non_exhaustive()
    }
}

impl Screen {
    /// This process's streams.
    #[must_use]
    pub fn standard() -> Self {
        let wants = |choice| choice != ColorChoice::Never;
        Self {
            colours: [wants(AutoStream::choice(&std::io::stdout())), wants(AutoStream::choice(&std::io::stderr()))],
            out: Box::new(std::io::stdout()),
            err: Box::new(std::io::stderr()),
            is_terminal: std::io::stderr().is_terminal(),
            quiet: false,
        }
    }

    /// Two writers that are no terminal.
    #[must_use]
    pub fn of(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        Self { out, err, is_terminal: false, colours: [false; 2], quiet: false }
    }

    pub(super) fn choose(&mut self, color: Color, quiet: bool) {
        self.quiet = quiet;
        match color {
            Color::Auto => {}
            Color::Always => self.colours = [true; 2],
            Color::Never => self.colours = [false; 2],
        }
    }

    /// Whether lines may be drawn over.
    pub(super) const fn is_live(&self) -> bool {
        self.is_terminal && !self.quiet
    }

    /// Whether somebody can be asked: stderr shows the question, and stdin is a terminal too.
    pub(super) fn is_answered(&self) -> bool {
        self.is_terminal && std::io::stdin().is_terminal()
    }

    /// Whether only the result is wanted.
    pub(super) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether stderr shows colours.
    pub(super) const fn progress_colours(&self) -> bool {
        self.colours[1]
    }

    /// Prints to stdout. A reader that went away (`| head`) is no error of ours.
    pub(super) fn print(&mut self, text: impl Display) {
        let _ = write(&mut self.out, self.colours[0], &text.to_string());
    }

    /// Prints to stderr.
    pub(super) fn error(&mut self, text: impl Display) {
        let _ = write(&mut self.err, self.colours[1], &text.to_string());
    }

    /// Prints a line to stderr, unless only the result is wanted.
    pub(super) fn note(&mut self, text: &str) {
        if !self.quiet {
            self.error(format_args!("{text}\n"));
        }
    }

    /// Prints an error with its place and next step. Files, tools and servers have their names and words in it.
    pub(super) fn fail(&mut self, error: &Error) {
        let said = reason_lines(&error.to_string().replace('\t', "    ")).collect::<Vec<_>>().join("\n");
        self.error(format_args!("{BAD}error{BAD:#}: {said}\n"));
    }

    /// Prints machine output to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written: what a program reads has to be whole.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<()> {
        self.machine(&document(value))
    }

    /// Prints a document for programs to stdout as it is.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub(super) fn machine(&mut self, text: &str) -> Result<()> {
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }
}

fn write(stream: &mut Box<dyn Write + Send>, colours: bool, text: &str) -> std::io::Result<()> {
    if colours {
        stream.write_all(text.as_bytes())?;
    } else {
        stream.write_all(anstream::adapter::strip_str(text).to_string().as_bytes())?;
    }
    stream.flush()
}

/// A table without lines: words under headings.
pub(super) fn table(headings: &[&str]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_content_arrangement(comfy_table::ContentArrangement::Disabled);
    table.set_header(headings);
    table
}

/// A table as text, without the padding at both ends of its lines.
pub(super) fn lines(table: &comfy_table::Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line).trim_end())).collect()
}
