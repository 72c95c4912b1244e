//! The cache with a cargo that only pretends to compile.

use std::path::Path;

use super::*;
use crate::toolchain::rust::tests::toolchain;

/// Creates a library of the given name, and the empty crate's, where cargo puts them, and counts its calls.
const CARGO: &str = r#"#!/bin/sh
echo "$*" >> "$(dirname "$0")/calls"
echo "$CARGO_ENCODED_RUSTFLAGS" >> "$(dirname "$0")/options"
while [ $# -gt 0 ]; do
  if [ "$1" = --target ]; then
    case $2 in *-fails) exit 101 ;; esac
    mkdir -p "$CARGO_TARGET_DIR/$2/release/deps"
    echo "std of $2" > "$CARGO_TARGET_DIR/$2/release/deps/libstd-1.rlib"
    echo "" > "$CARGO_TARGET_DIR/$2/release/deps/libmonowheel_std-1.rlib"
  fi
  shift
done
"#;

struct Bench {
    dir: tempfile::TempDir,
    cache: StdCache,
    toolchain: Toolchain,
}

impl Bench {
    fn new() -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("a cache ").tempdir()?;
        let cargo = dir.path().join("cargo");
        fs_err::write(&cargo, CARGO)?;
        fs_err::set_permissions(&cargo, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let mut toolchain = toolchain("x", "1.96.0", &[], true, false);
        toolchain.cargo = cargo;
        Ok(Self { cache: StdCache::at(dir.path().join("std")), dir, toolchain })
    }

    fn fill(&self, triples: &[&str]) -> Result<()> {
        self.cache.fill(&self.toolchain, triples, &self.dir.path().join("log"), &CancelToken::default(), &mut |_| {})
    }

    fn calls(&self) -> usize {
        fs_err::read_to_string(self.dir.path().join("calls")).unwrap_or_default().lines().count()
    }

    /// The targets of each call that requested backtraces without symbols, or of each that did not.
    fn targets(&self, traced_only: bool) -> Vec<String> {
        let calls = fs_err::read_to_string(self.dir.path().join("calls")).unwrap_or_default();
        let asked = calls.lines().filter(|call| call.contains(",backtrace-trace-only") == traced_only);
        asked.map(|call| call.split_once("--target ").unwrap_or_default().1.to_owned()).collect()
    }

    fn library(&self, triple: &str) -> PathBuf {
        self.cache.entry(&self.toolchain, triple).join("lib/libstd-1.rlib")
    }
}

#[test]
fn the_users_profile_is_not_that_of_the_shared_libraries() -> Result<()> {
    let bench = Bench::new()?;
    bench.fill(&["aarch64-unknown-linux-gnu"])?;
    let calls = fs_err::read_to_string(bench.dir.path().join("calls"))?;
    // The command line outranks CARGO_PROFILE_RELEASE_OPT_LEVEL and .cargo/config.toml.
    for setting in ["opt-level=3", "debug=false", "lto=false", "debug-assertions=false", "codegen-units=16"] {
        assert!(calls.contains(&format!("--config profile.release.{setting}")), "{calls}");
    }
    Ok(())
}

#[test]
fn what_is_there_is_not_built_again() -> Result<()> {
    let bench = Bench::new()?;
    bench.fill(&["a-b-c", "d-e-f"])?;
    assert!(bench.cache.has(&bench.toolchain, "a-b-c") && bench.cache.has(&bench.toolchain, "d-e-f"));
    bench.fill(&["a-b-c", "d-e-f"])?;
    bench.fill(&[])?;
    assert_eq!(bench.calls(), 1);
    Ok(())
}

#[test]
fn libraries_with_other_options_are_beside_the_others() -> Result<()> {
    let bench = Bench::new()?;
    bench.fill(&["a-b-c"])?;
    let other = bench.cache.compiled_with(&["-Zsanitizer=thread"]);
    assert!(!other.has(&bench.toolchain, "a-b-c"));
    other.fill(&bench.toolchain, &["a-b-c"], &bench.dir.path().join("log"), &CancelToken::default(), &mut |_| {})?;
    assert!(other.has(&bench.toolchain, "a-b-c"));
    assert_eq!(bench.calls(), 2);
    let options = fs_err::read_to_string(bench.dir.path().join("options"))?;
    assert_eq!(options.matches("-Zsanitizer=thread").count(), 1, "{options}");
    Ok(())
}

#[test]
fn on_windows_a_backtrace_looks_for_no_symbols_where_std_can_leave_that_out() -> Result<()> {
    let bench = Bench::new()?;
    bench.fill(&["x86_64-pc-windows-gnullvm"])?;
    assert_eq!((bench.targets(true), bench.targets(false).len()), (vec![], 1), "an old std has no such feature");

    let mut bench = Bench::new()?;
    bench.toolchain.sysroot = bench.dir.path().join("toolchain");
    fs_err::create_dir_all(bench.toolchain.source().join("sysroot"))?;
    fs_err::write(bench.toolchain.source().join("sysroot/Cargo.toml"), "[features]\nbacktrace-trace-only = []\n")?;
    bench.fill(&["a-b-c", "x86_64-pc-windows-gnullvm", "d-e-f"])?;
    assert_eq!(bench.targets(true), ["x86_64-pc-windows-gnullvm"]);
    assert_eq!(bench.targets(false), ["a-b-c --target d-e-f"]);
    Ok(())
}

#[test]
fn a_half_written_library_is_found_and_built_anew() -> Result<()> {
    let bench = Bench::new()?;
    bench.fill(&["a-b-c", "d-e-f"])?;
    fs_err::write(bench.library("a-b-c"), "std o")?;
    let damaged = bench.cache.damaged(&bench.toolchain, &["a-b-c", "d-e-f"]);
    assert_eq!(damaged, [("a-b-c", "libstd-1.rlib has different content".to_owned())]);
    bench.fill(&["a-b-c", "d-e-f"])?;
    assert_eq!(bench.calls(), 2);
    assert_eq!(fs_err::read_to_string(bench.library("a-b-c"))?, "std of a-b-c\n");
    assert!(bench.cache.damaged(&bench.toolchain, &["a-b-c", "d-e-f"]).is_empty());
    Ok(())
}

#[test]
fn an_entry_without_its_record_is_no_entry() -> Result<()> {
    let bench = Bench::new()?;
    bench.fill(&["a-b-c"])?;
    fs_err::remove_file(bench.cache.entry(&bench.toolchain, "a-b-c").join("SHA256SUMS"))?;
    assert!(!bench.cache.has(&bench.toolchain, "a-b-c"));
    bench.fill(&["a-b-c"])?;
    assert!(bench.cache.has(&bench.toolchain, "a-b-c"));
    Ok(())
}

#[test]
fn a_target_that_fails_leaves_nothing() -> Result<()> {
    let bench = Bench::new()?;
    let said = bench.fill(&["a-b-c", "x-fails"]).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains("for x-fails"), "{said}");
    assert!(bench.cache.has(&bench.toolchain, "a-b-c") && !bench.cache.has(&bench.toolchain, "x-fails"));
    let folder = bench.cache.sysroot(&bench.toolchain);
    let left: Vec<_> = fs_err::read_dir(folder)?.flatten().map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(UNFINISHED)), "{left:?}");
    Ok(())
}

#[test]
fn a_cache_that_cannot_be_written_says_so_and_serves_what_it_has() -> Result<()> {
    let bench = Bench::new()?;
    bench.fill(&["a-b-c"])?;
    // No one can write into a file as if it were a directory, not even root, for whom permissions have no effect.
    let nowhere = bench.dir.path().join("file");
    fs_err::write(&nowhere, "")?;
    let cache = StdCache::at(nowhere.join("std"));
    let log = Path::new("/dev/null");
    let said = cache.fill(&bench.toolchain, &["a-b-c"], log, &CancelToken::default(), &mut |_| {}).err();
    assert!(said.is_some_and(|error| error.to_string().contains("MONOWHEEL_CACHE")));
    fs_err::remove_file(bench.cache.sysroot(&bench.toolchain).join(USED))?;
    fs_err::create_dir(bench.cache.sysroot(&bench.toolchain).join(USED))?;
    assert!(bench.fill(&[]).is_ok(), "the date cannot be written; existing entries can still be used");
    Ok(())
}
