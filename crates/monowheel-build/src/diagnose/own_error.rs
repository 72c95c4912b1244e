//! Decides whether an error in the crate's own code occurs on every target.
//!
//! Such an error stops the other wheels of its ABI, each of which would compile all dependencies only to fail in the
//! same way. It has to be certain: an error under `cfg(windows)` must not stop Linux, nor one in a call of an API that
//! only some systems have. So there are two conditions. The error breaks a rule of the language, whatever other crates
//! contain. And nothing in the sdist's sources depends on the target: no `cfg` of it, no platform's API, no C integer.

use std::path::Path;

use monowheel_system::regular_file;

use super::compiler::{cause, is_rustc};

/// Errors of rustc about the crate's own code: syntax errors have no code. Errors that depend on other crates, which
/// may differ between targets, are not included: paths (E0432, E0433, E0425), traits (E0277), integers of C (E0308).
const OF_THE_LANGUAGE: &[&str] = &[
    "E0004", "E0023", "E0026", "E0027", "E0040", "E0046", "E0050", "E0053", "E0061", "E0062", "E0063", "E0069",
    "E0072", "E0106", "E0107", "E0117", "E0124", "E0128", "E0133", "E0185", "E0186", "E0191", "E0195", "E0201",
    "E0204", "E0207", "E0261", "E0262", "E0263", "E0267", "E0268", "E0282", "E0373", "E0381", "E0382", "E0384",
    "E0403", "E0407", "E0408", "E0415", "E0416", "E0424", "E0426", "E0428", "E0429", "E0430", "E0431", "E0434",
    "E0435", "E0437", "E0438", "E0449", "E0499", "E0502", "E0503", "E0505", "E0506", "E0507", "E0515", "E0594",
    "E0596", "E0597", "E0600", "E0604", "E0605", "E0606", "E0607", "E0608", "E0614", "E0618", "E0620", "E0621",
    "E0689", "E0716", "E0728", "E0746",
];
/// Types that every target has alike.
const PRIMITIVES: &[&str] = &[
    "bool",
    "char",
    "str",
    "&str",
    "String",
    "i32",
    "i64",
    "u8",
    "u32",
    "u64",
    "f32",
    "f64",
    "()",
    "{integer}",
    "{float}",
];
/// Words in a source that may mean a difference between targets.
const OF_A_TARGET: &[&str] = &[
    "target_",
    "cfg(windows",
    "cfg(unix",
    "(windows",
    "(unix",
    "windows)",
    "unix)",
    "libc",
    "std::os",
    "core::arch",
    "std::arch",
    "c_char",
    "c_int",
    "c_long",
    "c_uint",
    "c_ulong",
    "winapi",
    "windows_sys",
    "nix::",
    "rustix",
    "OUT_DIR",
    "include!",
    "cfg_if",
];
/// Larger sources are not searched.
const MOST: u64 = 4 << 20;
/// Deeper directories are not searched.
const DEPTH: usize = 32;

/// An error of the crate's own code that is the same for every target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnError {
    /// Its first line.
    pub(crate) title: String,
}

impl OwnError {
    /// The error in a log, if `sources`, the complete sdist, do not depend on the target.
    pub(crate) fn of(log: &str, sources: &Path) -> Option<Self> {
        let lines: Vec<&str> = log.lines().collect();
        let errors = (0..lines.len()).filter(|index| lines[*index].starts_with("error"));
        let own = errors.map(|start| cause(&lines, start)).find(|error| is_own(error) && is_of_the_language(error))?;
        depends_on_no_target(sources, DEPTH).then(|| Self { title: own[0].to_owned() })
    }
}

/// Whether it points into the project: cargo names the files of other crates by absolute paths.
fn is_own(error: &[&str]) -> bool {
    let place = error.iter().find_map(|line| line.trim_start().strip_prefix("--> "));
    is_rustc(error) && place.is_some_and(|place| !Path::new(place).is_absolute())
}

fn is_of_the_language(error: &[&str]) -> bool {
    let Some(title) = error.first() else { return false };
    if let Some(said) = title.strip_prefix("error: ") {
        return ["expected ", "unexpected ", "mismatched ", "unknown start of token", "this file contains an un"]
            .iter()
            .any(|syntax| said.starts_with(syntax));
    }
    let Some((code, said)) = title.strip_prefix("error[").and_then(|rest| rest.split_once("]: ")) else { return false };
    // A method of a type that no crate can add to for one target alone, except for a trait.
    let of_a_primitive = code == "E0599"
        && PRIMITIVES.iter().any(|name| said.ends_with(&format!("for type `{name}` in the current scope")));
    of_a_primitive || OF_THE_LANGUAGE.contains(&code)
}

/// Whether no source and no manifest in this directory depends on the target. An unreadable file may depend on it.
fn depends_on_no_target(folder: &Path, depth: usize) -> bool {
    let Ok(entries) = fs_err::read_dir(folder) else { return false };
    entries.flatten().all(|entry| {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { return false };
        if kind.is_dir() {
            return depth > 0 && depends_on_no_target(&path, depth - 1);
        }
        let name = entry.file_name();
        if name == "build.rs" {
            return false;
        }
        let is_manifest = name == "Cargo.toml";
        if !is_manifest && path.extension().is_none_or(|end| end != "rs") {
            return true;
        }
        let Ok(text) = regular_file::read(&path, MOST) else { return false };
        let text = String::from_utf8_lossy(&text);
        if is_manifest {
            !text.contains("[target.") && !text.contains("target.'")
        } else {
            !has_word_of_a_target(&text)
        }
    })
}

fn has_word_of_a_target(text: &str) -> bool {
    OF_A_TARGET.iter().any(|word| text.contains(word))
}
