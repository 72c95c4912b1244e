//! How many compilers run at once.

use monowheel_system::exec::Call;

/// The compilers that may run at once, over all lanes: a GNU make job server that every cargo of
/// the build draws from. Each lane has one token by being there; the pool holds the rest.
pub(super) struct Tokens {
    #[cfg(unix)]
    pool: Option<jobserver::Client>,
}

#[cfg(unix)]
impl Tokens {
    pub(super) fn new(cores: usize, lanes: usize) -> Self {
        Self { pool: jobserver::Client::new(cores.saturating_sub(lanes)).ok() }
    }

    pub(super) fn shared(&self, call: Call) -> Call {
        match &self.pool {
            Some(pool) => call.jobs(pool),
            None => call,
        }
    }

    /// A lane that is through gives its own token to the others.
    pub(super) fn lane_ended(&self) {
        if let Some(pool) = &self.pool {
            let _ = pool.release_raw();
        }
    }
}

#[cfg(not(unix))]
impl Tokens {
    pub(super) const fn new(_cores: usize, _lanes: usize) -> Self {
        Self {}
    }

    #[allow(clippy::unused_self, reason = "only Unix shares a job server")]
    pub(super) fn shared(&self, call: Call) -> Call {
        call
    }

    #[allow(clippy::unused_self, reason = "only Unix shares a job server")]
    pub(super) const fn lane_ended(&self) {}
}
