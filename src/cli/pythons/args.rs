//! The words of `pythons`.

use std::path::PathBuf;

use clap::Args;

/// The arguments of `pythons`.
#[derive(Args, Debug)]
pub(crate) struct PythonsArgs {
    /// Ask this interpreter too; repeat it for more
    #[arg(long = "python", value_name = "PATH")]
    pub(crate) named: Vec<PathBuf>,
}
