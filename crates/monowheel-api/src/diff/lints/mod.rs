//! The lints, one a file.

mod argument_narrowed;
mod attribute_read_only;
mod base_removed;
mod default_changed;
mod member_kind;
mod member_removed;
mod name_added;
mod name_removed;
mod no_dict;
mod no_weakrefs;
mod not_hashable;
mod not_picklable;
mod not_subclassable;
mod parameter_added;
mod parameter_kind;
mod parameter_moved;
mod parameter_removed;
mod parameter_renamed;
mod parameter_required;
mod result_widened;

use crate::diff::pair::Pair;
use crate::diff::{Found, Lint};

/// The lints on surfaces; those on the wheels of a release are in [`crate::set`].
pub const ALL: [Lint; 20] = [
    argument_narrowed::LINT,
    attribute_read_only::LINT,
    base_removed::LINT,
    default_changed::LINT,
    member_kind::LINT,
    member_removed::LINT,
    name_added::LINT,
    name_removed::LINT,
    no_dict::LINT,
    no_weakrefs::LINT,
    not_hashable::LINT,
    not_picklable::LINT,
    not_subclassable::LINT,
    parameter_added::LINT,
    parameter_kind::LINT,
    parameter_moved::LINT,
    parameter_removed::LINT,
    parameter_renamed::LINT,
    parameter_required::LINT,
    result_widened::LINT,
];

/// Their checks.
pub(super) const CHECKS: [fn(&Pair<'_>, &mut Found); 20] = [
    argument_narrowed::check,
    attribute_read_only::check,
    base_removed::check,
    default_changed::check,
    member_kind::check,
    member_removed::check,
    name_added::check,
    name_removed::check,
    no_dict::check,
    no_weakrefs::check,
    not_hashable::check,
    not_picklable::check,
    not_subclassable::check,
    parameter_added::check,
    parameter_kind::check,
    parameter_moved::check,
    parameter_removed::check,
    parameter_renamed::check,
    parameter_required::check,
    result_widened::check,
];

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::diff::changes;
    use crate::surface::{Class, Flags, Function, Method, Module, Signature, Surface, parse_text_signature};

    fn read(text: &str) -> Function {
        let (call, returns) = text.split_once(" -> ").map_or((text, None), |(call, returns)| (call, Some(returns)));
        let (name, rest) = call.split_at(call.find('(').unwrap_or(call.len()));
        let signature = parse_text_signature(rest).unwrap_or_default();
        let signature = Signature { returns: returns.map(str::to_owned), ..signature };
        Function { name: name.to_owned(), signatures: vec![signature], ..Function::default() }
    }

    /// A module with these functions.
    pub(in crate::diff) fn functions(texts: &[&str]) -> Surface {
        let functions = texts.iter().map(|text| read(text)).collect();
        let module = Module { name: "demo".to_owned(), functions, ..Module::default() };
        Surface { modules: vec![module], notes: Vec::new() }
    }

    /// A module with one function.
    pub(in crate::diff) fn function(text: &str) -> Surface {
        functions(&[text])
    }

    /// A module with a class that has these methods.
    pub(in crate::diff) fn methods(texts: &[&str]) -> Surface {
        let method = |text: &&str| Method { function: read(text), ..Method::default() };
        let class = Class { name: "A".to_owned(), methods: texts.iter().map(method).collect(), ..Class::default() };
        let module = Module { name: "demo".to_owned(), classes: vec![class], ..Module::default() };
        Surface { modules: vec![module], notes: Vec::new() }
    }

    /// A module with a class that has one method.
    pub(in crate::diff) fn class(text: &str) -> Surface {
        methods(&[text])
    }

    /// The lints that find something.
    pub(in crate::diff) fn found(old: &Surface, new: &Surface) -> Vec<&'static str> {
        changes(old, new).iter().map(|change| change.lint).collect()
    }

    /// Checks a lint on a flag of a class: it fires only when the flag was set and no longer is, and both are known.
    pub(in crate::diff) fn fires_only_when_lost(lint: &str, set: fn(&mut Flags, Option<bool>)) {
        let with = |value| {
            let mut surface = class("m()");
            set(&mut surface.modules[0].classes[0].flags, value);
            surface
        };
        let fires = |old, new| found(&with(old), &with(new)).contains(&lint);
        assert!(fires(Some(true), Some(false)));
        for (old, new) in [(Some(false), Some(true)), (Some(true), Some(true)), (None, Some(false)), (Some(true), None)]
        {
            assert!(!fires(old, new), "{old:?} to {new:?}");
        }
    }

    #[test]
    fn ids_are_the_names_of_the_files_in_order() {
        let ids: Vec<&str> = ALL.iter().map(|lint| lint.id).collect();
        let mut files: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/diff/lints"))
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().trim_end_matches(".rs").replace('_', "-"))
            .filter(|name| name != "mod")
            .collect();
        files.sort();
        assert_eq!(ids, files);
        assert!(ALL.iter().all(|lint| lint.summary.ends_with('.') && lint.whom.ends_with('.')));
    }

    #[test]
    fn a_surface_has_no_difference_to_itself() {
        for surface in
            [functions(&["f(a, /, b=1, *args, c, **kwargs) -> int", "g()"]), methods(&["m(a)", "__new__(x)"])]
        {
            assert!(found(&surface, &surface).is_empty());
        }
    }

    #[test]
    fn a_side_that_was_not_read_is_not_an_empty_one() {
        assert!(found(&function("f()"), &Surface::default()).is_empty());
    }
}
