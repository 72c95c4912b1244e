//! The options of `cache`.

use clap::{Args, Subcommand};
use monowheel_system::cache::{PARTS, Part};

/// Show or empty the cache of downloads, standard libraries and build directories.
#[derive(Args, Debug)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    pub(crate) command: CacheCommand,
}

/// What to do with the cache.
#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Print the cache directory
    Dir,
    /// Show how much space each part of the cache takes
    Size,
    /// Remove everything in the cache, or the named parts; the lab stays (`monowheel lab remove --all`)
    Clean(CleanArgs),
}

/// Which parts.
#[derive(Args, Debug)]
pub(crate) struct CleanArgs {
    /// Part of the cache to empty; all parts by default
    #[arg(value_name = "PART", value_parser = part_names())]
    pub(crate) parts: Vec<String>,
}

fn part_names() -> clap::builder::PossibleValuesParser {
    PARTS.iter().map(|Part { name, holds, .. }| clap::builder::PossibleValue::new(*name).help(*holds)).into()
}
