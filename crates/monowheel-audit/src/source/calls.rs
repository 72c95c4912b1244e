//! The meaning of calls and names to the rules: `calls.tsv` and `old_names.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use monowheel_wheel::abi::rows;

use crate::finding::Edit;
use crate::source::At;

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

/// A deprecated `PyO3` name and its replacement.
#[derive(Clone, Copy, Debug)]
pub struct OldName {
    /// The name.
    pub(crate) old: &'static str,
    /// How it is used in code.
    pub(crate) form: Named,
    /// The first `PyO3` version with the replacement.
    pub(crate) since: (u64, u64),
    /// The replacement.
    pub(crate) new: &'static str,
    /// Whether it can be replaced automatically.
    pub(crate) is_safe: bool,
}

static OLD_NAMES: LazyLock<HashMap<&'static str, OldName>> = LazyLock::new(|| {
    let known = rows(include_str!("old_names.tsv"));
    known
        .filter_map(|row| {
            let form = match *row.get(1)? {
                "path" => Named::Path,
                "method" => Named::Method,
                _ => Named::Macro,
            };
            let (major, minor) = row.get(2)?.split_once('.')?;
            let since = (major.parse().ok()?, minor.parse().ok()?);
            Some((
                *row.first()?,
                OldName { old: row.first()?, form, since, new: row.get(3)?, is_safe: *row.get(4)? == "safe" },
            ))
        })
        .collect()
});

/// Types that are not in every stable ABI.
const WATCHED: [&str; 2] = ["PyBuffer", "PyUntypedBuffer"];

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

/// Whether a rule needs the uses of this name.
pub(super) fn is_asked_for(name: &str, form: Named) -> bool {
    (form == Named::Path && WATCHED.contains(&name)) || old_name(name, form).is_some()
}

/// The deprecated name that this is, when used this way.
#[must_use]
pub fn old_name(name: &str, form: Named) -> Option<&'static OldName> {
    OLD_NAMES.get(name).filter(|old| old.form == form)
}

/// Whether a name is that of a method or a function of `Python`: other types may have it as well.
pub(super) fn is_of_token(name: &str) -> bool {
    matches!(name, "with_gil" | "allow_threads" | "import_bound" | "get_type_bound" | "eval_bound" | "run_bound")
}

/// Whether hardly any other type has a method of this name.
pub(super) fn is_only_pyo3s(name: &str) -> bool {
    matches!(name, "call_method_bound" | "into_py")
}

/// The edit that replaces a deprecated name, if nothing else has to change.
pub(super) fn replacement(name: &str, form: Named, at: &At) -> Option<Edit> {
    let old = old_name(name, form).filter(|old| old.is_safe)?;
    Some(Edit { range: at.range.clone(), text: old.new.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_is_read() {
        assert_eq!(CALLS.len(), rows(include_str!("calls.tsv")).count());
        assert_eq!(OLD_NAMES.len(), rows(include_str!("old_names.tsv")).count());
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
