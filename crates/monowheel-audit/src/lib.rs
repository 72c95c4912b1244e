//! Audits of wheels and of PyO3 sources.

pub mod audit;
pub mod facts;
pub mod finding;
pub mod gather;
pub mod lint;
pub mod report;
pub mod resolve;
pub mod rule;
pub mod rules;
pub mod set;
pub mod source;
pub mod test_report;
