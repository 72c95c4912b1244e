use crate::errors::DriverError;

/// Decides what happens after an error.
pub trait RetryPolicy {
    fn decide(&self, error: &DriverError, attempt: u32) -> Decision;
}

pub enum Decision {
    Retry,
    Ignore,
    Rethrow,
}

/// Tries a fixed number of times.
pub struct FixedRetry {
    pub attempts: u32,
}

impl FixedRetry {
    pub fn new(attempts: u32) -> Self {
        Self { attempts }
    }
}

impl RetryPolicy for FixedRetry {
    fn decide(&self, _error: &DriverError, attempt: u32) -> Decision {
        if attempt < self.attempts { Decision::Retry } else { Decision::Rethrow }
    }
}
