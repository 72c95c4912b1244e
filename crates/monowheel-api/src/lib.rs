//! The Python surface of a `PyO3` crate: what Python sees of it.
//!
//! One model, [`surface::Surface`], is filled by several readers ([`read`]): the sources of the crate, stubs in a wheel,
//! the text signatures in a compiled module, and the running module. Each item knows where it was read. [`stubs`]
//! writes the model as PEP 561 stubs, [`diff`] compares two of them, and [`set`] the wheels of two releases. [`boundary`] is
//! what was measured of the types in signatures.
//!
//! Only the reader of the running module imports it; all others run nothing of what they read.

pub mod boundary;
pub mod bump;
pub mod changelog;
pub mod comparison;
pub mod diff;
mod exceptions;
pub mod parity;
pub mod read;
pub mod set;
pub mod stubs;
pub mod surface;
