//! `system-raised`

use crate::diff::{Found, Level, Lint};
use crate::set::Sets;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "system-raised",
    summary: "The wheels for a platform need a newer system.",
    whom: "Everyone with an older one: pip compiles the sdist, or fails.",
    example: ["manylinux_2_17_x86_64", "manylinux_2_28_x86_64"],
    level: Level::Major,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    for (name, old) in &sets.old_coverage.platforms {
        let Some(new) = sets.new_coverage.platforms.get(name) else { continue };
        if let (Some(was), Some(is)) = (old.version, new.version) {
            if is > was {
                let shown = |(major, minor): (u16, u16)| format!("{major}.{minor}");
                found.add(&LINT, name, format!("it needs {} {}, and needed {}", new.system, shown(is), shown(was)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, wheels};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(&wheels(&["cp38-abi3-manylinux_2_17_x86_64"]), &wheels(&["cp38-abi3-manylinux_2_28_x86_64"]))
                .contains(&"system-raised")
        );
        assert!(
            found(&wheels(&["cp38-abi3-macosx_10_12_x86_64"]), &wheels(&["cp38-abi3-macosx_11_0_x86_64"]))
                .contains(&"system-raised")
        );
        assert!(
            !found(&wheels(&["cp38-abi3-manylinux_2_17_x86_64"]), &wheels(&["cp38-abi3-manylinux_2_17_x86_64"]))
                .contains(&"system-raised")
        );
        assert!(
            !found(&wheels(&["cp38-abi3-manylinux_2_17_x86_64"]), &wheels(&["cp38-abi3-manylinux2014_x86_64"]))
                .contains(&"system-raised")
        );
        assert!(
            !found(&wheels(&["cp38-abi3-manylinux_2_28_x86_64"]), &wheels(&["cp38-abi3-manylinux_2_17_x86_64"]))
                .contains(&"system-raised")
        );
    }
}
