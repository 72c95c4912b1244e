//! `support-added`

use crate::diff::{Found, Level, Lint};
use crate::set::Sets;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "support-added",
    summary: "The wheels support another platform or Python.",
    whom: "Everyone there: nothing is compiled any more.",
    example: ["", "demo-1.0-cp38-abi3-win_arm64.whl"],
    level: Level::Patch,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    // Of a side without wheels, nothing is known.
    if sets.old_coverage.platforms.is_empty() {
        return;
    }
    for (name, new) in &sets.new_coverage.platforms {
        let Some(old) = sets.old_coverage.platforms.get(name) else {
            found.add(&LINT, name, "wheels are for it now");
            continue;
        };
        let more: Vec<&str> = new.pythons.difference(&old.pythons).map(String::as_str).collect();
        let free: Vec<String> = new
            .free_threaded
            .difference(&old.free_threaded)
            .map(|version| format!("free-threaded {version}"))
            .collect();
        if !more.is_empty() || !free.is_empty() {
            let all: Vec<&str> = more.into_iter().chain(free.iter().map(String::as_str)).collect();
            found.add(&LINT, name, format!("wheels are for {} now", all.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, wheels};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(
                &wheels(&["cp38-abi3-manylinux_2_17_x86_64"]),
                &wheels(&["cp38-abi3-manylinux_2_17_x86_64", "cp38-abi3-manylinux_2_17_aarch64"])
            )
            .contains(&"support-added")
        );
        assert!(found(&wheels(&["cp39-abi3-win_amd64"]), &wheels(&["cp38-abi3-win_amd64"])).contains(&"support-added"));
        assert!(
            !found(
                &wheels(&["cp38-abi3-manylinux_2_17_x86_64", "cp38-abi3-manylinux_2_17_aarch64"]),
                &wheels(&["cp38-abi3-manylinux_2_17_x86_64"])
            )
            .contains(&"support-added")
        );
        assert!(!found(&wheels(&[]), &wheels(&["cp38-abi3-manylinux_2_17_x86_64"])).contains(&"support-added"));
    }
}
