//! Python's own exceptions.

/// Their names.
const NAMES: [&str; 62] = [
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "EncodingWarning",
    "Exception",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "ImportError",
    "ImportWarning",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotADirectoryError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TimeoutError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UserWarning",
    "ValueError",
    "ZeroDivisionError",
];

/// Those whose base is not `Exception`, by their base.
const OTHER_BASES: [(&str, &[&str]); 11] = [
    ("ArithmeticError", &["FloatingPointError", "OverflowError", "ZeroDivisionError"]),
    ("BaseException", &["BaseExceptionGroup", "Exception", "GeneratorExit", "KeyboardInterrupt", "SystemExit"]),
    (
        "ConnectionError",
        &["BrokenPipeError", "ConnectionAbortedError", "ConnectionRefusedError", "ConnectionResetError"],
    ),
    ("ImportError", &["ModuleNotFoundError"]),
    ("LookupError", &["IndexError", "KeyError"]),
    ("NameError", &["UnboundLocalError"]),
    (
        "OSError",
        &[
            "BlockingIOError",
            "ChildProcessError",
            "ConnectionError",
            "FileExistsError",
            "FileNotFoundError",
            "InterruptedError",
            "IsADirectoryError",
            "NotADirectoryError",
            "PermissionError",
            "ProcessLookupError",
            "TimeoutError",
        ],
    ),
    ("RuntimeError", &["NotImplementedError", "RecursionError"]),
    ("UnicodeError", &["UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError"]),
    ("ValueError", &["UnicodeError"]),
    (
        "Warning",
        &[
            "BytesWarning",
            "DeprecationWarning",
            "EncodingWarning",
            "FutureWarning",
            "ImportWarning",
            "PendingDeprecationWarning",
            "ResourceWarning",
            "RuntimeWarning",
            "SyntaxWarning",
            "UserWarning",
        ],
    ),
];

/// The bases of one of Python's own exceptions: those of `KeyError` are `LookupError`, `Exception` and `BaseException`.
pub(crate) fn bases(name: &str) -> Vec<&'static str> {
    let base = |name: &str| match OTHER_BASES.iter().find(|(_, derived)| derived.contains(&name)) {
        Some((base, _)) => Some(*base),
        None => Some("Exception").filter(|_| name != "BaseException"),
    };
    std::iter::successors(base(name), |name| base(name)).collect()
}

/// The exception that a type of `pyo3::exceptions` stands for.
pub(crate) fn of_type(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix("Py")?;
    NAMES.iter().copied().find(|known| *known == name)
}

/// Whether this is one of Python's own.
pub(crate) fn is_builtin(name: &str) -> bool {
    NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_end() {
        assert_eq!(bases("KeyError"), ["LookupError", "Exception", "BaseException"]);
        assert_eq!(bases("BaseException"), [""; 0]);
        assert!(NAMES.iter().all(|name| *name == "BaseException" || bases(name).last() == Some(&"BaseException")));
        let derived = OTHER_BASES.iter().flat_map(|(_, derived)| *derived);
        assert!(derived.clone().all(|name| NAMES.contains(name)));
    }
}
