//! Rules of the group *package*, one file each.

mod archive_comment;
mod bad_extra_field;
mod bad_member_name;
mod bytecode_shipped;
mod case_clash;
mod classifier_unknown;
mod common_toplevel_name;
mod compression_bomb;
mod damaged_member;
mod data_descriptor;
mod data_folder_foreign;
mod data_scheme_unknown;
mod description_does_not_render;
mod description_missing;
mod dist_info_mismatch;
mod dist_info_missing;
mod duplicate_member;
mod editable_wheel;
mod empty_wheel;
mod end_record_mismatch;
mod entry_points_malformed;
mod extra_not_provided;
mod extra_spelled_twice;
mod file_too_large;
mod filename_malformed;
mod filename_metadata_mismatch;
mod filename_not_normalized;
mod import_name_untrue;
mod info_file_missing;
mod installed_twice;
mod installer_file_shipped;
mod leftover_file;
mod library_shipped_twice;
mod license_expression_invalid;
mod license_field_conflict;
mod license_file_missing;
mod license_text_missing;
mod local_header_mismatch;
mod local_version;
mod marker_never_true;
mod metadata_malformed;
mod metadata_missing_field;
mod metadata_value_invalid;
mod module_and_package;
mod name_too_long;
mod namespace_package_broken;
mod no_license;
mod oddities;
mod overlapping_members;
mod package_not_importable;
mod path_traversal;
mod polyglot_archive;
mod pth_file;
mod purelib_with_binary;
mod record_ghost_file;
mod record_hash_mismatch;
mod record_hash_weak;
mod record_malformed;
mod record_missing_file;
mod record_size_mismatch;
mod relative_import_missing;
mod removed_module_imported;
mod requirement_malformed;
mod requires_python_excludes_patches;
mod requires_python_excludes_tag;
mod requires_python_malformed;
mod sbom_missing;
mod sbom_unreadable;
mod script_line_endings;
mod script_module_missing;
mod script_not_runnable;
mod secret_shipped;
mod shebang_of_build_machine;
mod special_file;
mod standard_library_name;
mod stray_bytes;
mod stubs_without_py_typed;
mod syntax_above_requires_python;
mod unlisted_member;
mod unreadable;
mod unsupported_compression;
mod wheel_file_malformed;

use crate::rule::Rule;

/// The rules of this group, in the order they are listed.
pub(super) static RULES: &[&Rule] = &[
    &unreadable::RULE,
    &damaged_member::RULE,
    &duplicate_member::RULE,
    &case_clash::RULE,
    &bad_member_name::RULE,
    &path_traversal::RULE,
    &special_file::RULE,
    &local_header_mismatch::RULE,
    &unlisted_member::RULE,
    &overlapping_members::RULE,
    &stray_bytes::RULE,
    &end_record_mismatch::RULE,
    &bad_extra_field::RULE,
    &data_descriptor::RULE,
    &unsupported_compression::RULE,
    &archive_comment::RULE,
    &compression_bomb::RULE,
    &polyglot_archive::RULE,
    &file_too_large::RULE,
    &filename_malformed::RULE,
    &filename_not_normalized::RULE,
    &filename_metadata_mismatch::RULE,
    &dist_info_missing::RULE,
    &dist_info_mismatch::RULE,
    &import_name_untrue::RULE,
    &info_file_missing::RULE,
    &data_scheme_unknown::RULE,
    &metadata_missing_field::RULE,
    &metadata_malformed::RULE,
    &metadata_value_invalid::RULE,
    &requirement_malformed::RULE,
    &requires_python_malformed::RULE,
    &local_version::RULE,
    &classifier_unknown::RULE,
    &license_expression_invalid::RULE,
    &license_field_conflict::RULE,
    &license_file_missing::RULE,
    &no_license::RULE,
    &wheel_file_malformed::RULE,
    &purelib_with_binary::RULE,
    &record_malformed::RULE,
    &record_hash_mismatch::RULE,
    &record_size_mismatch::RULE,
    &record_missing_file::RULE,
    &record_ghost_file::RULE,
    &record_hash_weak::RULE,
    &entry_points_malformed::RULE,
    &script_module_missing::RULE,
    &sbom_unreadable::RULE,
    &sbom_missing::RULE,
    &common_toplevel_name::RULE,
    &pth_file::RULE,
    &bytecode_shipped::RULE,
    &installer_file_shipped::RULE,
    &empty_wheel::RULE,
    &requires_python_excludes_tag::RULE,
    &shebang_of_build_machine::RULE,
    &installed_twice::RULE,
    &name_too_long::RULE,
    &data_folder_foreign::RULE,
    &extra_not_provided::RULE,
    &extra_spelled_twice::RULE,
    &license_text_missing::RULE,
    &library_shipped_twice::RULE,
    &description_missing::RULE,
    &description_does_not_render::RULE,
    &leftover_file::RULE,
    &secret_shipped::RULE,
    &namespace_package_broken::RULE,
    &module_and_package::RULE,
    &stubs_without_py_typed::RULE,
    &syntax_above_requires_python::RULE,
    &requires_python_excludes_patches::RULE,
    &script_line_endings::RULE,
    &editable_wheel::RULE,
    &package_not_importable::RULE,
    &marker_never_true::RULE,
    &relative_import_missing::RULE,
    &standard_library_name::RULE,
    &script_not_runnable::RULE,
    &removed_module_imported::RULE,
];
