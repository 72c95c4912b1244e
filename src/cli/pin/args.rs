//! The words of `pin`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use monowheel_release::pin::scope::Python;

use crate::cli::args::index::IndexArgs;

/// What to pin, or which pinned file to check.
#[derive(Args, Debug)]
pub(crate) struct PinArgs {
    /// Releases on an index, wheels, or folders of wheels; with --check one folder, which is looked at instead of an
    /// index
    #[arg(value_name = "NAME==VERSION|WHEEL|DIR", required_unless_present_any = ["requirements", "check"])]
    pub(crate) subjects: Vec<PathBuf>,
    /// Pin every release that a requirements.txt or pylock.toml names; repeat it for more
    #[arg(short, long = "requirement", value_name = "FILE")]
    pub(crate) requirements: Vec<PathBuf>,
    /// Say whether a pinned file (requirements with hashes, or pylock.toml) still holds
    #[arg(long, value_name = "FILE", conflicts_with_all = ["requirements", "format", "output", "sdist", "yanked"])]
    pub(crate) check: Option<PathBuf>,
    /// Only for this platform, as the map or a wheel names it, or without a level (manylinux_x86_64); repeat it for
    /// more
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Vec<String>,
    /// Only for this CPython: 3.12, 3.14t; repeat it for more
    #[arg(long, value_name = "VERSION")]
    pub(crate) python: Vec<Python>,
    /// Keep the sdist too: where no wheel fits, pip then builds it, with the code of whoever made it
    #[arg(long)]
    pub(crate) sdist: bool,
    /// Pin a release although it is yanked
    #[arg(long)]
    pub(crate) yanked: bool,
    /// Pin only files with a valid attestation (PEP 740), and record who published them; with --check, ask for one of
    /// every file. A file that records publishers is checked against them without it
    #[arg(long)]
    pub(crate) require_attestations: bool,
    /// Pin a release although its publisher is another one than the file that is pinned again records
    #[arg(long, conflicts_with = "check")]
    pub(crate) accept_publisher_change: bool,
    /// The form; that of --output's name by default: pylock for pylock.toml and pylock.NAME.toml
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) format: Option<PinFormat>,
    /// Write the pin to this file; to stdout by default
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
}

/// The forms of a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PinFormat {
    /// For `pip install --require-hashes -r`, and uv
    Requirements,
    /// pylock.toml (PEP 751), for `pip install -r` (pip 26 and newer) and `uv pip sync`
    Pylock,
}
