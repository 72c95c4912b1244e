//! The revision of the facts: a fingerprint of the code that gathers them, and of the parsers it uses.
//!
//! Kept facts (`src/kept.rs`) are used only by a monowheel with the same revision. The version is not part of it, so that
//! a release with new rules can judge the facts that an earlier one kept. Every change of these files counts, even of a
//! comment: at worst, wheels are read again.

use std::path::{Path, PathBuf};

/// The code that gathers, and the form in which facts are stored. Tables beside it are read by rules only.
const GATHERS: [&str; 6] =
    ["src/gather.rs", "src/gather", "src/facts.rs", "src/kept.rs", "src/by_python.rs", "src/by_python.py"];
const READERS: &str = "../monowheel-wheel/src";
/// Platform policies, which only rules read: they change often.
const POLICIES: &str = "../monowheel-wheel/src/platform";
const LOCK: &str = "../../Cargo.lock";
/// Crates on whose behavior facts depend: parsers, and the hash of the names of symbols.
const PARSERS: [&str; 11] = [
    "csv",
    "csv-core",
    "flate2",
    "gimli",
    "object",
    "pep440_rs",
    "rustc-hash",
    "serde_json",
    "unicode-normalization",
    "wasmparser",
    "zlib-rs",
];

#[allow(clippy::print_stdout, reason = "a build script talks to cargo on its standard output")]
fn main() {
    match fingerprint() {
        Ok(fingerprint) => println!("cargo::rustc-env=MONOWHEEL_FACTS={fingerprint:016x}"),
        Err(error) => println!("cargo::error={error}"),
    }
    for watched in GATHERS.into_iter().chain([READERS, LOCK, "build.rs"]) {
        println!("cargo::rerun-if-changed={watched}");
    }
    println!("cargo::rerun-if-env-changed=CARGO_CFG_TARGET_POINTER_WIDTH");
}

/// Hashes the code, the versions and the width of a pointer, on which the hash of a name depends.
fn fingerprint() -> Result<u64, String> {
    let mut files = Vec::new();
    for path in GATHERS.into_iter().chain([READERS]) {
        sources(Path::new(path), &mut files)?;
    }
    files.sort();
    let mut hash = Fnv::default();
    for path in files {
        let name = path.to_string_lossy().replace('\\', "/");
        hash.add(&name);
        // The same with the line endings of a checkout on Windows.
        hash.add(&read(&path)?.replace("\r\n", "\n"));
    }
    for version in versions(&read(Path::new(LOCK))?)? {
        hash.add(&version);
    }
    hash.add(&std::env::var("CARGO_CFG_TARGET_POINTER_WIDTH").map_err(|error| error.to_string())?);
    Ok(hash.0)
}

/// The Rust and Python files at a path.
fn sources(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let explained = |error: std::io::Error| format!("{}: {error}", path.display());
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(explained)? {
            sources(&entry.map_err(explained)?.path(), files)?;
        }
    } else if !path.starts_with(POLICIES) && path.extension().is_some_and(|end| end == "rs" || end == "py") {
        files.push(path.to_owned());
    }
    Ok(())
}

/// `NAME VERSION` of each parser in Cargo.lock.
fn versions(lock: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for parser in PARSERS {
        let before = found.len();
        let mut lines = lock.lines();
        while let Some(line) = lines.next() {
            if line == format!("name = \"{parser}\"") {
                found.push(format!("{parser} {}", lines.next().unwrap_or_default()));
            }
        }
        if found.len() == before {
            return Err(format!("{LOCK} has no package {parser}"));
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// FNV-1a with 64 bits. It need not be a cryptographic hash: who could choose these files could also change the program.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds a text and its end.
    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
