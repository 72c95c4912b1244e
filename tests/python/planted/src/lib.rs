//! Planted defects, each beside its fixed twin (`*_fixed`, `Fixed*`).

mod leaks;
mod raw;
mod stuck;
mod unsound;

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
    #[pymodule_export]
    use super::unsound::{
        abort_if_large, abort_if_large_fixed, at_exit, at_exit_fixed, error_and_value, error_and_value_fixed,
        panic_if_empty, panic_if_empty_fixed, pooled, pooled_fixed, race, race_fixed, unchecked, unchecked_fixed,
        values,
    };
}
