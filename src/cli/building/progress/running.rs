//! What a build is doing: the wheels and the step in progress, and what each compiles.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use indicatif::HumanDuration;
use monowheel_error::text::harmless;

use crate::cli::building::progress::estimate::Estimate;

/// What is in progress.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// Number of wheels, also of those that an earlier build made.
    pub(super) wheels: usize,
    /// How many of them are done.
    ended: usize,
    now: BTreeMap<String, Task>,
    /// When the wheels will be done.
    pub(super) estimate: Estimate,
}

#[derive(Debug)]
struct Task {
    since: Instant,
    /// What it is doing.
    at: String,
    /// Number of crates started.
    crates: usize,
}

impl Running {
    /// A step or a wheel begins.
    pub(super) fn began(&mut self, name: &str) {
        self.estimate.began(name);
        self.now.insert(name.to_owned(), Task { since: Instant::now(), at: String::new(), crates: 0 });
    }

    /// The wheels that are not done yet.
    pub(super) fn waits(&mut self, ids: &[&str]) {
        self.wheels = self.ended + ids.len();
        self.estimate.waits(ids);
    }

    /// A step has ended.
    pub(super) fn ended(&mut self, name: &str) {
        self.now.remove(name);
    }

    /// A wheel has ended.
    pub(super) fn wheel_ended(&mut self, id: &str) {
        if let Some(task) = self.now.remove(id) {
            self.estimate.ended(id, task.since.elapsed().as_secs_f64());
        }
        self.ended += 1;
    }

    /// Its tool printed a line; returns what it is doing.
    pub(super) fn line_of(&mut self, name: &str, line: &str) -> String {
        let at = phase(line);
        let Some(task) = self.now.get_mut(name) else { return at };
        if at.starts_with(COMPILING) {
            task.crates += 1;
            task.at = format!("{at} (crate {})", task.crates);
        } else {
            task.at = at;
        }
        task.at.clone()
    }

    /// How many wheels are done and how many are being built, and how long the rest takes.
    pub(super) fn count(&self) -> String {
        let left = self.left().map(|left| format!(", about {} left", HumanDuration(left))).unwrap_or_default();
        format!("{}/{} wheels, {} being built{left}", self.ended, self.wheels, self.now.len())
    }

    fn left(&self) -> Option<Duration> {
        let now: Vec<(&str, f64)> =
            self.now.iter().map(|(id, task)| (id.as_str(), task.since.elapsed().as_secs_f64())).collect();
        self.estimate.left(&now).map(|seconds| Duration::from_secs_f64(seconds.ceil()))
    }

    /// One line about everything in progress; `None` when nothing is.
    pub(super) fn line(&self) -> Option<String> {
        let each = self.now.iter().map(|(name, task)| match task.at.as_str() {
            "" => format!("{name}: running"),
            at => format!("{name}: {at}"),
        });
        let done = (self.wheels > 0).then(|| format!("{} of {} wheels done", self.ended, self.wheels));
        (!self.now.is_empty()).then(|| done.into_iter().chain(each).collect::<Vec<_>>().join("; "))
    }
}

/// Prefix of a crate that is being compiled.
const COMPILING: &str = "compiling ";

/// What a tool is doing, from its own line.
pub(super) fn phase(line: &str) -> String {
    let line = anstream::adapter::strip_str(line.trim()).to_string();
    match line.split_once(' ') {
        // Of a crate that is built from a directory, cargo adds the path.
        Some(("Compiling", rest)) => format!("{COMPILING}{}", harmless(rest.split(" (").next().unwrap_or(rest))),
        Some(("Finished", _)) => "packing".to_owned(),
        _ => shortened(&without_emoji(&harmless(&line))),
    }
}

/// Terminals do not agree on the width of the emoji before maturin's lines: a live line with one would leave traces, or
/// erase the line above it.
fn without_emoji(line: &str) -> String {
    let is_text = |letter: &char| letter.is_ascii() || letter.is_alphanumeric() || matches!(letter, '…' | '–' | '’');
    line.chars().filter(is_text).collect::<String>().trim_start().to_owned()
}

/// At most this many characters of a tool's line: maturin's last one is a command with its whole environment.
const LONGEST: usize = 100;

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_much_is_done_and_what_is_compiled() {
        let mut running = Running { wheels: 14, ..Running::default() };
        assert_eq!(running.line(), None);
        running.began("win_amd64-abi3");
        running.began("manylinux_2_17_x86_64-abi3");
        running.line_of("win_amd64-abi3", "   Compiling syn v2.0.1");
        assert_eq!(running.line_of("win_amd64-abi3", "   Compiling pyo3 v0.29.3"), "compiling pyo3 v0.29.3 (crate 2)");
        assert_eq!(
            running.line().as_deref(),
            Some(
                "0 of 14 wheels done; manylinux_2_17_x86_64-abi3: running; win_amd64-abi3: compiling pyo3 v0.29.3 (crate 2)"
            )
        );
        let local = running.line_of("win_amd64-abi3", "   Compiling demo v0.1.0 (/my project/demo-0.1.0)");
        assert_eq!(local, "compiling demo v0.1.0 (crate 3)");
        running.line_of("win_amd64-abi3", "    Finished `release` profile");
        running.wheel_ended("manylinux_2_17_x86_64-abi3");
        assert_eq!(running.line().as_deref(), Some("1 of 14 wheels done; win_amd64-abi3: packing"));
        // How long the rest takes depends on how long this test took.
        assert!(running.count().starts_with("1/14 wheels, 1 being built"), "{}", running.count());
    }

    #[test]
    fn a_long_line_of_a_tool_is_shortened() {
        let environment =
            format!("  Caused by: Cargo build finished with \"exit status: 101\": `env {}`", "A=b ".repeat(900));
        let shown = phase(&environment);
        assert_eq!(shown.chars().count(), LONGEST + 1);
        assert!(shown.starts_with("Caused by: Cargo build finished") && shown.ends_with('…'), "{shown}");
        assert_eq!(phase("warning: ä"), "warning: ä");
        assert_eq!(phase("🛠\u{fe0f}  Using zig for cross-compiling"), "Using zig for cross-compiling");
    }

    #[test]
    fn the_rest_takes_as_long_as_the_last_time() {
        let last = [("win_amd64-abi3", 90.0), ("win_arm64-abi3", 100.0)].map(|(id, seconds)| (id.to_owned(), seconds));
        let mut running = Running { estimate: Estimate::new(last.into(), 2), ..Running::default() };
        // One that an earlier build made is reported before the others begin.
        running.wheel_ended("manylinux_2_17_x86_64-abi3");
        running.waits(&["win_amd64-abi3", "win_arm64-abi3"]);
        running.began("win_amd64-abi3");
        assert_eq!(running.count(), "1/3 wheels, 1 being built, about 2 minutes left");
    }
}
