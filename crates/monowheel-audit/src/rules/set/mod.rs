//! Rules of the group *set*, one file each.

mod coverage_gap;
mod declared_target_missing;
mod duplicate_tags;
mod metadata_differs;
mod mixed_versions;
mod python_files_differ;
mod sdist_missing;

use crate::rule::Rule;

/// The rules of this group, in the order they are listed.
pub(super) static RULES: &[&Rule] = &[
    &mixed_versions::RULE,
    &duplicate_tags::RULE,
    &declared_target_missing::RULE,
    &coverage_gap::RULE,
    &python_files_differ::RULE,
    &sdist_missing::RULE,
    &metadata_differs::RULE,
];
