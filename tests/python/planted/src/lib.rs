//! Planted defects, each beside its fixed twin (`*_fixed`, `Fixed*`).

mod leaks;
mod stuck;

use pyo3::prelude::*;

#[pymodule]
mod planted {
    #[pymodule_export]
    use super::leaks::{
        box_leak, box_leak_fixed, cache_bounded, cache_unbounded, forget_object, forget_object_fixed, forget_text,
        forget_text_fixed, keep_in_static, once_only, Node, NodeFixed, Partial, Plain,
    };
    #[pymodule_export]
    use super::stuck::{abort, deadlock, deadlock_fixed, hold_gil, panic, segfault};
}
