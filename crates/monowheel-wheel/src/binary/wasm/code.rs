//! The features that a module's code requires of the engine.

use monowheel_error::Result;
use wasmparser::{FunctionBody, Operator};

use crate::binary::unreadable;

/// The kinds of instructions that not every engine, or not every Pyodide, supports.
#[derive(Debug, Default)]
pub(super) struct Instructions {
    /// Loads, stores and fences of the threads proposal.
    pub(super) atomics: bool,
    /// `try`, `catch`, `catch_all`, `rethrow`, `delegate`.
    pub(super) legacy_exceptions: bool,
    /// `try_table`, `throw_ref`.
    pub(super) standard_exceptions: bool,
}

impl Instructions {
    /// Reads a function to its end.
    pub(super) fn add(&mut self, body: &FunctionBody<'_>) -> Result<()> {
        self.walk(body).map_err(|error| unreadable(&error))
    }

    fn walk(&mut self, body: &FunctionBody<'_>) -> wasmparser::Result<()> {
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            match operators.read()? {
                Operator::Try { .. }
                | Operator::Catch { .. }
                | Operator::CatchAll
                | Operator::Rethrow { .. }
                | Operator::Delegate { .. } => self.legacy_exceptions = true,
                Operator::TryTable { .. } | Operator::ThrowRef => self.standard_exceptions = true,
                operator => self.atomics |= is_atomic(&operator),
            }
        }
        operators.finish()
    }
}

/// The variants of one proposal, as grouped in the parser's own table of operators.
macro_rules! atomics {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        fn is_atomic(operator: &Operator<'_>) -> bool {
            match operator {
                $(atomics!(@pattern $proposal $op $({ $($arg),* })?) => atomics!(@is $proposal),)*
                _ => false,
            }
        }
    };
    (@pattern $proposal:ident $op:ident { $($arg:ident),* }) => { Operator::$op { .. } };
    (@pattern $proposal:ident $op:ident) => { Operator::$op };
    (@is threads) => { true };
    (@is shared_everything_threads) => { true };
    (@is $other:ident) => { false };
}
wasmparser::for_each_operator!(atomics);
