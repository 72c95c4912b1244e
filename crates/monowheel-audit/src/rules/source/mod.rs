//! Rules of the group *source*, one file each: `PyO3` mistakes that compile.

mod api_above_floor;
mod auto_initialize_in_extension;
mod block_on_while_attached;
mod blocking_call_while_attached;
mod bound_outlives_call;
mod class_not_frozen;
mod exclusive_self_across_detach;
mod extension_module_by_default;
mod getter_clones_container;
mod lock_held_across_python;
mod long_loop_while_attached;
mod loop_without_signals;
mod missing_py_typed;
mod missing_repr;
mod missing_stubs;
mod missing_traverse;
mod module_missing;
mod module_name_mismatch;
mod mostly_runtime_error;
mod never_registered;
mod no_lock_file;
mod old_name;
mod once_cell_attaches;
mod option_without_signature;
mod panic_in_binding;
mod rayon_while_attached;
mod requires_python_not_floor;
mod unreadable_source;

use crate::rule::Rule;

/// The rule that makes `monowheel lint --complete` fail.
pub(crate) const UNREADABLE: &str = "unreadable-source";

/// The rules of this group, in the order they are listed.
pub(super) static RULES: &[&Rule] = &[
    &module_missing::RULE,
    &module_name_mismatch::RULE,
    &api_above_floor::RULE,
    &lock_held_across_python::RULE,
    &rayon_while_attached::RULE,
    &blocking_call_while_attached::RULE,
    &block_on_while_attached::RULE,
    &once_cell_attaches::RULE,
    &exclusive_self_across_detach::RULE,
    &loop_without_signals::RULE,
    &panic_in_binding::RULE,
    &missing_traverse::RULE,
    &bound_outlives_call::RULE,
    &option_without_signature::RULE,
    &never_registered::RULE,
    &extension_module_by_default::RULE,
    &auto_initialize_in_extension::RULE,
    &requires_python_not_floor::RULE,
    &missing_py_typed::RULE,
    &unreadable_source::RULE,
    &long_loop_while_attached::RULE,
    &getter_clones_container::RULE,
    &class_not_frozen::RULE,
    &mostly_runtime_error::RULE,
    &old_name::RULE,
    &missing_repr::RULE,
    &missing_stubs::RULE,
    &no_lock_file::RULE,
];
