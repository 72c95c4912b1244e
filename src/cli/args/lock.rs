//! Options that say how to use `monowheel.lock`.

use clap::Args;
use monowheel_build::lockfile::{Mode, Tool};

/// All tools, as `--upgrade` takes them.
const ALL: &str = "all";

/// How to use the lock of the project's tools.
#[derive(Args, Debug)]
pub(crate) struct LockArgs {
    /// Use monowheel.lock as it is: fail if it is missing or would change
    #[arg(long, help_heading = "Tools", conflicts_with_all = ["upgrade", "no_lock"])]
    locked: bool,
    /// Update monowheel.lock to this machine's tools, all or one; may be given more than once
    #[arg(
        long,
        value_name = "TOOL",
        help_heading = "Tools",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ALL,
        value_parser = [ALL, Tool::Rust.word(), Tool::Maturin.word(), Tool::Zig.word(), Tool::Monowheel.word()],
        conflicts_with = "no_lock"
    )]
    upgrade: Vec<String>,
    /// Neither read nor write monowheel.lock: build with the tools of this machine
    #[arg(long, help_heading = "Tools")]
    no_lock: bool,
}

impl LockArgs {
    /// What they mean.
    pub(crate) fn mode(&self) -> Mode {
        if self.locked {
            Mode::Locked
        } else if self.no_lock {
            Mode::Ignore
        } else if self.upgrade.iter().any(|tool| tool == ALL) {
            Mode::Upgrade(Tool::ALL.into())
        } else if self.upgrade.is_empty() {
            Mode::Use
        } else {
            // The parser lets no other word through.
            Mode::Upgrade(self.upgrade.iter().filter_map(|tool| tool.parse().ok()).collect())
        }
    }

    /// The options as arguments again.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        let flags = [(self.locked, "--locked"), (self.no_lock, "--no-lock")];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, word)| word.to_owned());
        flags.chain(self.upgrade.iter().map(|tool| format!("--upgrade={tool}")))
    }
}
