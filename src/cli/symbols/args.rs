//! Arguments of `symbols`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::verify::args::VerifyArgs;

/// What to do with line tables.
#[derive(Args, Debug)]
pub(crate) struct SymbolsArgs {
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// The actions.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Show functions, files and lines for the frames of a crash report
    ///
    /// Reads backtraces of glibc, Rust and gdb, those of Python's faulthandler, crash reports of macOS (.ips, .crash),
    /// Windows Error Reporting, stacks of cdb, minidump-stackwalk and wine, and the output of `perf script`.
    Symbolicate(SymbolicateArgs),
    /// Rebuild a published wheel from its source to get its line tables
    ///
    /// The rebuild has the same bytes, so its line tables are those of the wheel: each file is kept only if its ID is
    /// that of a library in the wheel, and the ID is derived from the library's content.
    Rebuild(RebuildArgs),
    /// List the files with line tables
    List(FolderArgs),
    /// Write them where gdb and lldb look for them (debuginfod)
    Export(ExportArgs),
}

/// A report, and where the line tables are.
#[derive(Args, Debug)]
pub(crate) struct SymbolicateArgs {
    /// The report; `-` reads standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    #[command(flatten)]
    pub(crate) folder: FromArgs,
    /// Part of the name of the wheel that was installed, if the report does not say which build it is of
    #[arg(long, value_name = "NAME")]
    pub(crate) wheel: Option<String>,
    /// The address where a library was loaded, if the report has addresses alone (Rust's backtraces on Windows)
    #[arg(long = "base", value_name = "LIB=ADDRESS", value_parser = base)]
    pub(crate) bases: Vec<(String, u64)>,
}

/// `_demo.pyd=0x7ff81a2b0000`.
fn base(text: &str) -> Result<(String, u64), String> {
    let parts = text.split_once('=').filter(|(library, _)| !library.is_empty());
    let address = |text: &str| u64::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    parts
        .and_then(|(library, text)| Some((library.to_owned(), address(text)?)))
        .ok_or_else(|| "give a library and a hexadecimal address, such as `_demo.pyd=0x7ff81a2b0000`".to_owned())
}

/// Where the line tables are, as an option.
#[derive(Args, Debug)]
pub(crate) struct FromArgs {
    /// A directory of wheels built with `--symbols`, or one with line tables
    #[arg(long = "from", value_name = "DIR", default_value = "dist")]
    pub(crate) folder: PathBuf,
}

/// Where the line tables are.
#[derive(Args, Debug)]
pub(crate) struct FolderArgs {
    /// A directory of wheels built with `--symbols`, or one with line tables
    #[arg(value_name = "DIR", default_value = "dist")]
    pub(crate) folder: PathBuf,
}

/// What to rebuild, and where its line tables go.
#[derive(Args, Debug)]
pub(crate) struct RebuildArgs {
    /// Write the line tables to `symbols` in this directory
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) verify: VerifyArgs,
}

/// The line tables, and the directory to serve.
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,
    /// The directory to write; serve it, and name the server in DEBUGINFOD_URLS
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
}
