//! Rules of the group *reproducible*, one file each.

mod build_path;
mod pe_timestamp;
mod sbom_absolute_path;
mod sbom_serial_random;
mod sbom_timestamp;
mod zip_modes_vary;
mod zip_order;
mod zip_times_vary;

use crate::rule::Rule;

/// The rules of this group, in the order they are listed.
pub(super) static RULES: &[&Rule] = &[
    &build_path::RULE,
    &pe_timestamp::RULE,
    &zip_times_vary::RULE,
    &zip_modes_vary::RULE,
    &zip_order::RULE,
    &sbom_serial_random::RULE,
    &sbom_timestamp::RULE,
    &sbom_absolute_path::RULE,
];
