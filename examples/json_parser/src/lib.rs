//! JSON by RFC 8259, read without needless copies.
//!
//! The parser makes no values: it tells a [`Build`] what it reads. So Rust gets a [`Value`] that borrows its strings from
//! the text, and Python gets its own objects with nothing in between.
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

/// How deep arrays and objects may be inside each other: the parser is recursive, and a thread's stack is finite.
pub const MAX_DEPTH: usize = 256;

/// The value that `text` is.
pub fn parse(text: &str) -> Result<Value<'_>, Error> {
    parse_with(text, &mut value::Values)
}

/// Whether `text` is JSON, and nothing else: no value is made.
pub fn check(text: &str) -> Result<(), Error> {
    parse_with(text, &mut build::Nothing)
}
