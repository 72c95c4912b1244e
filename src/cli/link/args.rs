//! The words of `link`, which a build writes and nobody types.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// What a linker is given.
#[derive(Args, Debug)]
pub(crate) struct LinkArgs {
    /// maturin, whose `zig cc` links; zig itself for WebAssembly
    pub(crate) linker: PathBuf,
    /// zig's name of the target
    pub(crate) target: String,
    /// rustc's arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}
