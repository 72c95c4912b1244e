//! Arguments of `link`, which only a build calls.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// The linker and its arguments.
#[derive(Args, Debug)]
pub(crate) struct LinkArgs {
    /// maturin, whose `zig cc` links; zig itself for WebAssembly and with line tables
    pub(crate) linker: PathBuf,
    /// zig's name of the target
    pub(crate) target: String,
    /// rustc's arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}
