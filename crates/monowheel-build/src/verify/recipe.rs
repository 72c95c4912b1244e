//! How a wheel says that it was built: parsed, but never trusted with anything that could run.
//!
//! A recipe is untrusted text. It is only data here: names that are looked up (the target), hashes and versions that
//! are compared, and a few variables by name. No value in it becomes a program, an option or a path.

use std::collections::BTreeMap;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::target::{Target, WindowsAbi};
use monowheel_system::hash::is_hex;
use monowheel_wheel::archive::{Archive, Limits, Member};
use monowheel_wheel::source::ReadAt;

use crate::compiler_env::is_flag;
use crate::maturin::EPOCH;
use crate::provenance::{FILE, Provenance, SCHEMA};

/// A recipe has a few thousand bytes; anything larger is not a recipe.
pub const MOST: u64 = 1 << 20;
/// The variable that sets the time of a build.
const TIME: &str = "SOURCE_DATE_EPOCH";

/// A recipe whose values have been checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The platform.
    pub(crate) target: Target,
    /// The variables for the build; without flags, unless they are allowed.
    pub(crate) environment: BTreeMap<String, String>,
}

/// Reads the recipe of a wheel.
///
/// # Errors
/// [`ErrorKind::Format`] when there is none, or two, or one that cannot be read; the errors of the source.
pub fn read(wheel: &dyn ReadAt) -> Result<Provenance> {
    let archive = Archive::open(wheel, &Limits::default())?;
    let members: Vec<&Member> = archive.members.iter().filter(|member| is_recipe(&member.path)).collect();
    let member = match members.as_slice() {
        [one] => *one,
        [] => {
            return Err(refused("does not say how it was built: no monowheel.json in its .dist-info").next(
                "build the project yourself (monowheel did not build this wheel), and compare the two with `monowheel compare`",
            ));
        }
        several => return Err(refused(format!("has {} recipes; it is not clear which one applies", several.len()))),
    };
    if member.size > MOST {
        return Err(
            refused(format!("has a recipe of {} bytes, which is not a valid size", member.size)).at(&member.path)
        );
    }
    let mut bytes = Vec::new();
    let whole = archive.read(member, &mut Vec::new(), &mut |piece| bytes.extend_from_slice(piece))?;
    if !whole {
        return Err(refused("has a damaged recipe").at(&member.path));
    }
    parse(&bytes).map_err(|error| error.at(&member.path))
}

/// Whether a member of a wheel is its recipe.
#[must_use]
pub(crate) fn is_recipe(path: &str) -> bool {
    path.split_once('/').is_some_and(|(folder, file)| folder.ends_with(".dist-info") && file == FILE)
}

/// Reads the text of a recipe.
///
/// # Errors
/// [`ErrorKind::Format`] when it cannot be read.
pub fn parse(bytes: &[u8]) -> Result<Provenance> {
    let text = std::str::from_utf8(bytes).map_err(|_| refused("has a recipe that is not UTF-8"))?;
    let unread = |error: serde_json::Error| refused(format!("has a recipe that cannot be read: {error}"));
    let value: serde_json::Value = serde_json::from_str(text).map_err(unread)?;
    match value.get("schema").and_then(serde_json::Value::as_str) {
        Some(SCHEMA) => {}
        Some(other) => {
            return Err(refused(format!(
                "has a recipe with the schema {other:?}, but this monowheel reads {SCHEMA:?}"
            ))
            .next("pip install --upgrade monowheel"));
        }
        None => return Err(refused("has a recipe without `schema`")),
    }
    // From the text: for a repeated key, a parsed value would hide the first one.
    serde_json::from_str(text).map_err(unread)
}

/// Checks the values of a recipe before they are used.
///
/// # Errors
/// [`ErrorKind::Format`] when a value is invalid, or two contradict each other; when it names flags for the compilers
/// and these are not allowed.
pub fn check(recipe: &Provenance, allow_flags: bool) -> Result<Checked> {
    if recipe.sdist.sha256.len() != 64 || !is_hex(&recipe.sdist.sha256) {
        return Err(refused("has a recipe whose sdist has no SHA-256"));
    }
    let file = &recipe.sdist.file;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+!".contains(c);
    if !file.ends_with(".tar.gz")
        || !file.starts_with(|c: char| c.is_ascii_alphanumeric())
        || !file.chars().all(is_plain)
    {
        return Err(refused(format!("has a recipe whose sdist is named {file:?}, which is not an sdist name")));
    }
    let windows =
        if recipe.std.keys().any(|triple| triple.ends_with("-msvc")) { WindowsAbi::Msvc } else { WindowsAbi::Gnullvm };
    let target = Target::parse(&recipe.target, windows)
        .map_err(|error| refused(format!("has a recipe for an unknown target: {}", error.what())))?;
    Ok(Checked { target, environment: environment(recipe, allow_flags)? })
}

/// The variables of the build. Flags can run programs (`-Clinker=`, `-Cstrip` with a PATH, `-fplugin=`), so that for
/// third-party wheels they need the user's consent.
fn environment(recipe: &Provenance, allow_flags: bool) -> Result<BTreeMap<String, String>> {
    let mut environment = BTreeMap::new();
    for (name, value) in &recipe.environment {
        if !is_flag(name) || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || value.contains('\0') {
            return Err(refused(format!("has a recipe that sets the variable {name:?}, which builds do not record")));
        }
        if environment.insert(name.clone(), value.clone()).is_some() {
            return Err(refused(format!("has a recipe that sets {name} twice")));
        }
    }
    let time = environment.get(TIME).map_or(EPOCH, String::as_str);
    let is_time = (1..=12).contains(&recipe.time.len()) && recipe.time.bytes().all(|byte| byte.is_ascii_digit());
    if !is_time || time != recipe.time {
        let what = format!("has a recipe whose time is {:?} in one place and {time:?} in another", recipe.time);
        return Err(refused(what));
    }
    let flags: Vec<String> = environment
        .iter()
        .filter(|(name, _)| *name != TIME)
        .map(|(name, value)| format!("{name}={}", value.replace('\x1f', " ")))
        .collect();
    if !flags.is_empty() && !allow_flags {
        let what = format!("was built with flags from the environment: {}", flags.join(", "));
        return Err(
            refused(what).next("add --allow-flags if these are harmless: flags can run programs on this machine")
        );
    }
    Ok(environment)
}

fn refused(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Format, what)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The recipe of hello_world's wheel for this platform, as a JSON value for tests to modify.
    pub(crate) fn good() -> serde_json::Value {
        serde_json::json!({
            "schema": SCHEMA, "monowheel": monowheel_error::VERSION,
            "sdist": {"file": "x-1.tar.gz", "sha256": "ab".repeat(32)},
            "target": "manylinux_2_17_x86_64", "abi": "abi3",
            "arguments": ["build"], "rustc": "rustc 1.96.0 (0 2026-06-01)", "maturin": "1.16.0", "linker": "zig 0.17.0",
            "std": {"x86_64-unknown-linux-gnu": "toolchain"}, "time": EPOCH
        })
    }

    fn said(result: Result<impl std::fmt::Debug>) -> String {
        result.err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn with(change: impl Fn(&mut serde_json::Value)) -> Provenance {
        let mut value = good();
        change(&mut value);
        parse(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_good_one_is_taken() {
        let checked = check(&with(|_| {}), false).unwrap();
        assert_eq!(checked.target.to_string(), "manylinux_2_17_x86_64");
        assert!(checked.environment.is_empty());
    }

    #[test]
    fn a_field_of_a_later_version_is_passed_over() {
        assert!(check(&with(|value| value["commit"] = "abc".into()), false).is_ok());
    }

    #[test]
    fn another_schema_is_refused_by_its_name() {
        let text = good().to_string().replace(SCHEMA, "monowheel.wheel/9");
        assert!(said(parse(text.as_bytes())).contains("monowheel.wheel/9"));
    }

    #[test]
    fn no_schema_is_refused() {
        assert!(said(parse(b"{}")).contains("without `schema`"));
        assert!(said(parse(b"[1]")).contains("without `schema`"));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        assert!(said(parse(b"{")).contains("cannot be read"));
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert!(said(parse(b"\xff\xfe")).contains("not UTF-8"));
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused() {
        let text = good().to_string().replacen('{', r#"{"target":"win32","#, 1);
        assert!(said(parse(text.as_bytes())).contains("duplicate field"));
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        let text = good().to_string().replace(r#""abi":"abi3""#, r#""abi":"cp37""#);
        assert!(said(parse(text.as_bytes())).contains("cannot be read"));
    }

    #[test]
    fn a_hash_that_is_none_is_refused() {
        for hash in ["", "ab", &"AB".repeat(32), &"zz".repeat(32)] {
            let recipe = with(|value| value["sdist"]["sha256"] = hash.into());
            assert!(said(check(&recipe, true)).contains("no SHA-256"), "{hash}");
        }
    }

    #[test]
    fn an_sdist_that_is_a_path_or_an_option_is_refused() {
        for name in ["../x-1.tar.gz", "/etc/x.tar.gz", "--out.tar.gz", "a b.tar.gz", "x.zip", ".tar.gz", "C:\\x.tar.gz"]
        {
            let recipe = with(|value| value["sdist"]["file"] = name.into());
            assert!(said(check(&recipe, true)).contains("which is not an sdist name"), "{name}");
        }
    }

    #[test]
    fn an_unknown_target_is_refused() {
        let recipe = with(|value| value["target"] = "--help".into());
        assert!(said(check(&recipe, true)).contains("unknown target"));
    }

    #[test]
    fn flags_are_followed_only_knowingly() {
        let recipe = with(|value| value["environment"] = serde_json::json!([["RUSTFLAGS", "-Clinker=/tmp/evil"]]));
        let refusal = said(check(&recipe, false));
        assert!(refusal.contains("-Clinker=/tmp/evil") && refusal.contains("--allow-flags"), "{refusal}");
        assert_eq!(check(&recipe, true).unwrap().environment["RUSTFLAGS"], "-Clinker=/tmp/evil");
    }

    #[test]
    fn an_unknown_variable_is_refused_even_where_flags_are_allowed() {
        for name in ["LD_PRELOAD", "PATH", "RUSTC_WRAPPER", "CARGO_PROFILE_X=1\0", ""] {
            let recipe = with(|value| value["environment"] = serde_json::json!([[name, "x"]]));
            assert!(said(check(&recipe, true)).contains("which builds do not record"), "{name}");
        }
    }

    #[test]
    fn a_variable_that_is_there_twice_is_refused() {
        let twice = serde_json::json!([["CFLAGS", "-O1"], ["CFLAGS", "-O2"]]);
        assert!(said(check(&with(|value| value["environment"] = twice.clone()), true)).contains("twice"));
    }

    #[test]
    fn the_time_is_a_number_and_one() {
        for (time, variable) in [("0", None), ("x", None), ("5", Some("6")), ("--x", Some("--x")), ("", Some(""))] {
            let recipe = with(|value| {
                value["time"] = time.into();
                if let Some(variable) = variable {
                    value["environment"] = serde_json::json!([[TIME, variable]]);
                }
            });
            assert!(said(check(&recipe, false)).contains("time"), "{time} {variable:?}");
        }
        let own = with(|value| {
            value["time"] = "1700000000".into();
            value["environment"] = serde_json::json!([[TIME, "1700000000"]]);
        });
        assert_eq!(check(&own, false).unwrap().environment[TIME], "1700000000");
    }

    #[test]
    fn only_the_file_in_the_dist_info_is_a_recipe() {
        assert!(is_recipe("x-1.dist-info/monowheel.json"));
        for path in [
            "monowheel.json",
            "x/monowheel.json",
            "x-1.dist-info/sboms/monowheel.json",
            "y/x-1.dist-info/monowheel.json",
        ] {
            assert!(!is_recipe(path), "{path}");
        }
    }
}
