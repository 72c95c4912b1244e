//! Rules of the group *abi*, one file each.
//!
//! Shared modules: [`claim`] has the stable ABI promised for a binary, [`promise`] the interpreters that the tags
//! promise and the files they look for, [`python_imports`] the imports that are Python's, [`shipped`] the symbols that
//! the binaries provide to each other, [`hooks`] the functions by which Python initializes a module.

mod abi3_module_in_version_specific_wheel;
mod abi3_tag_on_version_specific_module;
mod abi3_tag_without_extension;
mod claim;
mod extension_imports_nowhere;
mod frame_pointers_missing;
mod hooks;
mod init_misnamed;
mod init_missing;
mod libpython_not_linked;
mod libpython_of_other_version;
mod links_libpython;
mod module_of_other_build;
mod none_tag_with_extension;
mod promise;
mod python_imports;
mod python_linked_statically;
mod requires_python_below_floor;
mod shipped;
mod suffix_wrong;
mod symbol_above_floor;
mod symbol_for_other_platform;
mod symbol_missing_from_release;
mod symbol_not_in_abi3t;
mod symbol_not_in_tagged_python;
mod tag_without_python;
mod unstable_symbol;
mod version_specific_python_dll;

use crate::rule::Rule;

/// The rules of this group, in the order they are listed.
pub(super) static RULES: &[&Rule] = &[
    &unstable_symbol::RULE,
    &symbol_above_floor::RULE,
    &symbol_missing_from_release::RULE,
    &symbol_for_other_platform::RULE,
    &symbol_not_in_abi3t::RULE,
    &abi3_tag_without_extension::RULE,
    &abi3_tag_on_version_specific_module::RULE,
    &extension_imports_nowhere::RULE,
    &suffix_wrong::RULE,
    &init_missing::RULE,
    &init_misnamed::RULE,
    &links_libpython::RULE,
    &version_specific_python_dll::RULE,
    &requires_python_below_floor::RULE,
    &symbol_not_in_tagged_python::RULE,
    &none_tag_with_extension::RULE,
    &abi3_module_in_version_specific_wheel::RULE,
    &python_linked_statically::RULE,
    &module_of_other_build::RULE,
    &libpython_not_linked::RULE,
    &frame_pointers_missing::RULE,
    &libpython_of_other_version::RULE,
    &tag_without_python::RULE,
];
