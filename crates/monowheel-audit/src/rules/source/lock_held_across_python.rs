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
    /// Python, `Python::attach` and `py.detach` while one is held, also inside functions of the crate that are called,
    /// and log macros if the crate depends on pyo3-log, which calls Python's `logging`. Reading an attribute (`getattr`)
    /// runs Python code only if it is a property, and is a warning. Guards of `lock_py_attached` count too, once they
    /// are held. `read()` and `write()` count only on a lock, by the type of the field, static, parameter or result;
    /// `lock()` counts unless the type is known to be no lock.
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
            let does = event.does.as_ref();
            let is_attached = event.state == State::Attached;
            let (severity, doing) = match event.what {
                What::Python if is_attached => (Severity::Error, "runs Python code"),
                What::Attribute if is_attached => (Severity::Warning, "may run Python code"),
                What::Attach if !is_attached => (Severity::Error, "waits for the interpreter"),
                What::Logs if source.krate(file).is_some_and(|krate| krate.logs_to_python) => {
                    (Severity::Warning, "logs to Python, through pyo3-log,")
                }
                What::Detach => (Severity::Error, "releases the interpreter and waits for it again"),
                What::Calls if is_attached && does.is_some_and(|does| does.python.is_some()) => {
                    (Severity::Error, "runs Python code")
                }
                What::Calls if !is_attached && does.is_some_and(|does| does.attaches.is_some()) => {
                    (Severity::Error, "waits for the interpreter")
                }
                _ => continue,
            };
            let Some(held) = event.guards.last().copied().filter(|held| !told.contains(held)) else { continue };
            told.push(held);
            let Some(guard) = function.guards.get(usize::from(held)) else { continue };
            let lock = match &guard.name {
                Some(name) => format!("`{name}`, locked on line {},", guard.at.line),
                None => format!("the lock taken on line {}", guard.at.line),
            };
            let message = format!("{} {doing} with `{}` while {lock} is held", function.title(), event.called());
            found.add(
                file.finding(severity, &event.at, message)
                    .fix("copy the values you need out of the lock and release it before the call"),
            );
        }
    }
}
