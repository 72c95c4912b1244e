//! Arguments of `pythons`.

use std::path::PathBuf;

use clap::Args;

/// The arguments of `pythons`.
#[derive(Args, Debug)]
pub(crate) struct PythonsArgs {
    /// Also probe this interpreter; may be given more than once
    #[arg(long = "python", value_name = "PATH")]
    pub(crate) named: Vec<PathBuf>,
}
