//! A failed build script: its output, and the cause in it.

use std::path::Path;

use super::{SHOWN, last};

/// The beginning of cargo's error.
const FAILED: &str = "error: failed to run custom build command for `";

/// A build script's failure, as cargo prints it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BuildScript<'l> {
    pub(super) package: &'l str,
    pub(super) version: &'l str,
    /// Whether it belongs to the project: cargo names the directory of such a package.
    pub(super) is_own: bool,
    stdout: Vec<&'l str>,
    stderr: Vec<&'l str>,
    /// Its warnings, which cargo prints before: a C compiler's errors are among them.
    warnings: Vec<&'l str>,
}

impl<'l> BuildScript<'l> {
    /// The failure whose error begins on the line `start`.
    pub(super) fn read(lines: &[&'l str], start: usize) -> Option<Self> {
        let named = lines[start].trim_start().strip_prefix(FAILED)?;
        let named = named.split('`').next().unwrap_or(named);
        let is_own = named.split_once(" (").is_some_and(|(_, place)| Path::new(place).is_absolute());
        let mut words = named.split(' ');
        let package = words.next()?;
        let version = words.next().unwrap_or_default().trim_start_matches('v');
        let block = lines[start + 1..]
            .iter()
            .take_while(|line| is_of_block(line))
            .map(|line| line.strip_prefix("  ").unwrap_or(line));
        let (mut stdout, mut stderr, mut part) = (Vec::new(), Vec::new(), 0);
        for line in block {
            match (line, part) {
                ("--- stdout", _) => part = 1,
                ("--- stderr", _) => part = 2,
                (_, 1) => stdout.push(line),
                (_, 2) => stderr.push(line),
                _ => {}
            }
        }
        let of_it = format!("warning: {package}@{version}: ");
        let shown = lines.iter().filter_map(|line| line.strip_prefix(&of_it));
        let printed = stdout
            .iter()
            .filter_map(|line| line.strip_prefix("cargo:warning=").or_else(|| line.strip_prefix("cargo::warning=")));
        let mut warnings: Vec<&str> = shown.collect();
        if warnings.is_empty() {
            warnings = printed.collect();
        }
        Some(Self { package, version, is_own, stdout, stderr, warnings })
    }

    /// The line on which a script of the project panicked, such as `build.rs:1:13`.
    pub(super) fn place(&self) -> Option<&'l str> {
        let mut lines = self.stderr.iter().filter(|_| self.is_own);
        let place = lines.find_map(|line| line.split_once(" panicked at "))?.1.trim_end_matches(':');
        (!place.starts_with(['/', '\'']) && !place.contains(' ')).then_some(place)
    }

    /// All of its output.
    pub(super) fn text(&self) -> String {
        [&self.warnings, &self.stderr, &self.stdout].map(|lines| lines.join("\n")).join("\n")
    }

    /// The lines with the cause: a compiler's errors, else the message of the panic, else the end of stderr, else that
    /// of stdout.
    pub(super) fn cause(&self) -> Vec<&'l str> {
        let is_tool_error = |line: &&&str| {
            let line = line.trim_start();
            ["error: ", "fatal error: ", "Error: "].iter().any(|word| line.contains(word))
                || line.starts_with("CMake Error")
                || line.contains(": not found")
                || line.contains(": command not found")
        };
        let compiler = from_first(&self.warnings, is_tool_error);
        if !compiler.is_empty() {
            return compiler;
        }
        let panic =
            self.stderr.iter().position(|line| line.contains("' panicked at ") || line.contains(" panicked at "));
        let before = &self.stderr[..panic.unwrap_or(0)];
        let mut told = from_first(before, is_tool_error);
        if let Some(panic) = panic {
            // Before 1.73 the message was on the same line.
            let own = self.stderr[panic].split_once(" panicked at '").map(|(_, message)| message);
            let rest = self.stderr[panic + 1..].iter().copied();
            let rest =
                rest.take_while(|line| !line.starts_with("note: run with") && !line.starts_with("stack backtrace:"));
            told.extend(own.into_iter().chain(rest).filter(|line| !line.trim().is_empty() && !is_noise(line)));
        }
        // The crate `cmake` panics without a cause: what it runs prints that to stdout.
        if told.iter().any(|line| line.contains("command did not execute successfully")) {
            let errors: Vec<&str> =
                self.stdout.iter().copied().filter(|line| is_tool_error(&line)).take(SHOWN - 1).collect();
            told = if errors.is_empty() { told } else { errors };
        }
        if told.is_empty() {
            told = last(self.stderr.iter().copied(), SHOWN - 1);
        }
        if told.is_empty() {
            told = last(self.stdout.iter().copied(), SHOWN - 1);
        }
        told
    }
}

/// Whether a line belongs to cargo's output on a failed build script.
fn is_of_block(line: &str) -> bool {
    line.is_empty() || line.starts_with("  ") || line.starts_with("note: ") || line == "Caused by:"
}

/// The lines from the first that is an error, without noise.
fn from_first<'l>(lines: &[&'l str], is_error: impl FnMut(&&&str) -> bool) -> Vec<&'l str> {
    let mut is_error = is_error;
    let Some(first) = lines.iter().position(|line| is_error(&line)) else { return Vec::new() };
    lines[first..].iter().copied().filter(|line| !line.trim().is_empty() && !is_noise(line)).collect()
}

/// Instructions of build scripts to cargo, and the variables that they list.
pub(super) fn is_noise(line: &str) -> bool {
    let line = line.trim();
    let is_name = |name: &str| {
        let name = name.trim_start_matches('$');
        name.chars().count() > 1 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    let is_variable = line.split_once(" = ").is_some_and(|(name, value)| {
        is_name(name) && (value == "None" || value.starts_with("Some(") || name.starts_with('$'))
    }) || line.strip_suffix(" unset").is_some_and(is_name);
    line.starts_with("cargo:") || line.starts_with("note: run with `RUST_BACKTRACE") || is_variable || is_dump(line)
}

/// Whether a line is a list of variables, as printed by a program that dumps its environment: `A=1`, or `A=1 B=2`.
fn is_dump(line: &str) -> bool {
    line.split(' ').next().and_then(|word| word.split_once('=')).is_some_and(|(name, _)| {
        name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}
