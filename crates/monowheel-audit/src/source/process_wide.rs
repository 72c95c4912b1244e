//! Calls that change something for the whole process, of which Python is a part: the logger, the handler of Ctrl-C.

use syn::{Expr, ExprCall, ExprMethodCall};

use crate::source::imports::Imports;
use crate::source::values::starts_with;

/// Functions that panic if there is a logger.
const LOGGERS: [&str; 6] = [
    "env_logger::init",
    "env_logger::init_from_env",
    "pretty_env_logger::init",
    "pretty_env_logger::init_timed",
    "pyo3_log::init",
    "tracing_subscriber::fmt::init",
];

/// The crates of these, whose builders have an `init()` that panics too.
const BUILDERS: [&str; 3] = ["env_logger::", "pretty_env_logger::", "tracing_subscriber::"];

/// Functions that replace the handler of the signal that is their first argument.
const HANDLERS: [&str; 4] =
    ["libc::signal", "libc::sigaction", "nix::sys::signal::signal", "nix::sys::signal::sigaction"];

/// Whether a call initializes the logger, by its complete path.
pub(super) fn inits_logger(path: &str) -> bool {
    LOGGERS.contains(&path)
}

/// Whether it is `env_logger::Builder::new().init()`.
pub(super) fn builds_logger(call: &ExprMethodCall, name: &str, imports: &Imports) -> bool {
    name == "init" && call.args.is_empty() && BUILDERS.iter().any(|start| starts_with(&call.receiver, start, imports))
}

/// Whether a call replaces the handler of Ctrl-C. `path` is complete.
pub(super) fn takes_interrupt(call: &ExprCall, path: &str) -> bool {
    let is_interrupt = |signal: &Expr| match signal {
        Expr::Path(signal) => signal.path.segments.last().is_some_and(|last| last.ident == "SIGINT"),
        _ => false,
    };
    matches!(path, "ctrlc::set_handler" | "ctrlc::try_set_handler")
        || HANDLERS.contains(&path) && call.args.first().is_some_and(is_interrupt)
}
