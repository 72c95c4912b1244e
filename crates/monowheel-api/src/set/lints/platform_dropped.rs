//! `platform-dropped`

use crate::diff::{Found, Level, Lint};
use crate::set::Sets;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "platform-dropped",
    summary: "No wheel is for a platform or an architecture any more.",
    whom: "Everyone there: pip compiles the sdist, or fails.",
    example: ["demo-1.0-cp38-abi3-win32.whl", ""],
    level: Level::Major,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    if sets.new_coverage.platforms.contains_key("any") || sets.new_coverage.platforms.is_empty() {
        return;
    }
    for name in sets.old_coverage.platforms.keys().filter(|name| !sets.new_coverage.platforms.contains_key(*name)) {
        found.add(&LINT, name, "no wheel is for it any more");
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, wheels};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(
                &wheels(&["cp38-abi3-manylinux_2_17_x86_64", "cp38-abi3-manylinux_2_17_aarch64"]),
                &wheels(&["cp38-abi3-manylinux_2_17_x86_64"])
            )
            .contains(&"platform-dropped")
        );
        assert!(
            !found(
                &wheels(&["cp38-abi3-manylinux_2_17_x86_64"]),
                &wheels(&["cp38-abi3-manylinux_2_17_x86_64", "cp38-abi3-manylinux_2_17_aarch64"])
            )
            .contains(&"platform-dropped")
        );
        assert!(
            !found(&wheels(&["cp38-abi3-manylinux_2_17_x86_64"]), &wheels(&["cp38-abi3-manylinux_2_28_x86_64"]))
                .contains(&"platform-dropped")
        );
        assert!(
            !found(&wheels(&["cp38-abi3-macosx_11_0_arm64"]), &wheels(&["cp38-abi3-macosx_11_0_universal2"]))
                .contains(&"platform-dropped")
        );
        assert!(
            !found(&wheels(&["cp38-abi3-manylinux_2_17_x86_64"]), &wheels(&["py3-none-any"]))
                .contains(&"platform-dropped")
        );
    }
}
