#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub mod audit;
mod builder;
mod by_python;
#[doc(hidden)]
pub mod cancellable;
pub mod facts;
pub mod finding;
pub mod fixes;
pub mod gather;
pub mod kept;
#[doc(hidden)]
pub mod lint;
pub mod report;
pub mod resolve;
pub mod rule;
pub mod rules;
pub mod set;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod test_report;

pub use audit::{Auditor, Options, Subject, audit};
pub use finding::{Finding, Severity};
pub use monowheel_error::{Error, ErrorKind, Result};
pub use report::{Format, Renderable, Report, Text};
