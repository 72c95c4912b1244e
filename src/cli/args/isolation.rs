//! The words of commands that run the code of others.

use clap::Args;
use monowheel_system::exec::Isolation;

use crate::cli::args::one_of;

/// What the code of others can reach.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct IsolationArgs {
    /// Whether the code of others runs isolated, by bubblewrap: no network, no home, no other process
    #[arg(long, value_name = "WHEN", value_parser = one_of(VALUES, Isolation::word))]
    isolation: Option<Isolation>,
}

const VALUES: &[(Isolation, &str)] = &[
    (Isolation::Auto, "where this machine can; the report says whether (default)"),
    (Isolation::Required, "or nothing runs"),
    (Isolation::Off, "it runs as you, with all that you may do"),
];

impl IsolationArgs {
    /// As it was typed.
    pub(crate) const fn given(self) -> Option<Isolation> {
        self.isolation
    }

    /// As it was typed, or the default.
    pub(crate) fn or_default(self) -> Isolation {
        self.isolation.unwrap_or_default()
    }
}
