//! An error of rustc or of a linker: its own lines, without unrelated ones.

use super::MATURIN_FAILED;

/// The beginning of rustc's error when a linker failed.
const LINKING: &str = "error: linking with";
/// The words that mark the cause in a linker's output.
const CAUSES: [&str; 9] = [
    "undefined symbol",
    "undefined reference",
    "unable to find",
    "cannot find",
    "framework not found",
    "library not found",
    "duplicate symbol",
    "error:",
    "No space left",
];

/// The lines of the error that begins on the line `start`: to the end of that diagnostic, and the number of errors.
pub(super) fn cause<'l>(lines: &[&'l str], start: usize) -> Vec<&'l str> {
    let rest = lines[start..].iter().take_while(|line| !line.starts_with(MATURIN_FAILED)).copied();
    if lines[start].trim_start().starts_with(LINKING) {
        return linker(rest);
    }
    let rest: Vec<&str> = rest.collect();
    // A blank line ends a diagnostic of rustc; cargo's own continue with `Caused by:` after one.
    let is_rustc = is_rustc(&rest);
    let end = rest.iter().position(|line| line.is_empty()).filter(|_| is_rustc).unwrap_or(rest.len());
    let count = rest[end..].iter().find(|line| line.starts_with("error: could not compile"));
    rest[..end].iter().copied().filter(|line| !line.trim().is_empty()).chain(count.copied()).collect()
}

/// Whether these lines begin with a diagnostic of rustc: the second or third line points into a file.
pub(super) fn is_rustc(lines: &[&str]) -> bool {
    lines.iter().take(6).take_while(|line| !line.is_empty()).any(|line| line.trim_start().starts_with("--> "))
}

/// A linker's message, without the command, which lists all objects and is long.
fn linker<'l>(mut lines: impl Iterator<Item = &'l str>) -> Vec<&'l str> {
    let title = lines.next();
    let all: Vec<&str> = lines.take_while(|line| !line.starts_with("error: could not compile")).collect();
    let is_command = |line: &str| {
        let note = line.trim_start().strip_prefix("= note:").unwrap_or(line).trim_start();
        note.starts_with('"') || note.starts_with("LC_ALL=") || note.starts_with("env -u") || note.contains("\" \"")
    };
    let said: Vec<&str> = all.into_iter().filter(|line| line.trim().len() > 1 && !is_command(line)).collect();
    let first = said.iter().position(|line| CAUSES.iter().any(|cause| line.contains(cause))).unwrap_or(0);
    title.into_iter().chain(said[first..].iter().copied()).collect()
}
