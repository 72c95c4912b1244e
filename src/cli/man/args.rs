//! The options of `man`.

use std::path::PathBuf;

use clap::Args;

/// Where the pages go.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Existing directory for the pages of all commands, such as ~/.local/share/man/man1; by default, the page of
    /// `monowheel` is printed
    #[arg(value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
}
