//! Rules of the group *source*, one file each: `PyO3` mistakes that compile.

mod api_above_floor;
mod async_without_runtime;
mod attach_in_drop;
mod auto_initialize_in_extension;
mod block_on_while_attached;
mod blocking_call_while_attached;
mod blocking_in_future;
mod bound_outlives_call;
mod bytes_as_vector;
mod class_not_frozen;
mod eq_without_hash;
mod event_loop_elsewhere;
mod exclusive_self_across_detach;
mod exclusive_self_across_python;
mod exclusive_self_and_other;
mod exclusive_self_needless;
mod extension_module_by_default;
mod getter_clones_class;
mod getter_clones_container;
mod hash_of_mutable;
mod held_objects;
mod ignore_invalid;
mod interrupt_swallowed;
mod library_not_cdylib;
mod lock_held_across_python;
mod long_loop_while_attached;
mod loop_without_signals;
mod method_never_called;
mod missing_py_typed;
mod missing_repr;
mod missing_stubs;
mod missing_traverse;
mod module_missing;
mod module_name_mismatch;
mod module_not_importable;
mod mostly_runtime_error;
mod mutable_static_without_gil;
mod name_defined_twice;
mod never_registered;
mod no_lock_file;
mod number_narrowed;
mod numpy_not_required;
mod old_name;
mod once_cell_attaches;
mod option_without_signature;
mod package_shadows_module;
mod panic_aborts;
mod panic_in_binding;
mod pickle_without_arguments;
mod pickle_without_module;
mod protocol_signature;
mod py_cloned_while_detached;
mod pyo3_upgrade;
mod python_keyword_name;
mod rayon_while_attached;
mod reference_ownership;
mod requires_python_not_floor;
mod signal_handler_replaced;
mod stubs_without_init;
mod subclass_takes_nothing;
mod submodule_not_importable;
mod traverse_incomplete;
mod traverse_waits;
mod unreadable_source;
mod unsafe_send_of_class;
mod unsendable_class;
mod unsigned_index;
mod upgrade_behavior;

use crate::rule::Rule;

/// The rule that makes `monowheel lint --complete` fail.
pub(crate) const UNREADABLE: &str = "unreadable-source";

/// The rule that `monowheel lint --upgrade` checks.
pub(crate) const UPGRADE: &str = "pyo3-upgrade";

/// The rules of this group, in the order they are listed.
pub(super) static RULES: &[&Rule] = &[
    &library_not_cdylib::RULE,
    &module_missing::RULE,
    &module_name_mismatch::RULE,
    &package_shadows_module::RULE,
    &api_above_floor::RULE,
    &lock_held_across_python::RULE,
    &reference_ownership::RULE,
    &rayon_while_attached::RULE,
    &blocking_call_while_attached::RULE,
    &block_on_while_attached::RULE,
    &async_without_runtime::RULE,
    &blocking_in_future::RULE,
    &event_loop_elsewhere::RULE,
    &once_cell_attaches::RULE,
    &exclusive_self_across_detach::RULE,
    &exclusive_self_needless::RULE,
    &py_cloned_while_detached::RULE,
    &signal_handler_replaced::RULE,
    &numpy_not_required::RULE,
    &python_keyword_name::RULE,
    &name_defined_twice::RULE,
    &mutable_static_without_gil::RULE,
    &loop_without_signals::RULE,
    &panic_in_binding::RULE,
    &getter_clones_class::RULE,
    &hash_of_mutable::RULE,
    &missing_traverse::RULE,
    &traverse_incomplete::RULE,
    &traverse_waits::RULE,
    &method_never_called::RULE,
    &protocol_signature::RULE,
    &exclusive_self_and_other::RULE,
    &pickle_without_arguments::RULE,
    &bound_outlives_call::RULE,
    &option_without_signature::RULE,
    &never_registered::RULE,
    &module_not_importable::RULE,
    &extension_module_by_default::RULE,
    &auto_initialize_in_extension::RULE,
    &requires_python_not_floor::RULE,
    &missing_py_typed::RULE,
    &stubs_without_init::RULE,
    &unreadable_source::RULE,
    &ignore_invalid::RULE,
    &long_loop_while_attached::RULE,
    &getter_clones_container::RULE,
    &exclusive_self_across_python::RULE,
    &interrupt_swallowed::RULE,
    &attach_in_drop::RULE,
    &unsendable_class::RULE,
    &unsafe_send_of_class::RULE,
    &bytes_as_vector::RULE,
    &number_narrowed::RULE,
    &unsigned_index::RULE,
    &eq_without_hash::RULE,
    &subclass_takes_nothing::RULE,
    &pickle_without_module::RULE,
    &submodule_not_importable::RULE,
    &panic_aborts::RULE,
    &class_not_frozen::RULE,
    &mostly_runtime_error::RULE,
    &old_name::RULE,
    &pyo3_upgrade::RULE,
    &missing_repr::RULE,
    &missing_stubs::RULE,
    &no_lock_file::RULE,
];
