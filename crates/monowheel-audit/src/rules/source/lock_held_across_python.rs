//! The rule `lock-held-across-python`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, State, What};

rule! {
    /// A lock is held while Python code runs or while waiting for the interpreter: a deadlock.
    ///
    /// # What it does
    /// Follows the guards of `lock()`, `read()` and `write()` through each function: those bound by `let`, those in the
    /// head of a `match`, `if let` or `for`, and temporaries that live as long as a statement. Reports calls into
    /// Python, `Python::attach` and `py.detach` while one is held. Guards of `lock_py_attached` count too, once they
    /// are held. Only names are compared: any method called `lock` is treated as a lock.
    ///
    /// # Why it matters
    /// Any Python code may let another thread run. If that thread needs the same lock, it waits for it while it holds
    /// the interpreter, which this thread needs to continue: both wait forever (pyo3#4771). Free-threaded builds
    /// deadlock as well, when they stop all threads.
    ///
    /// # Example
    /// ```rust,ignore
    /// let handlers = self.handlers.lock().unwrap();
    /// for handler in handlers.iter() {
    ///     handler.call0(py)?;
    /// }
    /// ```
    ///
    /// # Fix
    /// Copy the values you need out of the lock, release it, then call:
    /// ```rust,ignore
    /// let handlers: Vec<_> = self.handlers.lock_py_attached(py).unwrap().iter().map(|one| one.clone_ref(py)).collect();
    /// for handler in handlers {
    ///     handler.call0(py)?;
    /// }
    /// ```
    pub(super) static RULE: "lock-held-across-python", Source, Error, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        // One finding for each lock: the first call while it is held.
        let mut told = Vec::new();
        for event in &function.events {
            let doing = match event.what {
                What::Python if event.state == State::Attached => "runs Python code",
                What::Attach if event.state != State::Attached => "waits for the interpreter",
                What::Detach => "releases the interpreter and waits for it again",
                _ => continue,
            };
            let Some(held) = event.guards.last().copied().filter(|held| !told.contains(held)) else { continue };
            told.push(held);
            let Some(guard) = function.guards.get(usize::from(held)) else { continue };
            let lock = match &guard.name {
                Some(name) => format!("`{name}`, locked on line {},", guard.at.line),
                None => format!("the lock taken on line {}", guard.at.line),
            };
            let message = format!("{} {doing} with `{}` while {lock} is held", function.title(), event.name);
            found.add(
                file.finding(Severity::Error, &event.at, message)
                    .fix("copy the values you need out of the lock and release it before the call"),
            );
        }
    }
}
