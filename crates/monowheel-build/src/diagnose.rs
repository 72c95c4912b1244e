//! What a failed build's log means for the person who reads it.

/// How many lines of a log an error shows.
const SHOWN: usize = 14;

/// What maturin begins its last words with.
const MATURIN_FAILED: &str = "💥 maturin failed";

/// Texts of tools, and the next step that each calls for. The first that is found decides.
const KNOWN: [(&str, &str); 12] = [
    ("No space left on device", "free some space on that disk and run the command again; finished wheels are reused"),
    (
        "unable to find framework",
        "the crate links an Apple framework: set SDKROOT to a macOS SDK (the folder MacOSX.sdk) and run it again",
    ),
    (
        "framework not found",
        "the crate links an Apple framework: set SDKROOT to a macOS SDK (the folder MacOSX.sdk) and run it again",
    ),
    ("can't find crate for `core`", "this toolchain has no standard library for the target: see `monowheel plan`"),
    ("can't find crate for `std`", "this toolchain has no standard library for the target: see `monowheel plan`"),
    (
        "or newer to be built",
        "a dependency needs a newer Rust: rustup update stable, or name a toolchain with --toolchain",
    ),
    ("requires rustc", "a dependency needs a newer Rust: rustup update stable, or name a toolchain with --toolchain"),
    (
        "Could not find directory of OpenSSL",
        "OpenSSL is not there for the target: use the crate's `vendored` feature, or rustls",
    ),
    (
        "pkg-config has not been configured",
        "a system library is not there for the target: use the vendored or static feature of the -sys crate",
    ),
    (
        "unable to find dynamic system library",
        "a system library is not there for the target: use the vendored or static feature of the -sys crate",
    ),
    (
        "unable to find Dynamic system library",
        "a system library is not there for the target: use the vendored or static feature of the -sys crate",
    ),
    (
        "too-recent versioned symbols",
        "the library needs a newer glibc: name a higher level, such as manylinux_2_28_x86_64",
    ),
];

/// The lines that say what went wrong: from the compiler's first error to maturin's own words, which
/// repeat the whole command; without such an error, the last lines.
#[must_use]
pub(crate) fn telling_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_error = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("error:") || line.starts_with("error[")
    };
    match lines.iter().position(is_error) {
        Some(start) => {
            let told = lines.iter().skip(start).take(SHOWN).take_while(|line| !line.starts_with(MATURIN_FAILED));
            told.copied().collect::<Vec<_>>().join("\n")
        }
        None => lines.iter().skip(lines.len().saturating_sub(SHOWN)).copied().collect::<Vec<_>>().join("\n"),
    }
}

/// The next step for a failed build.
#[must_use]
pub(crate) fn next_step(log: &str) -> &'static str {
    KNOWN.iter().find(|(text, _)| log.contains(text)).map_or(
        "mend the crate for this target, or leave the target out with --target; the whole log is kept",
        |(_, next)| next,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_shown_not_the_last_words() {
        let log = "Compiling a\nwarning: x\nerror[E0425]: cannot find value `y`\n --> src/lib.rs:1:1\nerror: could not compile\n💥 maturin failed";
        let told = telling_lines(log);
        assert!(told.starts_with("error[E0425]") && told.ends_with("could not compile"), "{told}");
        assert_eq!(telling_lines("a\n\nb"), "a\nb");
    }

    #[test]
    fn a_framework_asks_for_an_sdk() {
        assert!(next_step("error: unable to find framework 'Security'").contains("SDKROOT"));
        assert!(next_step("something else").contains("leave the target out"));
    }
}
