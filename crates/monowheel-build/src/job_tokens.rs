//! Limits the number of compilers that run at once.

use monowheel_system::exec::Call;

/// The compilers that may run at once, over all lanes: a GNU make job server that every cargo of
/// the build draws from. Each lane implicitly has one token; the pool holds the rest.
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

    /// A lane that waits, or has ended, lends its own token to the others.
    pub(super) fn give(&self) {
        if let Some(pool) = &self.pool {
            let _ = pool.release_raw();
        }
    }

    /// Takes a token back, if one is free. If the system cannot tell, the lane goes on without one.
    pub(super) fn take(&self) -> bool {
        let Some(pool) = &self.pool else { return true };
        match pool.try_acquire() {
            Ok(Some(token)) => {
                token.drop_without_releasing();
                true
            }
            Ok(None) => false,
            Err(_) => true,
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
    pub(super) const fn give(&self) {}

    #[allow(clippy::unused_self, reason = "only Unix shares a job server")]
    pub(super) const fn take(&self) -> bool {
        true
    }
}
