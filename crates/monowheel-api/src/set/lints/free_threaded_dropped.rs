//! `free-threaded-dropped`

use crate::diff::{Found, Level, Lint};
use crate::set::Sets;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "free-threaded-dropped",
    summary: "No wheel is for a free-threaded Python any more.",
    whom: "Everyone with that Python: pip compiles the sdist, or fails.",
    example: ["demo-1.0-cp314-cp314t-win_amd64.whl", ""],
    level: Level::Major,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    for (name, old) in &sets.old_coverage.platforms {
        let Some(new) = sets.new_coverage.platforms.get(name) else { continue };
        let gone: Vec<&str> = old.free_threaded.difference(&new.free_threaded).map(String::as_str).collect();
        if !gone.is_empty() {
            found.add(&LINT, name, format!("no wheel is for free-threaded {} any more", gone.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, wheels};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(&wheels(&["cp314-cp314t-win_amd64", "cp38-abi3-win_amd64"]), &wheels(&["cp38-abi3-win_amd64"]))
                .contains(&"free-threaded-dropped")
        );
        assert!(
            !found(&wheels(&["cp38-abi3-win_amd64"]), &wheels(&["cp314-cp314t-win_amd64", "cp38-abi3-win_amd64"]))
                .contains(&"free-threaded-dropped")
        );
        assert!(
            !found(&wheels(&["cp315-cp315t-win_amd64"]), &wheels(&["cp315-abi3t-win_amd64"]))
                .contains(&"free-threaded-dropped")
        );
    }
}
