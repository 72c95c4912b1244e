//! `monowheel debug profile`: where a program spends its time or memory, in both languages.
//!
//! ```text
//! pyspy, perf, memory   the tools: each gives stacks with their weight
//!   └ stack             frames of both languages in one form
//!   └ boundary          what the time of each was spent on
//! tree                  the stacks together, for a flame graph
//! ```

mod boundary;
mod memory;
mod perf;
mod pyspy;
mod stack;
mod tree;

use std::path::Path;
use std::time::Duration;

use monowheel_build::symbols::folder::SymbolFile;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, on_path};
use serde::Serialize;

pub use boundary::Category;
pub use stack::{Frame, Language};
pub use tree::Node;

use crate::command::{PythonCommand, Work};
use stack::{Sample, folded, merged};

/// The version of the JSON report.
pub const SCHEMA: &str = "monowheel.debug-profile/1";

/// A tool that samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// perf of Linux.
    Perf,
    /// py-spy.
    PySpy,
    /// memray, for memory.
    Memray,
}

/// How to measure.
#[derive(Clone, Debug)]
pub struct Options {
    /// Memory instead of time.
    pub memory: bool,
    /// The tool; if absent, perf where the interpreter is built for it, else py-spy.
    pub tool: Option<Tool>,
    /// Samples in a second.
    pub rate: u32,
    /// How long the command may run.
    pub limit: Duration,
    /// Line tables, for frames of stripped libraries, which only perf's samples can be joined with.
    pub symbols: Vec<SymbolFile>,
}

/// A profile.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// What measured.
    pub tool: Tool,
    /// `samples` or `bytes`.
    pub unit: &'static str,
    /// The sum of all stacks.
    pub total: u64,
    /// Samples of threads that waited for something else than the GIL; they are not in the total.
    pub waiting: u64,
    /// What it was spent on; empty for memory.
    pub categories: Vec<Share>,
    /// The stacks, the heaviest first.
    pub stacks: Vec<Stack>,
    /// What limits the result.
    pub notes: Vec<String>,
    /// The same as a tree.
    #[serde(skip)]
    pub tree: Node,
}

/// A part of the total.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    /// Of what.
    pub category: Category,
    /// Samples.
    pub value: u64,
}

/// One stack.
#[derive(Clone, Debug, Serialize)]
pub struct Stack {
    /// In the folded form, the outermost frame first: `a;b;c`.
    pub folded: String,
    /// Samples or bytes.
    pub value: u64,
    /// What it was spent on; absent for memory.
    pub category: Option<Category>,
}

/// Profiles a command.
///
/// # Errors
/// [`ErrorKind::Usage`] for a command that is not Python; [`ErrorKind::Toolchain`] without a tool; [`ErrorKind::Tool`]
/// if there are no samples; after Ctrl-C.
pub fn profile(words: &[String], options: &Options, own: Option<&Path>, stop: &CancelToken) -> Result<Report> {
    if !cfg!(target_os = "linux") {
        return Err(Error::new(ErrorKind::Toolchain, "profiles of both languages need Linux")
            .next("run the command on Linux, for example in a container"));
    }
    let command = PythonCommand::parse(words)?;
    if command.work == Work::Nothing {
        return Err(Error::new(ErrorKind::Usage, "the command runs nothing")
            .next("add -c STATEMENTS, -m MODULE or a script after --"));
    }
    command.interpreter(stop)?;
    let folder = tempfile::Builder::new().prefix("monowheel-profile-").tempdir()?;
    if options.memory {
        let samples = memory::record(&command, folder.path(), options.limit, stop)?;
        return Ok(report(Tool::Memray, samples));
    }
    let is_perf = match options.tool {
        Some(tool) => tool == Tool::Perf,
        None => on_path("perf").is_some() && perf::can(&command, stop),
    };
    if !is_perf {
        let call = pyspy::find(&command, own)?;
        let python = command.python.to_string_lossy().into_owned();
        let words: Vec<String> = std::iter::once(python).chain(command.words()).collect();
        let samples = pyspy::record(call, &words, options.rate, folder.path(), options.limit, stop)?;
        return Ok(report(Tool::PySpy, samples));
    }
    let samples = perf::record(&command, options, folder.path(), stop)?;
    let mut report = report(Tool::Perf, samples);
    report
        .notes
        .push("perf samples only threads that run: waiting for the GIL is not in it (--tool py-spy)".to_owned());
    if !perf::can(&command, stop) {
        report.notes.push(
            "this Python has no frame pointers or no -X perf: the stacks of perf are incomplete, use --tool py-spy"
                .to_owned(),
        );
    }
    Ok(report)
}

fn report(tool: Tool, samples: Vec<Sample>) -> Report {
    let is_time = tool != Tool::Memray;
    let (mut waiting, mut kept) = (0, Vec::new());
    for sample in merged(samples) {
        let category = is_time.then(|| boundary::of(&sample, tool == Tool::PySpy));
        match category {
            Some(None) => waiting += sample.weight,
            Some(Some(category)) => kept.push((sample, Some(category))),
            None => kept.push((sample, None)),
        }
    }
    let sum = |wanted: Category| {
        let of_it = kept.iter().filter(|(_, category)| *category == Some(wanted));
        Share { category: wanted, value: of_it.map(|(sample, _)| sample.weight).sum() }
    };
    let stack = |(sample, category): &(Sample, Option<Category>)| Stack {
        folded: folded(sample),
        value: sample.weight,
        category: *category,
    };
    Report {
        schema: SCHEMA,
        tool,
        unit: if is_time { "samples" } else { "bytes" },
        total: kept.iter().map(|(sample, _)| sample.weight).sum(),
        waiting,
        categories: if is_time { Category::ALL.map(sum).into() } else { Vec::new() },
        stacks: kept.iter().map(stack).collect(),
        notes: Vec::new(),
        tree: Node::of(&kept),
    }
}
