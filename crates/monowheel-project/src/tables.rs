//! The tables below `[tool.monowheel]`, as they are written.

pub mod api;
pub mod audit;
pub mod ci;
pub mod native;
pub mod parity;
pub mod release;
pub mod size;
pub mod test;
