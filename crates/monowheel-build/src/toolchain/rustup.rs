//! Finds out whether rustup can fetch a missing standard library: that is minutes faster than building it from source.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use monowheel_net::is_reachable;
use monowheel_system::exec::on_path;

use crate::toolchain::rust::Toolchain;

/// rustup's server, unless the variable names a mirror.
const SERVER: &str = "https://static.rust-lang.org";
/// The variable of rustup that names a mirror.
const MIRROR: &str = "RUSTUP_DIST_SERVER";
/// How long the server may take to accept a connection. A closed network responds at once, or never.
const LIMIT: Duration = Duration::from_secs(3);
/// `source` builds every missing standard library from source, if possible.
pub(crate) const VARIABLE: &str = "MONOWHEEL_STD";

/// rustup, and whether its server responds: determined once, when the first standard library is missing that rustup
/// could fetch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rustup {
    /// The instance that is queried before anything is built.
    program: Option<PathBuf>,
    answers: Arc<OnceLock<bool>>,
}

impl Rustup {
    /// The one on PATH; none if the environment requires standard libraries from source.
    pub(crate) fn find() -> Self {
        let is_wanted = std::env::var_os(VARIABLE).is_none_or(|how| how != "source");
        Self { program: on_path("rustup").filter(|_| is_wanted), answers: Arc::default() }
    }

    /// Whether it can fetch a standard library for this toolchain.
    pub(crate) fn can_add_to(&self, toolchain: &Toolchain) -> bool {
        let is_reached = || is_reachable(&std::env::var(MIRROR).unwrap_or_else(|_| SERVER.to_owned()), LIMIT);
        toolchain.by_rustup && self.program.is_some() && *self.answers.get_or_init(is_reached)
    }

    /// The program, even if it fetches nothing that can be built.
    pub(crate) fn program(&self) -> Option<PathBuf> {
        self.program.clone().or_else(|| on_path("rustup"))
    }

    #[cfg(test)]
    pub(crate) fn that_answers(answers: bool) -> Self {
        Self { program: Some(PathBuf::from("/rustup")), answers: Arc::new(OnceLock::from(answers)) }
    }

    #[cfg(test)]
    pub(crate) fn that_was_not_asked() -> Self {
        Self { program: Some(PathBuf::from("/rustup")), answers: Arc::default() }
    }

    #[cfg(test)]
    pub(crate) fn was_asked(&self) -> bool {
        self.answers.get().is_some()
    }

    #[cfg(test)]
    pub(crate) fn that_answers_at(program: PathBuf) -> Self {
        Self { program: Some(program), ..Self::that_answers(true) }
    }
}
