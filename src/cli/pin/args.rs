//! Arguments of `pin`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use monowheel_release::pin::scope::Python;

use crate::cli::args::index::IndexArgs;

/// What to pin, or which existing lock to check.
#[derive(Args, Debug)]
pub(crate) struct PinArgs {
    /// Releases on an index, wheels, or directories of wheels; with --check one directory, read instead of an index
    #[arg(value_name = "NAME==VERSION|WHEEL|DIR", required_unless_present_any = ["requirements", "check"])]
    pub(crate) subjects: Vec<PathBuf>,
    /// Pin every release that a requirements.txt or pylock.toml names; may be given more than once
    #[arg(short, long = "requirement", value_name = "FILE")]
    pub(crate) requirements: Vec<PathBuf>,
    /// Check an existing lock (requirements with hashes, or pylock.toml) against the index
    #[arg(long, value_name = "FILE", conflicts_with_all = ["requirements", "format", "output", "sdist", "yanked"])]
    pub(crate) check: Option<PathBuf>,
    /// Only for this platform: a platform tag, or one without a version (manylinux_x86_64); may be given more than
    /// once
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Vec<String>,
    /// Only for this CPython: 3.12, 3.14t; may be given more than once
    #[arg(long, value_name = "VERSION")]
    pub(crate) python: Vec<Python>,
    /// Pin the sdist too: where no wheel fits, pip then builds it, which runs its code
    #[arg(long)]
    pub(crate) sdist: bool,
    /// Pin a release even if it is yanked
    #[arg(long)]
    pub(crate) yanked: bool,
    /// Require a valid attestation (PEP 740) of every file, and record its publisher
    ///
    /// With --check, every file needs an attestation. A lock that records publishers is checked against them without
    /// this option.
    #[arg(long)]
    pub(crate) require_attestations: bool,
    /// Pin a release even if its publisher is not the one that the existing lock records
    #[arg(long, conflicts_with = "check")]
    pub(crate) accept_publisher_change: bool,
    /// Format of the lock [default: by --output's name: pylock for pylock.toml and pylock.NAME.toml]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<PinFormat>,
    /// Write the lock to this file [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
}

/// The formats of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PinFormat {
    /// For `pip install --require-hashes -r`, and uv
    Requirements,
    /// pylock.toml (PEP 751), for `pip install -r` (pip 26 and newer) and `uv pip sync`
    Pylock,
}
