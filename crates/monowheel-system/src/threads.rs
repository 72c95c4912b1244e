//! Threads, which the system may refuse: a limit of the user or of the container, or no memory for its stack.
//!
//! `std::thread::spawn`, a scope's `spawn` and rayon's parallel iterators panic then. These functions return an error
//! with the reason.

use std::fmt::Display;
use std::sync::OnceLock;
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};

use monowheel_error::{Error, ErrorKind, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Starts a thread.
///
/// # Errors
/// When the system refuses one.
pub fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<JoinHandle<T>> {
    Builder::new().spawn(work).map_err(|error| refused(&error))
}

/// Starts a thread that ends before the scope does.
///
/// # Errors
/// When the system refuses one.
pub fn scoped<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>> {
    Builder::new().spawn_scoped(scope, work).map_err(|error| refused(&error))
}

/// Starts a pool with this many threads, or as many as there are cores.
///
/// # Errors
/// When the system refuses them.
pub fn pool(threads: Option<usize>) -> Result<ThreadPool> {
    build(ThreadPoolBuilder::new().num_threads(threads.unwrap_or_default()))
}

/// Starts a pool.
///
/// # Errors
/// As [`pool`].
pub fn build(pool: ThreadPoolBuilder) -> Result<ThreadPool> {
    pool.build().map_err(|error| refused(&error))
}

/// Starts rayon's global pool. Call it before a parallel iterator that runs in no pool of ours.
///
/// # Errors
/// When the system refuses the threads; the same each time.
pub fn ready() -> Result<()> {
    static STARTED: OnceLock<Result<()>> = OnceLock::new();
    let start = || match ThreadPoolBuilder::new().build_global() {
        // Without a source, it is already running.
        Err(error) if std::error::Error::source(&error).is_some() => Err(refused(&error)),
        _ => Ok(()),
    };
    STARTED.get_or_init(start).clone()
}

/// The error for a thread or a process that the system did not start.
#[must_use]
pub fn refused(why: &dyn Display) -> Error {
    Error::new(ErrorKind::Io, format!("the system cannot start more threads or processes: {why}")).next(
        "run fewer things at once (`--jobs 1`), or raise the limit: `ulimit -u` of the user, or `pids` of the container; \
         it may also be out of memory",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_that_the_system_refuses_is_an_error_with_a_reason() {
        // No address space holds such a stack.
        let error = build(ThreadPoolBuilder::new().num_threads(2).stack_size(1 << 60)).unwrap_err();
        assert!(error.what().starts_with("the system cannot start more threads or processes: "), "{error}");
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.next_step().is_some_and(|next| next.contains("--jobs 1")));
    }

    #[test]
    fn threads_run() -> Result<()> {
        ready()?;
        ready()?;
        assert_eq!(spawn(|| 1)?.join().ok(), Some(1));
        let both =
            std::thread::scope(|scope| Ok::<_, Error>([scoped(scope, || 1)?.join(), scoped(scope, || 2)?.join()]));
        assert_eq!(both?.map(|end| end.ok()), [Some(1), Some(2)]);
        assert_eq!(pool(Some(2))?.current_num_threads(), 2);
        Ok(())
    }
}
