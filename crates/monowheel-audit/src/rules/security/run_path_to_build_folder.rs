use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// Libraries are looked for in a folder of the machine that built the wheel.
    ///
    /// # What it does
    /// Looks at `DT_RPATH`, `DT_RUNPATH` and `LC_RPATH`. Fine are `$ORIGIN`, `@loader_path`,
    /// `@executable_path`, `@rpath`, and the system's own folders. A relative or empty path, which means the
    /// folder one happens to be in, and folders that builds use are a warning; other absolute paths, which may
    /// be meant (`/usr/local/cuda/lib64`), a note.
    ///
    /// # Why it matters
    /// On the user's machine the folder is absent, or somebody else fills it, and his library is loaded.
    ///
    /// # Example
    /// `RUNPATH /home/me/demo/build/lib`, as CMake sets it for files that are not yet installed.
    ///
    /// # Fix
    /// Take it out (`patchelf --remove-rpath`, `install_name_tool -delete_rpath`) or make it relative to the
    /// library with `$ORIGIN` or `@loader_path`; for CMake set `CMAKE_BUILD_WITH_INSTALL_RPATH`.
    pub(super) static RULE: "run-path-to-build-folder", Security, Warning, One(check);
}

/// What is relative to the library, the program or the list of run paths itself.
const ANCHORED: &[&str] = &["$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path", "@rpath"];

/// Where a loader looks anyway.
const SYSTEM: &[&str] = &["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/System/Library"];

/// Where builds happen.
const BUILD: &[&str] = &[
    "/home",
    "/root",
    "/Users",
    "/tmp",
    "/private",
    "/var",
    "/build",
    "/builds",
    "/__w",
    "/github",
    "/io",
    "/project",
    "/src",
    "/work",
    "/workspace",
    "/opt/_internal",
    "/opt/python",
    "/opt/rh",
];

/// What is wrong with a run path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Relative,
    Build,
    Outside,
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in facts.slices() {
        for (problem, severity, what) in [
            (Problem::Relative, Severity::Warning, "wherever the process happens to be"),
            (Problem::Build, Severity::Warning, "a folder of the machine that built it"),
            (Problem::Outside, Severity::Note, "a folder outside of the wheel"),
        ] {
            let paths = slice.run_paths.iter().filter(|path| problem_of(path) == Some(problem));
            // An empty one means the same as a dot.
            let paths: Vec<&str> = paths.map(|path| if path.is_empty() { "." } else { path.as_str() }).collect();
            if !paths.is_empty() {
                let message = format!("looks for libraries in {}, {what}", some_of(&paths));
                found.add(
                    Finding::new(severity, binary.place(slice), message)
                        .details(paths)
                        .fix("remove the run path, or make it relative with `$ORIGIN` or `@loader_path`"),
                );
            }
        }
    }
}

/// What is wrong with a run path, if anything is.
pub(crate) fn problem_of(path: &str) -> Option<Problem> {
    let within = |folders: &[&str]| {
        folders
            .iter()
            .any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    if within(ANCHORED) || within(SYSTEM) {
        None
    } else if !path.starts_with('/') {
        Some(Problem::Relative)
    } else if within(BUILD) {
        Some(Problem::Build)
    } else {
        Some(Problem::Outside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_paths() {
        for (path, expected) in [
            ("$ORIGIN", None),
            ("$ORIGIN/../demo.libs", None),
            ("${ORIGIN}/x", None),
            ("@loader_path/../.dylibs", None),
            ("/usr/lib/swift", None),
            ("/usr/lib64", None),
            ("$ORIGINAL", Some(Problem::Relative)),
            ("", Some(Problem::Relative)),
            (".", Some(Problem::Relative)),
            ("build/lib", Some(Problem::Relative)),
            ("/home/me/build", Some(Problem::Build)),
            ("/tmp", Some(Problem::Build)),
            ("/opt/_internal/cpython-3.11/lib", Some(Problem::Build)),
            ("/usr/libexec", Some(Problem::Outside)),
            ("/usr/local/cuda/lib64", Some(Problem::Outside)),
            ("/homebrew/lib", Some(Problem::Outside)),
        ] {
            assert_eq!(problem_of(path), expected, "{path}");
        }
    }
}
