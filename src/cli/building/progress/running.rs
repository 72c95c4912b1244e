//! What a build is doing: the wheels and the step in progress, and what each compiles.

use std::collections::BTreeMap;

use monowheel_error::text::harmless;

/// What is in progress.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// Number of wheels to build.
    pub(super) wheels: usize,
    /// How many of them are done.
    ended: usize,
    now: BTreeMap<String, Task>,
}

#[derive(Debug, Default)]
struct Task {
    /// What it is doing.
    at: String,
    /// Number of crates started.
    crates: usize,
}

impl Running {
    /// A step or a wheel begins.
    pub(super) fn began(&mut self, name: &str) {
        self.now.insert(name.to_owned(), Task::default());
    }

    /// A step has ended.
    pub(super) fn ended(&mut self, name: &str) {
        self.now.remove(name);
    }

    /// A wheel has ended.
    pub(super) fn wheel_ended(&mut self, id: &str) {
        self.ended(id);
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

    /// How many wheels are done and how many are being built.
    pub(super) fn count(&self) -> String {
        format!("{} of {} wheels done, {} being built", self.ended, self.wheels, self.now.len())
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
        _ => harmless(&line).into_owned(),
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
        assert_eq!(running.count(), "1 of 14 wheels done, 1 being built");
    }
}
