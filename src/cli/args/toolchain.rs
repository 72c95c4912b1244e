//! The Rust toolchain of a build.

use clap::Args;

/// Which Rust toolchain compiles.
#[derive(Args, Debug)]
pub(crate) struct ToolchainArgs {
    /// Use this Rust toolchain (rustup's name, or `system`) instead of the one in monowheel.lock or rust-toolchain.toml
    #[arg(long, value_name = "NAME", help_heading = "Tools", env = "MONOWHEEL_TOOLCHAIN", hide_env_values = true)]
    toolchain: Option<String>,
}

impl ToolchainArgs {
    /// The name of the toolchain; an empty one is none, as an empty variable.
    pub(crate) fn named(&self) -> Option<String> {
        self.toolchain.clone().filter(|name| !name.is_empty())
    }
}
