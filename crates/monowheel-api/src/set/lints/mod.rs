//! The lints on the wheels of a release, one a file.

mod dependency_added;
mod dependency_changed;
mod extra_removed;
mod free_threaded_dropped;
mod import_removed;
mod platform_dropped;
mod python_dropped;
mod requires_python_raised;
mod support_added;
mod system_raised;

use crate::diff::{Found, Lint};
use crate::set::Sets;

/// The lints.
pub const ALL: [Lint; 10] = [
    dependency_added::LINT,
    dependency_changed::LINT,
    extra_removed::LINT,
    free_threaded_dropped::LINT,
    import_removed::LINT,
    platform_dropped::LINT,
    python_dropped::LINT,
    requires_python_raised::LINT,
    support_added::LINT,
    system_raised::LINT,
];

/// Their checks.
pub(super) const CHECKS: [fn(&Sets<'_>, &mut Found); 10] = [
    dependency_added::check,
    dependency_changed::check,
    extra_removed::check,
    free_threaded_dropped::check,
    import_removed::check,
    platform_dropped::check,
    python_dropped::check,
    requires_python_raised::check,
    support_added::check,
    system_raised::check,
];

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::set::{Facts, Wheels, changes};

    /// Wheels of these tags.
    pub(in crate::set) fn wheels(tags: &[&str]) -> Wheels {
        Wheels { files: tags.iter().map(|tag| format!("demo-1.0-{tag}.whl")).collect(), facts: Facts::default() }
    }

    /// Wheels with other metadata.
    pub(in crate::set) fn with(tags: &[&str], change: impl FnOnce(&mut Facts)) -> Wheels {
        let mut wheels = wheels(tags);
        change(&mut wheels.facts);
        wheels
    }

    /// The lints that find something.
    pub(in crate::set) fn found(old: &Wheels, new: &Wheels) -> Vec<&'static str> {
        changes(old, new).iter().map(|change| change.lint).collect()
    }

    #[test]
    fn ids_are_in_order_and_no_lint_on_surfaces_has_them() {
        let ids: Vec<&str> = ALL.iter().map(|lint| lint.id).collect();
        assert!(ids.is_sorted());
        assert!(crate::diff::ALL.iter().all(|lint| !ids.contains(&lint.id)));
        assert!(ALL.iter().all(|lint| lint.summary.ends_with('.') && lint.whom.ends_with('.')));
    }
}
