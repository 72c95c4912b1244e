//! Extracts the first cause and the next step from a failed build's log.
//!
//! The last lines of a log are seldom the cause: cargo waits for its other jobs, and maturin repeats the
//! complete command with its environment. The cause is the first error; in a build script's output, the part after
//! `--- stderr`.

mod build_script;
mod compiler;
mod hints;
mod offered;
mod own_error;
pub(crate) mod packing;

use build_script::BuildScript;

pub(crate) use offered::offered;
pub(crate) use own_error::OwnError;

/// How many lines an error shows.
const SHOWN: usize = 14;
/// How many characters of a line are shown at each end: a line may hold a whole command with its environment.
const ENDS: usize = 140;
/// The beginning of maturin's final error.
const MATURIN_FAILED: &str = "💥 maturin failed";
/// The line in which maturin names the failed command, with all of its environment.
const COMMAND_FAILED: &str = "Cargo build finished with";

/// The cause of a failure, and the next step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Diagnosis {
    /// The lines that show the cause.
    pub(crate) lines: String,
    /// The next step.
    pub(crate) next: String,
}

/// The features of a dependency by its name and version, where they are known.
pub(crate) type Offered<'o> = &'o dyn Fn(&str, &str) -> Vec<String>;

impl Diagnosis {
    /// The first cause in the log of a build.
    #[must_use]
    pub(crate) fn of(log: &str, offered: Offered<'_>) -> Self {
        let lines: Vec<&str> = log.lines().collect();
        let Some(start) = lines.iter().position(|line| is_error(line)) else {
            let said = last_words(&lines);
            let next = hints::for_text(&said.join("\n")).unwrap_or(hints::UNKNOWN).to_owned();
            return Self { lines: shown(&said), next };
        };
        if let Some(script) = BuildScript::read(&lines, start) {
            let cause = script.cause();
            let next = hints::for_build_script(&script, &cause.join("\n"), offered);
            let place = script.place().map(|place| format!(" ({place})")).unwrap_or_default();
            let title = format!("the build script of {} {} failed{place}", script.package, script.version);
            let all: Vec<&str> = std::iter::once(title.as_str()).chain(cause).collect();
            return Self { lines: shown(&all), next };
        }
        let said = compiler::cause(&lines, start);
        let text = said.join("\n");
        let next = hints::for_text(&text).map(str::to_owned);
        let next = next.or_else(|| compiler::is_rustc(&said).then(|| hints::COMPILE_ERROR.to_owned()));
        Self { lines: shown(&said), next: next.unwrap_or_else(|| hints::UNKNOWN.to_owned()) }
    }
}

/// Whether a line begins an error of its own; a line that counts previous errors does not.
fn is_error(line: &str) -> bool {
    let line = line.trim_start();
    let is_count = ["error: could not compile", "error: aborting due to"].iter().any(|count| line.starts_with(count));
    !is_count && (line.starts_with("error: ") || line.starts_with("error["))
}

/// If no tool reported an error of its own: maturin's message without the command, else the last lines.
fn last_words<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    let is_said = |line: &&&str| !line.trim().is_empty() && !line.contains(COMMAND_FAILED);
    match lines.iter().position(|line| line.starts_with(MATURIN_FAILED)) {
        // Earlier output may say more than `Caused by`.
        Some(end) if lines[end..].iter().any(|line| line.contains(COMMAND_FAILED)) => {
            last(lines[..end].iter().filter(is_said).copied(), SHOWN)
        }
        Some(end) => lines[end..].iter().filter(is_said).copied().collect(),
        None => last(lines.iter().filter(is_said).copied(), SHOWN),
    }
}

/// The last lines, at most `count`, without blank lines and noise.
fn last<'l>(lines: impl Iterator<Item = &'l str>, count: usize) -> Vec<&'l str> {
    let lines: Vec<&str> = lines.filter(|line| !line.trim().is_empty() && !build_script::is_noise(line)).collect();
    lines[lines.len().saturating_sub(count)..].to_vec()
}

/// At most as many lines as an error shows, each truncated.
fn shown(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| shortened(line)).collect();
    lines[..lines.len().min(SHOWN)].join("\n")
}

/// A long line without its middle: the failed command is at its beginning, and the reason at its end.
fn shortened(line: &str) -> String {
    let line = line.trim_end();
    let count = line.chars().count();
    if count <= 2 * ENDS {
        return line.to_owned();
    }
    let begin: String = line.chars().take(ENDS).collect();
    let end: String = line.chars().skip(count - ENDS).collect();
    format!("{begin} […] {end}")
}

#[cfg(test)]
mod tests;
