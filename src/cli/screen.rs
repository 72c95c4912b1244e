//! Where a command prints: the only place that writes to stdout and stderr.

use std::borrow::Cow;
use std::io::{ErrorKind as Io, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use clap::builder::StyledStr;
use monowheel_audit::report::{Text, document};
use monowheel_error::terminal::{Ink, TerminalText, lines, without_commands};
use monowheel_error::{Error, ErrorKind, Result, text};
use monowheel_system::standard_streams;
use serde::Serialize;
use terminal_size::{Width, terminal_size_of};

use crate::cli::args::Color;

/// Errors.
pub(super) const BAD: Ink = Ink::Bad;
/// What went well.
pub(super) const GOOD: Ink = Ink::Good;
/// Warnings.
pub(super) const WARN: Ink = Ink::Warn;
/// Headings.
pub(super) const TITLE: Ink = Ink::Strong;
/// Less important text.
pub(super) const FAINT: Ink = Ink::Faint;

/// A stream, whether it shows colors and links, and whether a runner of GitHub Actions reads it.
struct Stream {
    to: Box<dyn Write + Send>,
    colours: bool,
    links: bool,
    is_obeyed: bool,
}

impl Stream {
    fn text(&mut self, text: &TerminalText) -> std::io::Result<()> {
        let shown = match (self.colours, self.links) {
            (true, true) => Cow::Borrowed(text.as_str()),
            (true, false) => text.without_links(),
            (false, _) => text.plain(),
        };
        let shown = if self.is_obeyed { without_commands(&shown) } else { shown };
        self.as_it_is(&shown)
    }

    fn as_it_is(&mut self, text: &str) -> std::io::Result<()> {
        self.to.write_all(text.as_bytes())?;
        self.to.flush()
    }
}

/// A stdout that was closed before this process began.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("it is closed"))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Stderr, for progress while a command runs.
#[derive(Clone)]
pub(super) struct Notes {
    stream: Arc<Mutex<Stream>>,
    quiet: bool,
}

impl Notes {
    /// Prints a line, unless only the result is wanted.
    pub(super) fn line(&self, text: TerminalText) {
        if !self.quiet {
            self.print(&text.line());
        }
    }

    fn print(&self, text: &TerminalText) {
        // If stderr cannot be written, there is nowhere to report it.
        let _ = self.stream.lock().unwrap_or_else(PoisonError::into_inner).text(text);
    }

    fn has_colours(&self) -> bool {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).colours
    }
}

/// Both output streams, with or without colors.
pub struct Screen {
    out: Stream,
    notes: Notes,
    is_terminal: bool,
    /// The columns of stdout, if it is a terminal.
    width: Option<usize>,
    /// The columns of stderr, if it is one.
    live_width: Option<usize>,
    /// Why stdout could not be written, the first time.
    failed: Option<std::io::Error>,
    /// Whether a document for programs was printed: there is one a run.
    has_document: bool,
    /// What was printed, where somebody wants it again.
    record: Option<String>,
    /// The request for a command that is written in Python; `None` where there is no Python to run it.
    for_python: Option<Option<String>>,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen")
            .field("is_terminal", &self.is_terminal)
            .field("quiet", &self.notes.quiet)
            .finish_non_exhaustive()
    }
}

impl Screen {
    /// This process's streams.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the only place that uses them")]
    pub fn standard() -> Self {
        let wants = |choice| choice != ColorChoice::Never;
        let out: Box<dyn Write + Send> =
            if standard_streams::fill() { Box::new(Closed) } else { Box::new(std::io::stdout()) };
        let mut screen = Self::of(out, Box::new(std::io::stderr()));
        screen.is_terminal = std::io::stderr().is_terminal();
        (screen.width, screen.live_width) = (columns(std::io::stdout()), columns(std::io::stderr()));
        let colours = [wants(AutoStream::choice(&std::io::stdout())), wants(AutoStream::choice(&std::io::stderr()))];
        screen.colour(colours);
        screen.out.links = supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
        if std::env::var_os("GITHUB_ACTIONS").is_some_and(|is| is == "true") { screen.obeyed() } else { screen }
    }

    /// Two writers that are not terminals.
    #[must_use]
    pub fn of(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        let stream = |to| Stream { to, colours: false, links: false, is_obeyed: false };
        let notes = Notes { stream: Arc::new(Mutex::new(stream(err))), quiet: false };
        Self {
            out: stream(out),
            notes,
            is_terminal: false,
            width: None,
            live_width: None,
            failed: None,
            has_document: false,
            record: None,
            for_python: None,
        }
    }

    /// The same, for a caller that runs commands written in Python ([`handed_over`](Self::handed_over)).
    #[must_use]
    pub fn with_python(mut self) -> Self {
        self.for_python = Some(None);
        self
    }

    /// Leaves the rest of the command to Python, which gets this request.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] where there is no Python to run it.
    pub(super) fn hand_over(&mut self, request: &impl Serialize) -> Result<()> {
        let Some(slot) = &mut self.for_python else {
            return Err(Error::new(ErrorKind::Usage, "this command runs only as a command of its own")
                .next("call the `monowheel` command in a terminal or as a child process"));
        };
        *slot = Some(document(request));
        Ok(())
    }

    /// The request that a command left to Python.
    pub fn handed_over(&mut self) -> Option<String> {
        self.for_python.as_mut()?.take()
    }

    /// The same, read by a runner of GitHub Actions: no line of text may be a workflow command. Machine output is kept.
    #[must_use]
    pub fn obeyed(mut self) -> Self {
        self.out.is_obeyed = true;
        self.err(|err| err.is_obeyed = true);
        self
    }

    pub(super) fn choose(&mut self, color: Color, quiet: bool) {
        self.notes.quiet = quiet;
        match color {
            Color::Auto => {}
            Color::Always => self.colour([true; 2]),
            Color::Never => self.colour([false; 2]),
        }
    }

    fn colour(&mut self, [out, err]: [bool; 2]) {
        self.out.colours = out;
        self.err(|stream| stream.colours = err);
    }

    fn err(&self, change: impl FnOnce(&mut Stream)) {
        change(&mut self.notes.stream.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether lines may be redrawn.
    pub(super) const fn is_live(&self) -> bool {
        self.is_terminal && !self.notes.quiet
    }

    /// The number of columns to fit text in. None where stdout is a file or a pipe: its lines keep their length.
    pub(super) const fn width(&self) -> Option<usize> {
        self.width
    }

    /// The number of columns for lines that are redrawn.
    pub(super) const fn live_width(&self) -> Option<usize> {
        self.live_width
    }

    /// How a report is shown on stdout.
    pub(super) fn report(&self, details: bool) -> Text {
        Text { colours: true, details, width: self.width, ..Text::default() }
    }

    /// Whether the user can be asked: both stderr and stdin are terminals.
    pub(super) fn is_answered(&self) -> bool {
        self.is_terminal && std::io::stdin().is_terminal()
    }

    /// Whether only the result is wanted.
    pub(super) const fn is_quiet(&self) -> bool {
        self.notes.quiet
    }

    /// Whether stderr shows colors.
    pub(super) fn progress_colours(&self) -> bool {
        self.notes.has_colours()
    }

    /// A handle to stderr, to print lines while this screen is borrowed elsewhere.
    pub(super) fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// Prints to stdout. A failure is kept for [`failure`](Self::failure).
    pub(super) fn print(&mut self, text: TerminalText) {
        if let Some(record) = &mut self.record {
            record.push_str(&text.plain());
        }
        if let Err(error) = self.out.text(&text) {
            self.failed.get_or_insert(error);
        }
    }

    /// Prints to stderr.
    pub(super) fn error(&self, text: TerminalText) {
        self.notes.print(&text);
    }

    /// Prints a line to stderr, unless only the result is wanted.
    pub(super) fn note(&self, text: TerminalText) {
        self.notes.line(text);
    }

    /// Prints an error with its place and next step.
    pub(super) fn fail(&self, error: &Error) {
        self.error(text!("{}: {}\n", BAD.paint("error"), lines(&error.to_string())));
    }

    /// Prints machine output to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written: machine output has to be complete. A closed pipe is not an error.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<()> {
        self.machine(&document(value))
    }

    /// Prints a document for programs to stdout as it is.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub(super) fn machine(&mut self, text: &str) -> Result<()> {
        self.has_document = true;
        match self.out.as_it_is(text) {
            Err(error) if error.kind() != Io::BrokenPipe => Err(unwritten(&error)),
            _ => Ok(()),
        }
    }

    /// Prints the document of an error to stdout, unless the result is there: a program reads one. Where it cannot be
    /// written, stderr has the error all the same.
    pub(super) fn explain(&mut self, error: &impl Serialize) {
        if !self.has_document {
            let _ = self.json(error);
        }
    }

    /// Keeps what is printed to stdout from now on.
    pub(super) fn record(&mut self) {
        self.record = Some(String::new());
    }

    /// What was printed since [`record`](Self::record); `None` if that was nothing.
    pub(super) fn recorded(&mut self) -> Option<String> {
        self.record.take().filter(|text| !text.is_empty())
    }

    /// Prints clap's message about the command line to stdout or stderr. Words of the user in it must be escaped.
    pub(super) fn usage(&mut self, said: &StyledStr, is_error: bool) {
        let said = said.ansi().to_string();
        let print = |stream: &mut Stream| {
            let shown = if stream.colours { said } else { anstream::adapter::strip_str(&said).to_string() };
            stream.as_it_is(&if stream.is_obeyed { without_commands(&shown) } else { Cow::Borrowed(&*shown) })
        };
        if is_error {
            self.err(|err| drop(print(err)));
        } else if let Err(error) = print(&mut self.out) {
            self.failed.get_or_insert(error);
        }
    }

    /// Why printing to stdout failed. A closed pipe (`| head`) is not an error.
    pub(super) fn failure(&mut self) -> Option<Error> {
        self.failed.take().filter(|error| error.kind() != Io::BrokenPipe).map(|error| unwritten(&error))
    }
}

/// The width of a stream that is a terminal.
#[cfg(unix)]
fn columns(stream: impl std::os::fd::AsFd) -> Option<usize> {
    terminal_size_of(stream).map(|(Width(columns), _)| usize::from(columns))
}

/// The width of a stream that is a terminal.
#[cfg(windows)]
fn columns(stream: impl std::os::windows::io::AsHandle) -> Option<usize> {
    terminal_size_of(stream).map(|(Width(columns), _)| usize::from(columns))
}

fn unwritten(error: &std::io::Error) -> Error {
    let next = match error.kind() {
        Io::StorageFull | Io::QuotaExceeded => "free some space on that disk and run the command again",
        _ => "check what stdout is redirected to, or print to the terminal",
    };
    Error::new(ErrorKind::Io, format!("stdout could not be written: {error}")).next(next)
}
