//! The meaning of calls to the rules: `calls.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use monowheel_wheel::abi::rows;

/// The effect of a piece of code, as far as a rule needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Blocks on another thread, a process, a peer or the clock.
    Waits,
    /// Reads or writes files.
    Reads,
    /// Distributes work to rayon's threads and waits for them.
    Rayon,
    /// Blocks on a future.
    BlocksOn,
    /// Runs Python code, which may switch to another thread.
    Python,
    /// Waits for the interpreter: `Python::attach`.
    Attach,
    /// Releases the interpreter: `py.detach`.
    Detach,
    /// Takes a lock until the value is dropped.
    Lock,
    /// A call of `lock()`; guards tell how long the lock is held.
    Locks,
    /// Initializes once, while others wait.
    Once,
    /// Looks for the event loop of this thread or task.
    NeedsLoop,
    /// Calls a method of an event loop that only its own thread may call; the event's name is that method.
    OfLoop,
    /// `PyModule::new(py, "parent.child")`; the event's name is that of the module.
    DottedModule,
    /// `extract::<Vec<u8>>()`.
    ExtractsBytes,
    /// Sends to a channel in a field of `self`; the event's name is the field.
    Sends,
    /// Hands work to another thread or to an executor.
    Spawn,
    /// Runs Python's signal handlers.
    Signals,
    /// `unwrap` and `expect`.
    Unwraps,
    /// `panic!` and similar macros.
    Panics,
    /// Reads the clock.
    Clock,
    /// `borrow_mut`.
    Borrows,
    /// `clone` of a field of `self`; the event's name is the field.
    Clones,
    /// `clone` of something inside a field of `self`: of an item, or behind a lock; the event's name is the field.
    ClonesInside,
    /// `clone` of an owned Python object; the event's name is that of the variable.
    ClonesObject,
    /// Reads or sets an attribute of a Python object, which may run Python code.
    Attribute,
    /// Calls a function of the project; the event's name is its path, `self::name` for a method of `self`.
    Calls,
    /// `drop` of a name.
    Drops,
    /// Discards the error of a Python call; the event's name is the method.
    Swallows,
    /// Adds a submodule to a module.
    Submodule,
    /// Logs with the crate `log`, which `pyo3-log` forwards to Python.
    Logs,
    /// Truncates a number with `as`; the event's name is the variable.
    Narrows,
    /// `a[b]`; the event's name is the index, or a name in it.
    Index,
    /// `Duration::from_secs_f64(a)`; the event's name is that variable.
    Seconds,
    /// `a / b`, or a call that panics with zero; the event's name is that variable.
    Divides,
    /// `array.as_slice().unwrap()` of an array of numpy; the event's name is that variable.
    Slices,
    /// Initializes the logger of the process, which panics if there is one.
    InitsLogger,
    /// Replaces the handler of Ctrl-C.
    TakesInterrupt,
    /// Makes an owner of a borrowed reference; the event's name is the function of the C API that it is from.
    OwnsBorrowed,
    /// Borrows a new reference, which nobody owns then; the event's name is the function of the C API that it is from.
    LeaksNew,
    /// Creates a Python exception; the event's name is its type.
    Raises,
    /// A loop; the event's name is its keyword.
    Loop,
    /// `.await`.
    Awaits,
}

/// How a name is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// As a type, a function or part of a path.
    Path,
    /// As a method call.
    Method,
    /// As a macro.
    Macro,
    /// As a call that borrows the text of a Python string.
    Text,
    /// As one of `upgrades.tsv`.
    Changed,
    /// As an old name, if it is one of `PyO3`: a method of a value of unknown type, or a word in a macro.
    Unsure,
}

/// How a call is recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Path,
    Tail,
    Any,
    OnToken,
    WithToken,
    Macro,
    /// With this number of arguments, if it matters.
    Method(Option<usize>),
}

static CALLS: LazyLock<HashMap<&'static str, (Form, What)>> = LazyLock::new(|| {
    let known = rows(include_str!("calls.tsv"));
    known.filter_map(|row| Some((*row.first()?, (form(row.get(1)?)?, what(row.get(2)?)?)))).collect()
});

fn form(word: &str) -> Option<Form> {
    Some(match word {
        "path" => Form::Path,
        "tail" => Form::Tail,
        "any" => Form::Any,
        "on-token" => Form::OnToken,
        "with-token" => Form::WithToken,
        "macro" => Form::Macro,
        "method" => Form::Method(None),
        _ => Form::Method(Some(word.strip_prefix("method")?.parse().ok()?)),
    })
}

fn what(word: &str) -> Option<What> {
    Some(match word {
        "waits" => What::Waits,
        "reads" => What::Reads,
        "rayon" => What::Rayon,
        "block-on" => What::BlocksOn,
        "python" => What::Python,
        "attach" => What::Attach,
        "detach" => What::Detach,
        "lock" => What::Lock,
        "once" => What::Once,
        "spawn" => What::Spawn,
        "signals" => What::Signals,
        "unwraps" => What::Unwraps,
        "panics" => What::Panics,
        "clock" => What::Clock,
        "borrows" => What::Borrows,
        "attribute" => What::Attribute,
        "submodule" => What::Submodule,
        _ => return None,
    })
}

/// The effect of a call of this complete path.
pub(super) fn of_path(path: &str) -> Option<What> {
    let known = |name: &str| CALLS.get(name).copied();
    if let Some((Form::Path | Form::Tail | Form::Any, what)) = known(path) {
        return Some(what);
    }
    // The last two components, then the last.
    let mut parts = path.rmatch_indices("::").map(|(at, _)| at + 2);
    let last = parts.next()?;
    let two = parts.next().unwrap_or(0);
    [two, last].into_iter().find_map(|at| match known(path.get(at..)?) {
        Some((Form::Tail | Form::Any, what)) => Some(what),
        _ => None,
    })
}

/// The effect of a call of this method.
pub(super) fn of_method(name: &str, arguments: usize, is_token: bool) -> Option<What> {
    match CALLS.get(name)? {
        (Form::Any | Form::Method(None), what) => Some(*what),
        (Form::Method(Some(number)), what) if *number == arguments => Some(*what),
        // `callable.call(args, kwargs)` of a `Bound`, `callable.call(py, args, kwargs)` of a `Py`.
        (Form::Method(Some(2)), what @ What::Python) if arguments == 3 => Some(*what),
        (Form::OnToken, what) if is_token => Some(*what),
        _ => None,
    }
}

/// The effect of a call of this method whose first argument is a token: `error.print(py)`.
pub(super) fn of_method_with_token(name: &str) -> Option<What> {
    match CALLS.get(name)? {
        (Form::WithToken, what) => Some(*what),
        _ => None,
    }
}

/// The effect of a macro; the name is without `!`.
pub(super) fn of_macro(name: &str) -> Option<What> {
    match CALLS.get(format!("{name}!").as_str())? {
        (Form::Macro, what) => Some(*what),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(CALLS.len(), rows(include_str!("calls.tsv")).count());
    }

    #[test]
    fn calls_are_known_by_path_tail_and_number_of_arguments() {
        assert_eq!(of_path("std::thread::sleep"), Some(What::Waits));
        assert_eq!(of_path("other::thread::sleep"), None);
        assert_eq!(of_path("sleep"), None);
        assert_eq!(of_path("pyo3::Python::attach"), Some(What::Attach));
        assert_eq!(of_path("Python::attach"), Some(What::Attach));
        assert_eq!(of_path("futures::executor::block_on"), Some(What::BlocksOn));
        assert_eq!(of_method("join", 0, false), Some(What::Waits));
        assert_eq!(of_method("join", 1, false), None);
        assert_eq!(of_method("call", 3, false), Some(What::Python));
        assert_eq!(of_method("call", 1, false), None);
        assert_eq!(of_method("import", 1, true), Some(What::Python));
        assert_eq!(of_method("import", 1, false), None);
        assert_eq!(of_macro("todo"), Some(What::Panics));
    }
}
