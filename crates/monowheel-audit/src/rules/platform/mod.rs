//! Rules of the group *platform*, one file each.

pub(super) use reach::Reach;

mod any_tag_with_binary;
mod arch_mismatch;
mod bare_linux_tag;
mod blacklisted_symbol;
mod chained_fixups_too_new;
mod dll_directory_not_added;
mod duplicate_run_path;
mod function_too_new;
mod glibc_above_policy;
mod glibc_links_musl;
mod indirect_function_on_musl;
mod ios_library_not_loadable;
mod isa_level_above_baseline;
mod library_outside_policy;
mod library_unresolvable;
mod link;
mod load_segment_misaligned;
mod mac;
mod macho_framework_not_loaded;
mod macho_framework_too_new;
mod macho_library_unresolvable;
mod macho_signature_invalid;
mod macho_signature_missing;
mod macho_wrong_platform;
mod macosx_arm64_tag_below_11;
mod minos_above_tag;
mod musl_links_glibc;
mod packed_relocations_unguarded;
mod platform_tag_without_binary;
mod program_named_as_library;
mod promise;
mod reach;
mod static_tls;
mod system_library_shipped;
mod tag_refused_by_index;
mod tag_set_unsorted;
mod tags_mismatch;
mod undefined_symbol;
mod universal2_slice_missing;
mod vc_runtime_not_shipped;
mod wasm;
mod wasm_exceptions_of_another_form;
mod wasm_not_side_module;
mod wasm_symbol_missing;
mod wasm_threads;
mod windows_function_too_new;
mod wrong_binary_format;

use crate::rule::Rule;

/// The rules of this group, in the order they are listed.
pub(super) static RULES: &[&Rule] = &[
    &tags_mismatch::RULE,
    &tag_set_unsorted::RULE,
    &tag_refused_by_index::RULE,
    &bare_linux_tag::RULE,
    &any_tag_with_binary::RULE,
    &platform_tag_without_binary::RULE,
    &wrong_binary_format::RULE,
    &arch_mismatch::RULE,
    &glibc_above_policy::RULE,
    &library_outside_policy::RULE,
    &blacklisted_symbol::RULE,
    &musl_links_glibc::RULE,
    &glibc_links_musl::RULE,
    &library_unresolvable::RULE,
    &vc_runtime_not_shipped::RULE,
    &isa_level_above_baseline::RULE,
    &macosx_arm64_tag_below_11::RULE,
    &universal2_slice_missing::RULE,
    &minos_above_tag::RULE,
    &macho_wrong_platform::RULE,
    &macho_signature_missing::RULE,
    &macho_signature_invalid::RULE,
    &macho_library_unresolvable::RULE,
    &macho_framework_too_new::RULE,
    &macho_framework_not_loaded::RULE,
    &undefined_symbol::RULE,
    &load_segment_misaligned::RULE,
    &program_named_as_library::RULE,
    &packed_relocations_unguarded::RULE,
    &static_tls::RULE,
    &duplicate_run_path::RULE,
    &chained_fixups_too_new::RULE,
    &dll_directory_not_added::RULE,
    &windows_function_too_new::RULE,
    &ios_library_not_loadable::RULE,
    &wasm_not_side_module::RULE,
    &wasm_symbol_missing::RULE,
    &wasm_threads::RULE,
    &wasm_exceptions_of_another_form::RULE,
    &system_library_shipped::RULE,
    &function_too_new::RULE,
    &indirect_function_on_musl::RULE,
];
