//! `[tool.monowheel.native]`: the C code that a crate builds or links.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// `[tool.monowheel.native]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// Programs that the build does not need, although its lock file suggests it: `cmake`, `libclang`, …
    #[serde(default)]
    pub without: Vec<String>,
    /// Crates that link a C library, by name, in addition to the built-in table; one with the same name replaces its
    /// row.
    #[serde(default)]
    pub libraries: BTreeMap<String, Library>,
    /// Crates whose library may be linked statically although its license requires more than a notice, each with a
    /// reason.
    #[serde(default)]
    pub accept: Vec<Accepted>,
}

/// A crate that links a C library.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Library {
    /// The library's name.
    pub name: String,
    /// Its license, an SPDX expression.
    pub license: String,
    /// Variables that make the crate's build script build its own copy, or find one.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Why only Microsoft's compiler can build it for Windows; empty otherwise.
    #[serde(default)]
    pub msvc_only: String,
}

/// A reviewed license.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The crate that links the library.
    #[serde(rename = "crate")]
    pub krate: String,
    /// Why it is acceptable.
    pub reason: String,
}

/// The programs that `without` may name.
pub const PROGRAMS: [&str; 5] = ["cmake", "ninja", "libclang", "perl", "make"];
/// Prefixes of variables that determine what is built, or which programs run: no table may set them.
const NOT_SET: [&str; 14] = [
    "CARGO",
    "DYLD_",
    "GIT_",
    "HOME",
    "LD_",
    "MATURIN_",
    "MONOWHEEL_",
    "PATH",
    "PYO3_",
    "PYTHON",
    "RUST",
    "SOURCE_DATE_EPOCH",
    "XDG_",
    "ZIG_",
];

impl Table {
    /// The first problem, and the correction.
    pub(crate) fn fault(&self) -> Option<(String, String)> {
        if let Some(unknown) = self.without.iter().find(|name| !PROGRAMS.contains(&name.as_str())) {
            let known = PROGRAMS.join(", ");
            return Some((
                format!("`without` of [tool.monowheel.native] names {unknown:?}"),
                format!("name one of {known}"),
            ));
        }
        if let Some(accepted) = self.accept.iter().find(|accepted| accepted.reason.trim().is_empty()) {
            let what = format!("[tool.monowheel.native] accepts the license of {} without a reason", accepted.krate);
            return Some((what, "state why that is acceptable: reason = \"…\"".to_owned()));
        }
        let variables = self.libraries.values().flat_map(|library| library.variables.keys());
        let is_plain = |name: &str| {
            name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
                && name.starts_with(|c: char| c.is_ascii_uppercase())
                && !NOT_SET.iter().any(|start| name.starts_with(start))
        };
        let wrong = variables.into_iter().find(|name| !is_plain(name))?;
        Some((
            format!("[tool.monowheel.native.libraries] cannot set the variable {wrong:?}"),
            "set only variables that the build script of the crate itself reads, such as LIBZ_SYS_STATIC".to_owned(),
        ))
    }
}
