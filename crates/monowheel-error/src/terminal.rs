//! Text for a terminal, in which no name from a file, a server or a tool can affect the terminal.
//!
//! Write it with [`text!`](crate::text!). Its format string is a literal; every argument is escaped with
//! [`harmless`], unless the argument is a [`TerminalText`] itself. `Screen`, which prints, accepts nothing else:
//! so the escape cannot be forgotten.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Add, AddAssign};

use crate::text::harmless;

/// Text under construction: its colors and line breaks are monowheel's own.
///
/// It does not implement `Display` on purpose: a `format!` around it would lose the distinction.
/// [`into_string`](Self::into_string) ends its construction, for a file or a test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerminalText(String);

/// The arguments that [`text!`](crate::text!) accepts.
pub trait Shown {
    /// Writes the value, escaped unless it is a [`TerminalText`], and padded as the format requires.
    ///
    /// # Errors
    /// When the formatter fails.
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<T: fmt::Display + ?Sized> Shown for T {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match f.precision() {
            Some(precision) => format!("{self:.precision$}"),
            None => self.to_string(),
        };
        let safe = harmless(&text);
        padded(&safe, safe.chars().count(), f)
    }
}

impl Shown for TerminalText {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        padded(&self.0, without_colors(&self.0).chars().count(), f)
    }
}

impl Shown for &TerminalText {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).show(f)
    }
}

fn padded(text: &str, wide: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let missing = f.width().unwrap_or(0).saturating_sub(wide);
    let before = match f.align() {
        Some(fmt::Alignment::Right) => missing,
        Some(fmt::Alignment::Center) => missing / 2,
        Some(fmt::Alignment::Left) | None => 0,
    };
    let after = missing - before;
    write!(f, "{:before$}{text}{:after$}", "", "")
}

/// An argument of [`text!`](crate::text!).
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a, T: ?Sized>(pub &'a T);

impl<T: Shown + ?Sized> fmt::Display for Argument<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}

/// Whether a format string has only `{}` and `{:…}`: a `{name}` would be an argument that the macro cannot see.
#[doc(hidden)]
#[must_use]
pub const fn takes_arguments_only(format: &str) -> bool {
    let bytes = format.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'{' {
            at += 1;
            if at == bytes.len() || !matches!(bytes[at], b'{' | b'}' | b':') {
                return false;
            }
        }
        at += 1;
    }
    true
}

/// `format!` for [`TerminalText`]: the literal is monowheel's own text, every argument is escaped.
///
/// Arguments are listed (`{}`, `{:>5}`), never captured (`{name}`), so that none is missed; widths may be captured.
#[macro_export]
macro_rules! text {
    ($format:literal $(, $argument:expr)* $(,)?) => {{
        const { assert!($crate::terminal::takes_arguments_only($format), "list the arguments: a captured one is not escaped") };
        $crate::terminal::TerminalText::of_arguments(
            ::core::format_args!($format $(, $crate::terminal::Argument(&$argument))*)
        )
    }};
}

impl TerminalText {
    /// Empty text.
    #[must_use]
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// The result of [`text!`](crate::text!); nothing else may call it.
    #[doc(hidden)]
    #[must_use]
    pub fn of_arguments(arguments: fmt::Arguments<'_>) -> Self {
        Self(arguments.to_string())
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With its colors.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With its colors.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Without its colors.
    #[must_use]
    pub fn plain(&self) -> Cow<'_, str> {
        without_colors(&self.0)
    }

    /// The text as a link (OSC 8), for terminals that know links; `Screen` takes the link away where none is wanted.
    /// `url` is one of monowheel's own: with anything in it that is not printable ASCII, there is no link.
    #[must_use]
    pub fn linked(self, url: &str) -> Self {
        match url.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Self(format!("{LINK}{url}{LINK_END}{}{LINK}{LINK_END}", self.0)),
            false => self,
        }
    }

    /// With its colors, without its links.
    #[must_use]
    pub fn without_links(&self) -> Cow<'_, str> {
        without_links(&self.0)
    }

    /// With a line break at its end.
    #[must_use]
    pub fn line(mut self) -> Self {
        self.0.push('\n');
        self
    }

    /// Without trailing blanks and line breaks.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        self.0.truncate(self.0.trim_end().len());
        self
    }

    /// Joined, with monowheel's own text between them.
    #[must_use]
    pub fn joined(parts: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|part| part.0).collect();
        Self(parts.join(between))
    }
}

impl AddAssign for TerminalText {
    fn add_assign(&mut self, more: Self) {
        self.0 += &more.0;
    }
}

impl Add for TerminalText {
    type Output = Self;

    fn add(mut self, more: Self) -> Self {
        self += more;
        self
    }
}

impl FromIterator<Self> for TerminalText {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        let mut text = Self::new();
        parts.into_iter().for_each(|part| text += part);
        text
    }
}

/// Foreign text with several lines: its line breaks stay, a tab becomes four spaces, everything else is escaped.
#[must_use]
pub fn lines(text: &str) -> TerminalText {
    let lines: Vec<String> = text.lines().map(|line| safe_line(line).into_owned()).collect();
    TerminalText(lines.join("\n"))
}

/// One line, escaped; a tab becomes a space.
pub(crate) fn safe_line(line: &str) -> Cow<'_, str> {
    let line = line.trim_end();
    if line.contains('\t') {
        return Cow::Owned(harmless(&line.replace('\t', "    ")).into_owned());
    }
    harmless(line)
}

/// The meaning of a color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Errors.
    Bad,
    /// Warnings.
    Warn,
    /// Successes.
    Good,
    /// Unimportant text.
    Faint,
    /// A name used as a heading.
    Strong,
}

impl Ink {
    /// The text in this color. `Screen` removes the color if none is wanted.
    #[must_use]
    pub fn paint(self, text: impl Shown) -> TerminalText {
        // The parameters of ANSI's SGR.
        let code = match self {
            Self::Bad => "1;31",
            Self::Warn => "33",
            Self::Good => "32",
            Self::Faint => "2",
            Self::Strong => "1",
        };
        TerminalText(format!("\x1b[{code}m{}\x1b[0m", Argument(&text)))
    }
}

/// What a link begins and ends with: an operating system command of ECMA-48, as terminals agreed on it.
const LINK: &str = "\x1b]8;;";
const LINK_END: &str = "\x1b\\";

fn without_links(text: &str) -> Cow<'_, str> {
    if !text.contains(LINK) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(LINK);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += part.split_once(LINK_END).map_or(part, |(_, rest)| rest);
    }
    Cow::Owned(plain)
}

/// The text without the codes of [`Ink`].
fn without_colors(text: &str) -> Cow<'_, str> {
    if !text.contains('\x1b') {
        return Cow::Borrowed(text);
    }
    let text = without_links(text);
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += part.split_once('m').map_or(part, |(_, rest)| rest);
    }
    Cow::Owned(plain)
}

/// Text in which a runner of GitHub Actions recognizes no command.
///
/// A command is `::` at the beginning of a line, after any blanks, and `##[` anywhere in one (`ActionCommand.cs` of
/// actions/runner). A space inside of them disables it.
#[must_use]
pub fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##[") {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    // Its line breaks are those of .NET: a lone carriage return is one.
    for line in text.split_inclusive(['\n', '\r']) {
        let rest = after_blanks(line);
        safe += &line[..line.len() - rest.len()];
        let rest = match rest.strip_prefix("::") {
            // `:::` is how rustc refers to another file, and not a command.
            Some(after) if !after.starts_with(':') => {
                safe += ": :";
                after
            }
            _ => rest,
        };
        safe += &rest.replace("##[", "## [");
    }
    Cow::Owned(safe)
}

/// A line from its first character that is neither blank nor part of a color.
fn after_blanks(line: &str) -> &str {
    let mut rest = line.trim_start();
    while let Some((_, after)) = rest.strip_prefix("\x1b[").and_then(|code| code.split_once('m')) {
        rest = after.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests;
