//! Arguments of `fleet`. Python reads them as JSON, so the names of the fields are those of its requests.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use monowheel_audit::finding::Severity;
use monowheel_project::abi::{AbiChoice, Floor};
use monowheel_system::exec::Isolation;
use serde::{Serialize, Serializer};

use crate::cli::args::index::IndexArgs;
use crate::cli::args::isolation::VALUES as ISOLATION;
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
    /// Build the wheels of many projects on the workers of a Dask cluster
    Build(Box<BuildArgs>),
    /// Run the wheels of many releases on interpreters, on the workers of a Dask cluster
    Test(Box<TestArgs>),
    /// Rebuild the wheels of many releases from their sources and compare, on the workers of a Dask cluster
    Verify(Box<VerifyArgs>),
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
    /// Also keep what the rules see of each wheel: a later monowheel judges it by new rules without reading the wheel
    #[arg(long)]
    keep_facts: bool,
    #[command(flatten)]
    #[serde(flatten)]
    cluster: ClusterArgs,
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

/// Which cluster.
#[derive(Args, Debug, Serialize)]
pub(crate) struct ClusterArgs {
    /// Address of a Dask scheduler (tls://HOST:PORT) [default: a cluster on this machine]
    #[arg(long, value_name = "ADDRESS", help_heading = "Cluster")]
    scheduler: Option<String>,
    /// Number of workers of the cluster on this machine [default: number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), conflicts_with = "scheduler", help_heading = "Cluster")]
    workers: Option<u16>,
}

/// What to build, where, and how.
#[derive(Args, Debug, Serialize)]
pub(crate) struct BuildArgs {
    /// Directories of projects (or of several, below them), sdists, or releases on an index (NAME==VERSION)
    #[arg(value_name = "DIR|SDIST|NAME==VERSION")]
    sources: Vec<String>,
    /// Build every source in FILE, one per line; may be given more than once
    #[arg(long = "sources", value_name = "FILE")]
    lists: Vec<PathBuf>,
    /// Output directory: each release gets a directory NAME-VERSION in it
    #[arg(short, long, value_name = "DIR", default_value = "dist")]
    out: PathBuf,
    /// Directory of the dataset, with the results and the wheels that are not built again
    #[arg(short, long, value_name = "DIR", default_value = "fleet")]
    dataset: PathBuf,
    /// Build for this platform only, named as in `build`; may be given more than once
    #[arg(short, long = "target", value_name = "NAME")]
    targets: Vec<String>,
    /// Build for this ABI only, named as in `build`; may be given more than once
    #[arg(long = "abi", value_name = "ABI")]
    abis: Vec<AbiChoice>,
    /// Oldest CPython of abi3 wheels, such as 3.10, for crates that do not set one
    #[arg(long, value_name = "VERSION")]
    floor: Option<Floor>,
    /// Keep finished wheels in this directory or at this fsspec URL (s3://…) [default: wheels in the dataset]
    #[arg(long, value_name = "DIR|URL", help_heading = "Cache")]
    cache: Option<String>,
    /// Read from FILE the hashes that wheels from the cache must have, and add those of new wheels to it
    #[arg(long, value_name = "FILE", help_heading = "Cache")]
    pins: Option<PathBuf>,
    /// Run third-party code in a sandbox, as in `build`
    #[arg(long, value_name = "WHEN", value_parser = one_of(ISOLATION, Isolation::word))]
    #[serde(serialize_with = "isolation")]
    isolation: Option<Isolation>,
    #[command(flatten)]
    #[serde(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    index: IndexArgs,
}

/// What to test, where, and how.
#[derive(Args, Debug, Serialize)]
pub(crate) struct TestArgs {
    /// Directories of wheels (with their subdirectories), or wheels
    #[arg(value_name = "PATH", required = true)]
    sources: Vec<String>,
    /// Directory of the dataset; results that it already contains are not computed again
    #[arg(short, long, value_name = "DIR", default_value = "fleet")]
    dataset: PathBuf,
    /// Test releases again that the dataset already has
    #[arg(long)]
    again: bool,
    /// Only on this interpreter, as in `test`; may be given more than once
    #[arg(long = "python", value_name = "VERSION|PATH")]
    pythons: Vec<String>,
    /// Do not install dependencies of the wheels from an index
    #[arg(long)]
    offline: bool,
    /// Run the wheels in a sandbox, as in `test`
    #[arg(long, value_name = "WHEN", value_parser = one_of(ISOLATION, Isolation::word))]
    #[serde(serialize_with = "isolation")]
    isolation: Option<Isolation>,
    #[command(flatten)]
    #[serde(flatten)]
    cluster: ClusterArgs,
    /// Allow a scheduler on this host without encryption; may be given more than once
    #[arg(long = "allow-insecure-host", value_name = "HOST", help_heading = "Cluster")]
    insecure_hosts: Vec<String>,
}

/// What to verify, where, and how.
#[derive(Args, Debug, Serialize)]
pub(crate) struct VerifyArgs {
    /// Directories of wheels and their sdists (with their subdirectories), wheels, or releases on an index (NAME==VERSION)
    #[arg(value_name = "PATH|NAME==VERSION")]
    sources: Vec<String>,
    /// Verify every release that a requirements.txt or pylock.toml pins; may be given more than once
    #[arg(short, long = "requirement", value_name = "FILE")]
    requirements: Vec<PathBuf>,
    /// Directory of the dataset; results that it already contains are not computed again
    #[arg(short, long, value_name = "DIR", default_value = "fleet")]
    dataset: PathBuf,
    /// Verify wheels again that the dataset already has
    #[arg(long)]
    again: bool,
    /// Only the wheels for this platform, as in `verify`; may be given more than once
    #[arg(short, long = "target", value_name = "NAME")]
    targets: Vec<String>,
    /// Continue if a worker's tools are not those that the wheel records
    #[arg(long)]
    other_tools: bool,
    /// Run build scripts in a sandbox, as in `verify`
    #[arg(long, value_name = "WHEN", value_parser = one_of(ISOLATION, Isolation::word))]
    #[serde(serialize_with = "isolation")]
    isolation: Option<Isolation>,
    #[command(flatten)]
    #[serde(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    index: IndexArgs,
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

#[allow(clippy::ref_option, reason = "serde passes a reference")]
fn isolation<S: Serializer>(isolation: &Option<Isolation>, serializer: S) -> Result<S::Ok, S::Error> {
    isolation.map(Isolation::word).serialize(serializer)
}
