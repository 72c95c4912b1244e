//! Arguments of `fleet`. Python reads them as JSON, so the names of the fields are those of its requests.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use monowheel_audit::finding::Severity;
use serde::{Serialize, Serializer};

use crate::cli::args::index::IndexArgs;
use crate::cli::args::one_of;

/// Work on many wheels, and its results.
#[derive(Args, Debug)]
pub(crate) struct FleetArgs {
    #[command(subcommand)]
    pub(crate) command: FleetCommand,
}

/// What to do.
#[derive(Debug, Serialize, Subcommand)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub(crate) enum FleetCommand {
    /// Audit every wheel of directory trees, mirrors and indexes, spread over the workers of a Dask cluster
    Audit(Box<AuditArgs>),
    /// Write an HTML page about a dataset: defects by rule, builder and year, symbols, coverage
    Report(ReportArgs),
    /// Answer a question about a dataset with DuckDB: a prepared one, or SQL
    Query(QueryArgs),
}

/// What to audit, where, and how.
#[derive(Args, Debug, Serialize)]
pub(crate) struct AuditArgs {
    /// Directories of wheels (with their subdirectories), wheels, or releases on an index (NAME==VERSION)
    #[arg(value_name = "PATH|NAME==VERSION")]
    sources: Vec<String>,
    /// Audit every release that a requirements.txt or pylock.toml pins; may be given more than once
    #[arg(short, long = "requirement", value_name = "FILE")]
    requirements: Vec<PathBuf>,
    /// Audit every wheel of the projects in FILE, one per line: a name, or NAME==VERSION; may be given more than once
    #[arg(long, value_name = "FILE")]
    projects: Vec<PathBuf>,
    /// Directory of the dataset; results that it already contains are not computed again
    #[arg(short, long, value_name = "DIR", default_value = "fleet")]
    dataset: PathBuf,
    /// Ignore the findings of RULE, for a REASON that the dataset keeps; may be given more than once
    #[arg(long, value_name = "RULE=REASON")]
    ignore: Vec<String>,
    /// Lowest severity that makes the command fail
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = one_of(Severity::ALL, Severity::word))]
    #[serde(serialize_with = "word")]
    fail_on: Severity,
    /// Read every file again, even if its size and modification time are those in the dataset
    #[arg(long)]
    reread: bool,
    /// Address of a Dask scheduler (tls://HOST:PORT) [default: a cluster on this machine]
    #[arg(long, value_name = "ADDRESS", help_heading = "Cluster")]
    scheduler: Option<String>,
    /// Number of workers of the cluster on this machine [default: number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), conflicts_with = "scheduler", help_heading = "Cluster")]
    workers: Option<u16>,
    /// Memory of each worker on this machine; one that needs more is restarted
    #[arg(long, value_name = "MIB", default_value_t = 2048, value_parser = clap::value_parser!(u32).range(256..), conflicts_with = "scheduler", help_heading = "Cluster")]
    memory: u32,
    /// Size of a task, in MiB of wheels
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096), help_heading = "Cluster")]
    batch: u32,
    #[command(flatten)]
    index: IndexArgs,
    /// Number of connections to indexes, of all workers together
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "From an index")]
    connections: u16,
    /// Number of requests per second, of all workers together
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10000), help_heading = "From an index")]
    rate: u16,
    /// Download complete wheels and check their hashes, instead of only the parts that the rules read
    #[arg(long, help_heading = "From an index")]
    whole: bool,
}

/// Which dataset.
#[derive(Args, Debug, Serialize)]
pub(crate) struct ReportArgs {
    /// Directory of the dataset
    #[arg(default_value = "fleet", value_name = "DIR")]
    dataset: PathBuf,
    /// The page to write
    #[arg(short, long, value_name = "FILE", default_value = "fleet.html")]
    output: PathBuf,
}

/// Which question, about which dataset.
#[derive(Args, Debug, Serialize)]
pub(crate) struct QueryArgs {
    /// Name of a prepared question, or an SQL query; lists the questions if absent
    #[arg(value_name = "QUESTION|SQL")]
    question: Option<String>,
    /// A value for the question, such as a symbol or a Python version
    #[arg(value_name = "VALUE")]
    value: Option<String>,
    /// Directory of the dataset
    #[arg(short, long, value_name = "DIR", default_value = "fleet")]
    dataset: PathBuf,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn word<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.word())
}
