//! Arguments of `debug`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use monowheel_build::symbols::folder::{self, SymbolFile};
use monowheel_error::Result;

/// Debug programs that use an extension module.
#[derive(Args, Debug)]
pub(crate) struct DebugArgs {
    #[command(subcommand)]
    pub(crate) command: DebugCommand,
}

/// What to find out.
#[derive(Debug, Subcommand)]
pub(crate) enum DebugCommand {
    /// Repeat a command in one process, and find what remains after each call
    Leaks(LeaksArgs),
    /// Show the stacks of all threads, Python and Rust frames in order, and what each waits for
    Stack(StackArgs),
    /// Wait for a command to hang, and name who waits for whom
    Hang(HangArgs),
    /// Stop at functions of both languages in gdb or lldb, and show arguments, values and stacks
    Break(BreakArgs),
    /// Draw a flame graph of both languages: where time or memory goes, and how much of it at the boundary
    Profile(ProfileArgs),
}

/// Whose stacks to show.
#[derive(Args, Debug)]
pub(crate) struct StackArgs {
    /// The number of a running process, or a core file
    #[arg(value_name = "PID|CORE")]
    pub(crate) target: Option<String>,
    /// A command to start instead; it is ended after its stacks were read
    #[arg(value_name = "COMMAND", num_args = 1.., last = true)]
    pub(crate) words: Vec<String>,
    /// Seconds after which the stacks of a command are read
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) after: u64,
    #[command(flatten)]
    pub(crate) shown: ShownArgs,
}

/// What may hang.
#[derive(Args, Debug)]
pub(crate) struct HangArgs {
    /// The command to start; it is ended after its stacks were read
    #[arg(value_name = "COMMAND", required = true, num_args = 1.., last = true)]
    pub(crate) words: Vec<String>,
    /// Seconds nearly without work after which it counts as hanging
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) idle: u64,
    /// Seconds after which its stacks are read even if it works
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) time_limit: u64,
    #[command(flatten)]
    pub(crate) shown: ShownArgs,
}

/// What to show of stacks.
#[derive(Args, Debug)]
pub(crate) struct ShownArgs {
    /// Also show the local variables of Python frames
    #[arg(long)]
    pub(crate) locals: bool,
    #[command(flatten)]
    pub(crate) tables: LineTablesArgs,
}

/// Where the line tables of stripped libraries are.
#[derive(Args, Debug)]
pub(crate) struct LineTablesArgs {
    /// Take the names of functions in stripped libraries from here: a directory of wheels built with `--symbols`, or
    /// one with line tables [default: dist, if it has them]
    #[arg(long, value_name = "DIR")]
    symbols: Option<PathBuf>,
}

impl LineTablesArgs {
    /// Those of the directory that is named, or those of `dist` if there are any.
    pub(crate) fn files(&self) -> Result<Vec<SymbolFile>> {
        const DIST: &str = "dist";
        self.symbols.as_deref().map_or_else(|| Ok(folder::files(Path::new(DIST)).unwrap_or_default()), folder::files)
    }
}

/// What is repeated, and how often.
#[derive(Args, Debug)]
pub(crate) struct LeaksArgs {
    /// A command that runs Python: python -c STATEMENTS, python -m MODULE, python SCRIPT, or a Python program such as
    /// pytest
    #[arg(value_name = "COMMAND", required = true, num_args = 1.., last = true)]
    pub(crate) words: Vec<String>,
    /// Statements that run once, before everything else; the statements of -c see their names
    #[arg(long, value_name = "STATEMENTS", help_heading = "What is repeated")]
    pub(crate) setup: Option<String>,
    /// Repeat this function instead: MODULE:FUNCTION, or the name of one in the script, which then runs once
    #[arg(long, value_name = "FUNCTION", help_heading = "What is repeated")]
    pub(crate) call: Option<String>,
    /// Number of rounds, with one measurement after each
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(8..=1000))]
    pub(crate) rounds: u32,
    /// Number of calls in a round [default: as many as take 20 ms, at most 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(crate) calls: Option<u64>,
    /// Number of rounds before the first measurement, for caches to fill
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) warm_up: u32,
    /// Seconds that each of the two processes may take
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) time_limit: u64,
    /// Do not use memray, even if it is installed
    #[arg(long)]
    pub(crate) no_memray: bool,
}

/// Where to stop.
#[derive(Args, Debug)]
pub(crate) struct BreakArgs {
    /// A function of Rust, by its path or the end of it: crate::module::function; a function of Python:
    /// module:function, module:Class.method; or a line: FILE.py:LINE, FILE.rs:LINE
    #[arg(value_name = "FUNCTION", required = true, num_args = 1..)]
    pub(crate) places: Vec<String>,
    /// A command that runs Python: python -c STATEMENTS, python -m MODULE, python SCRIPT, or a Python program such as
    /// pytest
    #[arg(value_name = "COMMAND", required = true, num_args = 1.., last = true)]
    pub(crate) words: Vec<String>,
    /// The debugger [default: gdb if it is installed, else lldb]
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) debugger: Option<DebuggerName>,
    /// Hits of each function that are shown; after that its breakpoint is off
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) hits: u32,
    /// Stop at each hit, in the debugger on this terminal
    #[arg(long, conflicts_with = "vscode")]
    pub(crate) stop: bool,
    /// Do not run it: write the configuration of VS Code, .vscode/launch.json, beside what it has
    #[arg(long)]
    pub(crate) vscode: bool,
    /// Seconds that the command may run
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) time_limit: u64,
}

/// What to measure.
#[derive(Args, Debug)]
pub(crate) struct ProfileArgs {
    /// A command that runs Python: python -c STATEMENTS, python -m MODULE, python SCRIPT, or a Python program such as
    /// pytest
    #[arg(value_name = "COMMAND", required = true, num_args = 1.., last = true)]
    pub(crate) words: Vec<String>,
    /// Measure memory instead of time: what is allocated when it is most
    #[arg(long, conflicts_with = "tool")]
    pub(crate) memory: bool,
    /// What samples [default: perf for a Python with frame pointers and -X perf, else py-spy]
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) tool: Option<ToolName>,
    /// Samples in a second
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) rate: u32,
    #[command(flatten)]
    pub(crate) tables: LineTablesArgs,
    /// Write the flame graph to this file: a page without scripts that loads nothing
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Seconds that the command may run
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) time_limit: u64,
}

/// A tool that samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ToolName {
    /// Linux's.
    Perf,
    /// For CPython.
    PySpy,
}

/// A debugger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DebuggerName {
    /// GNU's.
    Gdb,
    /// LLVM's.
    Lldb,
}
