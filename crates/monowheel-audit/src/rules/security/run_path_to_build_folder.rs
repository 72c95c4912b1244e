use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A run path points to a directory of the machine that built the wheel.
    ///
    /// # What it does
    /// Checks `DT_RPATH`, `DT_RUNPATH` and `LC_RPATH`. `$ORIGIN`, `@loader_path`, `@executable_path`, `@rpath` and
    /// system directories are accepted. A relative or empty path, which means the current working directory, and
    /// directories that builds use are a warning. Other absolute paths, which may be intended
    /// (`/usr/local/cuda/lib64`), are a note.
    ///
    /// # Why it matters
    /// On the user's machine the directory does not exist, or somebody else controls it and their library is loaded.
    ///
    /// # Example
    /// `RUNPATH /home/me/demo/build/lib`, as CMake sets it for files that are not installed yet.
    ///
    /// # Fix
    /// Remove it (`patchelf --remove-rpath`, `install_name_tool -delete_rpath`) or make it relative to the library with
    /// `$ORIGIN` or `@loader_path`; in CMake set `CMAKE_BUILD_WITH_INSTALL_RPATH`.
    pub(super) static RULE: "run-path-to-build-folder", Security, Warning, One(check);
}

/// Prefixes relative to the library, the program or the list of run paths.
const ANCHORED: &[&str] = &["$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path", "@rpath"];

/// Directories that a loader searches by default.
const SYSTEM: &[&str] = &["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/System/Library"];

/// Directories where builds happen.
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

/// The problem with a run path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Relative,
    Build,
    Outside,
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in facts.slices() {
        for (problem, severity, what) in [
            (Problem::Relative, Severity::Warning, "relative to the current working directory"),
            (Problem::Build, Severity::Warning, "a directory of the machine that built it"),
            (Problem::Outside, Severity::Note, "a directory outside the wheel"),
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

/// The problem with a run path, if there is one.
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
