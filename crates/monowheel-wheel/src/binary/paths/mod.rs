//! Absolute paths of the machine that built a binary.
//!
//! A compiler leaves them in panic messages, `__FILE__`, debug information and PDB records. Only
//! directories of build machines are searched for; directories that a program may use when it runs (`/usr`,
//! `/etc`, `/tmp`) are not, and neither is `/rustc/HASH/`, with which Rust's own paths are already remapped.

pub mod absolute;
mod anchor;
pub mod build_prefixes;
mod search;

use serde::{Deserialize, Serialize};

pub(super) use crate::binary::paths::search::PathSearch;

/// Paths found in a binary's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct EmbeddedPaths {
    /// The number of different ones, up to 4096.
    pub count: usize,
    /// The first 8 of them.
    pub examples: Vec<String>,
}

impl EmbeddedPaths {
    /// Finds them, in one pass over all bytes.
    #[must_use]
    pub(crate) fn scan(bytes: &[u8]) -> Self {
        PathSearch::of(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::search::{MOST_EXAMPLES, MOST_PATHS};
    use super::*;

    fn found(text: &[u8]) -> Vec<String> {
        let found = EmbeddedPaths::scan(text);
        assert_eq!(found.count.min(MOST_EXAMPLES), found.examples.len());
        found.examples
    }

    #[test]
    fn paths_of_builds() {
        for (text, path) in [
            ("\0/home/me/demo/src/lib.c\0", "/home/me/demo/src/lib.c"),
            ("\0/Users/runner/work/demo/x.m\0", "/Users/runner/work/demo/x.m"),
            ("\0C:\\Users\\me\\demo\\lib.rs\0", "C:\\Users\\me\\demo\\lib.rs"),
            ("\0c:/Users/me/demo/lib.rs\0", "c:/Users/me/demo/lib.rs"),
            ("\0D:\\a\\demo\\demo\\demo.pdb\0", "D:\\a\\demo\\demo\\demo.pdb"),
            ("\0D:/a/demo/demo/src/x.cpp\0", "D:/a/demo/demo/src/x.cpp"),
            ("\0/root/demo.rs\0", "/root/demo.rs"),
            ("\0/__w/demo/demo\0", "/__w/demo/demo"),
            ("\0/builds/group/demo/x\0", "/builds/group/demo/x"),
            ("\0/io/src/lib.rs\0", "/io/src/lib.rs"),
            ("\0/project/build/x.cc\0", "/project/build/x.cc"),
            ("\0/private/var/folders/ab/cdef/T/x.o\0", "/private/var/folders/ab/cdef/T/x.o"),
            ("\0/var/folders/ab/cdef/T/x.o\0", "/var/folders/ab/cdef/T/x.o"),
            ("\0/tmp/pip-req-build-1/x\0", "/tmp/pip-req-build-1/x"),
            ("\0/tmp/demo/x.c\0", "/tmp/demo/x.c"),
            ("\0/opt/_internal/cpython-3.11.4/include\0", "/opt/_internal/cpython-3.11.4/include"),
            (
                "\0/usr/local/cargo/registry/src/i-1/x-1.0/src/a.rs\0",
                "/usr/local/cargo/registry/src/i-1/x-1.0/src/a.rs",
            ),
            ("\0E:\\cargo\\registry\\src\\i-1\\x-1.0\\a.rs\0", "E:\\cargo\\registry\\src\\i-1\\x-1.0\\a.rs"),
            // In the middle of other text.
            ("GCC: (GNU) -I/home/me/demo/include -O2", "/home/me/demo/include"),
            ("see \"/home/me/demo/x.c\".", "/home/me/demo/x.c"),
            ("built in /home/me/demo/x.", "/home/me/demo/x"),
            // As Rust stores its strings.
            ("src/lib.rs/home/me/demo/src/a.rscalled `Option::unwrap()`", "/home/me/demo/src/a.rs"),
            ("not yet/home/me/.cargo/registry/src/i-1/x-1.0/a.rs", "/home/me/.cargo/registry/src/i-1/x-1.0/a.rs"),
        ] {
            assert_eq!(found(text.as_bytes()), [path], "{text:?}");
        }
    }

    #[test]
    fn paths_of_running_programs_and_of_replaced_builds() {
        for text in [
            "/home",
            "/home/",
            "/home/me",
            "/home/me/",
            "/home/%s/x",
            "/Users/Shared/x/y",
            "/tmp",
            "/tmp/",
            "/tmp/.X11-unix/X0",
            "/tmp/demo.sock",
            "/tmp/demo/socket",
            "/usr/lib/x.so",
            "/etc/ssl/certs/ca.pem",
            "/io/uring",
            "/project/x",
            "/builds/latest",
            "/root",
            "/root/",
            "https://example.org/home/me/x",
            "src/io/mod.rs",
            "std/src/io/x.rs",
            "/rustc/0123456789abcdef/library/core/src/fmt/mod.rs",
            "/cargo/registry/src/x-1.0/src/lib.rs",
            "vendor/registry/src/x/lib.rs",
            "registry/src/x/y.rs",
            "x:\\a",
            "::a\\b",
            "1:\\Users\\a\\b",
            "$HOME/home/me/x",
            "",
        ] {
            assert!(found(text.as_bytes()).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn each_path_counts_once_and_only_so_many() {
        let twice = b"\0/home/me/a/x.c\0/home/me/a/y.c\0/home/me/a/x.c\0";
        assert_eq!(found(twice), ["/home/me/a/x.c", "/home/me/a/y.c"]);
        let many: String = (0..MOST_PATHS + 10).map(|number| format!("\0/home/me/{number}/x.c")).collect();
        let found = EmbeddedPaths::scan(many.as_bytes());
        assert_eq!((found.count, found.examples.len()), (MOST_PATHS, MOST_EXAMPLES));
    }

    #[test]
    fn nothing_but_anchors_takes_no_longer() {
        let start = std::time::Instant::now();
        for anchor in ["/io/", "/home/", "/tmp/x", "/registry/src/", "cargo/registry/src/", ":\\a\\", "x/home/.cargo/"]
        {
            let _ = EmbeddedPaths::scan(anchor.repeat(1 << 18).as_bytes());
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(60));
    }
}
