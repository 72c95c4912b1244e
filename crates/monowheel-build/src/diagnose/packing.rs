//! A failure to build the sdist: cargo or maturin rejects the project's manifests.

use super::{MATURIN_FAILED, is_error, last_words, shown};

/// The next step for an unknown error.
const UNKNOWN: &str = "run `maturin sdist` in the project to see the same error";
const NETWORK: &str = "check the network and cargo's registry settings, then run the command again";
/// maturin's own lines above cargo's error, which say nothing about its cause.
const WRAPPING: [&str; 2] = ["Cargo metadata failed", "`cargo metadata` exited with an error"];
/// cargo's list of all versions of a package, which may be hundreds.
const ALL_VERSIONS: &str = "versions that meet the requirements";

/// Texts of cargo and maturin, and the next step for each. The first match decides.
const KNOWN: &[(&str, &str)] = &[
    (
        "git_proxy_options",
        "install a cargo from rustup, which can fetch git dependencies: rustup toolchain install stable",
    ),
    ("failed to resolve address", NETWORK),
    ("ould not resolve host", NETWORK),
    ("failed to download", NETWORK),
    ("Failed to read readme", "create the file, or fix `readme` in pyproject.toml"),
    ("Failed to read license", "create the file, or fix `license` and `license-files` in pyproject.toml"),
    ("does not have that feature", "fix the name of the feature in Cargo.toml"),
    ("does not have these features", "fix the names of the features in Cargo.toml"),
    ("is not a dependency", "add the dependency, or remove the entry from [features] of Cargo.toml"),
    (
        "neither a dependency nor another feature",
        "add the feature or the dependency, or remove the entry in Cargo.toml",
    ),
    (
        "links to the native library `python`",
        "a dependency needs another PyO3: require its release that is made for yours (numpy 0.29 for PyO3 0.29), or change \
         the version of pyo3",
    ),
    (
        "links to the native library",
        "require releases of the named crates that use the same release of that -sys crate",
    ),
    ("failed to select a version for the requirement", "require a version that exists, in Cargo.toml"),
    ("believes it's in a workspace when it's not", "add the crate to `members` or to `exclude` of that [workspace]"),
    ("can't find library", "create src/lib.rs, or name the file: [lib] path = \"…\""),
    ("no matching package named", "fix the name of the dependency in Cargo.toml"),
    ("failed to load source for dependency", "fix the `path` or the `git` of this dependency in Cargo.toml"),
    ("failed to load manifest for workspace member", "fix `members` in [workspace] of the Cargo.toml above"),
    ("Permission denied", "make that directory writable, or set MONOWHEEL_WORK to a directory that is"),
    ("pyproject.toml is invalid", "fix that line of pyproject.toml"),
    ("TOML parse error", "fix that line of pyproject.toml"),
];

/// The cause in maturin's output, and the next step. cargo's errors appear twice, because maturin calls it twice.
pub(crate) fn cause(log: &str) -> (String, &'static str) {
    let lines: Vec<&str> = log.lines().collect();
    let said = match lines.iter().position(|line| is_error(line)) {
        Some(start) => once(&lines[start..]),
        None => last_words(&lines).into_iter().filter(|line| *line != MATURIN_FAILED).collect(),
    };
    let text = said.join("\n");
    let next = KNOWN.iter().find(|(known, _)| text.contains(known)).map_or(UNKNOWN, |(_, next)| next);
    (shown(&said), next)
}

/// The lines up to the repetition of the first one, without those that explain nothing.
fn once<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    let is_repeated = |(index, line): &(usize, &&str)| *index > 0 && **line == lines[0];
    let end = lines.iter().enumerate().find(is_repeated).map_or(lines.len(), |(index, _)| index);
    let is_said = |line: &&str| {
        let is_wrapping = WRAPPING.iter().any(|wrapping| line.contains(wrapping));
        let is_bare = matches!(line.trim(), "" | "Caused by:" | "Updating crates.io index");
        !is_bare && !is_wrapping && !line.starts_with(ALL_VERSIONS)
    };
    lines[..end].iter().copied().take_while(|line| !line.starts_with(MATURIN_FAILED)).filter(is_said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING_FEATURE: &str = "    Updating crates.io index
error: failed to select a version for `serde`.
    ... required by package `demo v0.1.0 (/demo)`
versions that meet the requirements `^1` are: 1.0.229, 1.0.228

package `demo` depends on `serde` with feature `derives` but `serde` does not have that feature.
help: there is a feature `derive` with a similar name
";
    const FAILED: &str = "💥 maturin failed
  Caused by: Cargo metadata failed. Does your crate compile with `cargo build`?
  Caused by: `cargo metadata` exited with an error: ";

    #[test]
    fn an_error_of_cargo_is_shown_once_and_without_the_list_of_versions() {
        let (shown, next) = cause(&format!("{MISSING_FEATURE}{MISSING_FEATURE}{FAILED}\n"));
        assert_eq!(
            shown,
            "error: failed to select a version for `serde`.\n    ... required by package `demo v0.1.0 (/demo)`\n\
             package `demo` depends on `serde` with feature `derives` but `serde` does not have that feature.\n\
             help: there is a feature `derive` with a similar name"
        );
        assert_eq!(next, "fix the name of the feature in Cargo.toml");
    }

    #[test]
    fn two_releases_of_pyo3_are_named_as_the_cause() {
        let said = "error: failed to select a version for `pyo3-ffi`.\npackage `pyo3-ffi` links to the native library \
                    `python`, but it conflicts with a previous package which links to `python` as well:\n";
        assert!(cause(&format!("{said}{FAILED}")).1.starts_with("a dependency needs another PyO3"));
        let other = said.replace("pyo3-ffi", "zstd-sys").replace("python", "zstd");
        assert!(cause(&format!("{other}{FAILED}")).1.contains("-sys crate"));
    }

    #[test]
    fn the_first_line_of_an_error_in_a_manifest_is_kept() {
        let said =
            "error: feature `fast` includes `rayon/foo`, but `rayon` is not a dependency\n  --> Cargo.toml:13:8\n";
        let (shown, next) = cause(&format!("{said}{said}{FAILED}"));
        assert_eq!(shown, said.trim_end());
        assert!(next.starts_with("add the dependency"), "{next}");
    }

    #[test]
    fn an_error_of_maturin_is_shown_without_the_output_of_cargo() {
        let (shown, next) = cause(
            "    Updating crates.io index\n💥 maturin failed\n  Caused by: Failed to read readme specified in \
             pyproject.toml, which should be at /demo/README.md\n",
        );
        assert_eq!(
            shown,
            "  Caused by: Failed to read readme specified in pyproject.toml, which should be at /demo/README.md"
        );
        assert!(next.starts_with("create the file"), "{next}");
    }
}
