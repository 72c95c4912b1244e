//! Wording shared by every format.

use monowheel_wheel::abi;

use crate::set::Interpreter;

/// `3.8`, `3.14t`.
#[must_use]
pub(crate) fn interpreter(python: &Interpreter) -> String {
    format!("{}{}", abi::dotted(python.version), if python.free_threaded { "t" } else { "" })
}
