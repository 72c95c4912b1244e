/// Why a call failed.
#[derive(Debug)]
pub enum DriverError {
    Timeout,
    Unavailable { alive: u32 },
    Protocol(String),
}

impl DriverError {
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Timeout)
    }
}
