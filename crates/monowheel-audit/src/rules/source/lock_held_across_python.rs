//! The rule `lock-held-across-python`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, File, Function, Guard, Receiver, Source, State, Subject, What};

rule! {
    /// A lock is held while Python code runs or while waiting for the interpreter: a deadlock.
    ///
    /// # What it does
    /// Follows the guards of `lock()`, `read()` and `write()` through each function: those bound by `let`, those in the
    /// head of a `match`, `if let` or `for`, and temporaries that live as long as a statement. The entries of a `DashMap`
    /// are guards too, and so is what a function of the crate returns (`MutexGuard`), or holds while it runs a closure
    /// (`self.with_state(|state| …)`). Reports calls into
    /// Python, `Python::attach` and `py.detach` while one is held, also inside functions of the crate that are called,
    /// and log macros if the crate depends on pyo3-log, which calls Python's `logging`. What runs Python code only for some
    /// classes is a warning: reading an attribute (`getattr`), the text of a `Bound<'_, PyAny>` (`format!`, `str()`), its
    /// operators and `check_signals`. Guards of `lock_py_attached` count too, once they
    /// are held. `read()` and `write()` count only on a lock, by the type of the field, static, parameter or result;
    /// `lock()` counts unless the type is known to be no lock.
    ///
    /// # Why it matters
    /// Any Python code may let another thread run. If that thread needs the same lock, it waits for it while it holds
    /// the interpreter, which this thread needs to continue: both wait forever (pyo3#4771). The text of an object or of an
    /// error is enough (pyo3#4764). Free-threaded builds
    /// deadlock as well, when they stop all threads. An entry of a `DashMap` holds the lock of its shard (dashmap#233).
    /// Also reported in pyo3#4265, granian#802, mantid#33939.
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
        for (held, guard) in function.guards.iter().enumerate().filter(|(_, guard)| !guard.is_of_object()) {
            // One finding for each lock: the first of the most severe calls while it is held.
            let under =
                function.events.iter().filter(|event| event.guards.last().map(|last| usize::from(*last)) == Some(held));
            let said = under.filter_map(|event| Some((event, said_of(source, file, event)?)));
            let worst = said.reduce(|worst, other| if other.1.0 > worst.1.0 { other } else { worst });
            let Some((event, (severity, doing))) = worst else { continue };
            let lock = match &guard.name {
                Some(name) => format!("`{name}`, locked on line {},", guard.at.line),
                None if guard.subject == Subject::Runner => format!("the lock that `{}` takes", guard.method),
                None => format!("the lock taken on line {}", guard.at.line),
            };
            let message = format!("{} {doing} with `{}` while {lock} is held", function.title(), event.called());
            let (severity, fix) = match has_exclusive_writers(source, file, function, guard) {
                true => (
                    Severity::Note,
                    "keep `&mut self` in every method that writes, or copy the values you need out of the lock",
                ),
                false => (severity, "copy the values you need out of the lock and release it before the call"),
            };
            found.add(file.finding(severity, &event.at, message).fix(fix));
        }
    }
}

/// What an event does that needs the interpreter, or may.
fn said_of(source: &Source, file: &File, event: &Event) -> Option<(Severity, &'static str)> {
    let does = event.does.as_ref();
    let is_attached = event.state == State::Attached;
    let logs_to_python = source.krate(file).is_some_and(|krate| krate.logs_to_python);
    match event.what {
        What::Python if is_attached => Some((Severity::Error, "runs Python code")),
        What::Attribute if is_attached => Some((Severity::Warning, "may run Python code")),
        What::Signals if is_attached => Some((Severity::Warning, "runs Python's signal handlers")),
        What::Attach if !is_attached => Some((Severity::Error, "waits for the interpreter")),
        What::Logs if logs_to_python => Some((Severity::Warning, "logs to Python, through pyo3-log,")),
        What::Calls if logs_to_python && does.is_some_and(|does| does.logs.is_some()) => {
            Some((Severity::Warning, "logs to Python, through pyo3-log,"))
        }
        What::Detach => Some((Severity::Error, "releases the interpreter and waits for it again")),
        What::Calls if is_attached && does.is_some_and(|does| does.python.is_some()) => {
            Some((Severity::Error, "runs Python code"))
        }
        What::Calls if !is_attached && does.is_some_and(|does| does.attaches.is_some()) => {
            Some((Severity::Error, "waits for the interpreter"))
        }
        _ => None,
    }
}

/// Whether a lock is held for reading, and only methods with `&mut self` of its class write: `PyO3` refuses those while a
/// reader has the object, before they wait for the lock.
fn has_exclusive_writers(source: &Source, file: &File, function: &Function, guard: &Guard) -> bool {
    let (Some(class), "read", Subject::OwnField(field)) = (&function.class, guard.method.as_str(), &guard.subject)
    else {
        return false;
    };
    let mut same_crate = source.functions().filter(|(other, _)| other.krate == file.krate);
    let mut is_written = false;
    let is_shared = same_crate.any(|(other, one)| {
        let is_own = one.class.as_ref() == Some(class);
        // The field is private to the module.
        let is_near = is_own || other.path == file.path;
        let may_be_it = |subject: &Subject| match subject {
            Subject::OwnField(name) => is_own && name == field,
            Subject::Field(name) => is_near && name == field,
            Subject::Unknown | Subject::Returned(_) => is_near,
            Subject::Ty(_) | Subject::Static(_) | Subject::Runner => false,
        };
        let is_exclusive = one.receiver == Receiver::Exclusive || one.exclusive_param().is_some();
        let writes = one.guards.iter().any(|guard| guard.method == "write" && may_be_it(&guard.subject));
        is_written |= writes;
        let shares = one.events.iter().any(|event| event.what == What::Clones && event.name == *field);
        (writes && !(is_own && is_exclusive)) || (shares && is_own)
    });
    // Without a writer that is seen here, it may be anywhere.
    is_written && !is_shared
}

/// Whether a method of the class needs the interpreter while it holds this field's lock for reading.
pub(super) fn is_read_across(source: &Source, file: &File, class: &str, field: &str) -> bool {
    source.methods(file, class).any(|method| {
        let is_it = |held: &u16| {
            let guard = method.guards.get(usize::from(*held));
            guard.is_some_and(|guard| guard.method == "read" && guard.subject == Subject::OwnField(field.to_owned()))
        };
        let needs = |event: &Event| said_of(source, file, event).is_some() && event.guards.iter().any(is_it);
        method.events.iter().any(needs)
    })
}
