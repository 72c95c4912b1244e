//! The rule `lock-held-across-python`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, State, What};

rule! {
    /// A lock is held while Python code runs, or while the interpreter is waited for: a deadlock.
    ///
    /// # What it does
    /// Follows the guards of `lock()`, `read()` and `write()` through each function: those bound by `let`, those that a
    /// `match`, `if let` or `for` looks at, and those that live as long as a statement. Reports calls into Python,
    /// `Python::attach` and `py.detach` while one is held, also in functions of the crate that are called, and log macros where
    /// the crate depends on pyo3-log, which calls Python's `logging`. Reading an attribute
    /// (`getattr`), which runs Python code only where there is a property, is a warning. Guards of `lock_py_attached` count
    /// too, once they are held. What `read()` and `write()` are called on has to be a lock by its type, as a field, a static, a
    /// parameter or a result says; `lock()` is one unless the type says otherwise.
    ///
    /// # Why it matters
    /// Any Python code may let another thread have the interpreter. If that thread wants the same lock, it waits for it
    /// and keeps the interpreter, which this one needs to go on: both wait for ever (pyo3#4771). Free-threaded builds
    /// deadlock as well, when the world is stopped.
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
    /// Take what is needed out of the lock, let go of it, then call:
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
        // One finding for each lock: the first thing that is done while it is held.
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
                What::Detach => (Severity::Error, "gives the interpreter away and waits for it again"),
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
                Some(name) => format!("`{name}`, locked in line {},", guard.at.line),
                None => format!("the lock that is taken in line {}", guard.at.line),
            };
            let message = format!("{} {doing} with `{}` while {lock} is held", function.title(), event.called());
            found.add(
                file.finding(severity, &event.at, message)
                    .fix("take what is needed out of the lock and let go of it before the call"),
            );
        }
    }
}
