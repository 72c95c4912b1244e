//! Options of commands that run third-party code.

use clap::Args;
use monowheel_system::exec::Isolation;

use crate::cli::args::one_of;

/// What third-party code can access.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct IsolationArgs {
    /// Run third-party code in a bubblewrap sandbox: no network, no home directory, no other processes
    #[arg(long, value_name = "WHEN", value_parser = one_of(VALUES, Isolation::word))]
    isolation: Option<Isolation>,
}

/// The values, with their descriptions.
pub(crate) const VALUES: &[(Isolation, &str)] = &[
    (Isolation::Auto, "use the sandbox if this machine supports it; the report says whether (default)"),
    (Isolation::Required, "fail if the sandbox is not available"),
    (Isolation::Off, "run the code with your own permissions"),
];

impl IsolationArgs {
    /// The value on the command line.
    pub(crate) const fn given(self) -> Option<Isolation> {
        self.isolation
    }

    /// The value on the command line, or the default.
    pub(crate) fn or_default(self) -> Isolation {
        self.isolation.unwrap_or_default()
    }
}
