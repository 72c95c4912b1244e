//! JSON according to RFC 8259, read without needless copies.
//!
//! The parser builds no values: it reports what it reads to a [`Build`]. So Rust gets a [`Value`] that borrows strings
//! from the text, and Python gets its own objects without intermediate values.
//!
//! ```
//! use json_parser::{parse, Value};
//! use std::borrow::Cow;
//!
//! let text = String::from(r#"{"a": [1, "x", "tab\t"]}"#);
//! let Value::Object(members) = parse(&text)? else { unreachable!() };
//! let Value::Array(items) = &members[0].1 else { unreachable!() };
//! assert!(matches!(items[1], Value::String(Cow::Borrowed("x"))));
//! assert!(matches!(items[2], Value::String(Cow::Owned(_))), "an escape needs a copy");
//! # Ok::<(), json_parser::Error>(())
//! ```
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod build;
mod error;
mod lookup;
mod parser;
#[cfg(feature = "python")]
mod python;
mod strings;
mod value;

pub use build::Build;
pub use error::{Error, Reason};
pub use lookup::find;
pub use parser::parse_with;
pub use value::Value;

/// The maximum nesting depth of arrays and objects: the parser is recursive, and a thread's stack is finite.
pub const MAX_DEPTH: usize = 256;

/// Parses `text`.
pub fn parse(text: &str) -> Result<Value<'_>, Error> {
    parse_with(text, &mut value::Values)
}

/// Checks that `text` is valid JSON, without building a value.
pub fn check(text: &str) -> Result<(), Error> {
    parse_with(text, &mut build::Nothing)
}
