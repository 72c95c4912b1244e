//! Standard streams that were closed by the parent process (`>&-`, some service managers).
//!
//! The next file that is opened would get their number, and screen output would be written into it. Rust's
//! own programs are protected from that; a module of Python is not.

/// Replaces each closed stream with `/dev/null`. Returns whether stdout was closed.
#[cfg(unix)]
pub fn fill() -> bool {
    use std::os::fd::{AsRawFd as _, IntoRawFd as _};
    let is_stdout_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    // The system gives the lowest number that is free.
    while let Ok(null) = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null") {
        if null.as_raw_fd() > 2 {
            break;
        }
        // It stays open forever.
        let _ = null.into_raw_fd();
    }
    is_stdout_closed
}

/// Windows does not reuse the numbers.
#[cfg(not(unix))]
pub const fn fill() -> bool {
    false
}
