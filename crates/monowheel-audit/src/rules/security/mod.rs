//! Rules of the group *security*, one file each.

mod aslr_disabled;
mod debug_info;
mod executable_stack;
mod lazy_binding;
mod no_control_flow_guard;
mod no_relro;
mod nx_disabled;
pub(crate) mod run_path_to_build_folder;
mod text_relocations;
mod writable_code;

use monowheel_wheel::binary::Slice;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::Rule;

/// The rules of this group, in the order they are listed.
pub(super) static RULES: &[&Rule] = &[
    &executable_stack::RULE,
    &writable_code::RULE,
    &text_relocations::RULE,
    &run_path_to_build_folder::RULE,
    &no_relro::RULE,
    &lazy_binding::RULE,
    &nx_disabled::RULE,
    &aslr_disabled::RULE,
    &no_control_flow_guard::RULE,
    &debug_info::RULE,
];

/// One finding for every affected slice.
fn each(facts: &Facts, severity: Severity, message: &str, concerns: impl Fn(&Slice) -> bool) -> Vec<Finding> {
    let concerned = facts.slices().filter(|(_, slice)| concerns(slice));
    concerned.map(|(binary, slice)| Finding::new(severity, binary.place(slice), message)).collect()
}

/// One note for all affected binaries: a compiler default is worth one line per wheel, however many libraries it has.
fn together(facts: &Facts, message: &str, concerns: impl Fn(&BinaryFacts, &Slice) -> bool) -> Option<Finding> {
    let concerned = |binary: &&BinaryFacts| binary.binary.slices.iter().any(|slice| concerns(binary, slice));
    let paths: Vec<&str> = facts.binaries.iter().filter(concerned).map(|binary| binary.path.as_str()).collect();
    match paths.as_slice() {
        [] => None,
        [one] => Some(Finding::new(Severity::Note, Place::member(*one), message)),
        many => {
            let message = format!("{message}: {} binaries, {}", many.len(), some_of(many));
            Some(Finding::new(Severity::Note, Place::file(), message).details(many.iter().copied()))
        }
    }
}
