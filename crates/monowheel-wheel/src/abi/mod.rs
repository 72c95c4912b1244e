//! Python's stable ABI, and how interpreters find and load extension modules: families, versions,
//! tables of symbols, file names, init functions, Python's own libraries. Independent of wheels.

pub mod exports;
mod family;
pub mod hook;
mod library;
mod suffix;
mod table;
mod version;

pub use family::Family;
pub use library::PythonLibrary;
pub use suffix::{Build, Ending, Marker, Suffix};
pub use table::rows;
pub use table::{Added, Guard, Symbol, lookup, names as stable_names};
pub use version::{PythonVersion, admits, cpython_of_tag, dotted, ranges, undotted};
