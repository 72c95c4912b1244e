//! The keys of `[tool.maturin]` (maturin 1.16, `maturin.schema.json`), and what monowheel does with each.

use monowheel_error::near_names::nearest;

use crate::levels::Compatibility;
use crate::preflight::Problem;
use crate::project::Project;

/// A key of `[tool.maturin]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What monowheel does with it, for the documentation.
    pub effect: &'static str,
}

const fn key(name: &'static str, effect: &'static str) -> Key {
    Key { name, effect }
}

/// Every key, in the order of its name. docs/build.md has the same table, which a test compares.
pub const KEYS: [Key; 32] = [
    key("all-features", "honored; the ABI follows from the features that it enables"),
    key("auditwheel", "passed on; monowheel audits every wheel whatever it says"),
    key("bindings", "`pyo3` and `pyo3-ffi` are built; `cffi`, `uniffi` and `bin` are refused"),
    key(
        "compatibility",
        "raises the level of the default Linux targets; a target that you name keeps the level in its name",
    ),
    key("config", "honored"),
    key("data", "honored; refused if its files are not in the sdist"),
    key("editable-profile", "not used: it is for editable installs"),
    key("exclude", "honored"),
    key("features", "honored, with `python-version` per wheel; refused if the crate has no such feature"),
    key("frozen", "honored; refused without Cargo.lock"),
    key("generate-ci", "not used: `monowheel ci` writes workflows"),
    key("include", "honored; refused if files for the wheel are not in the sdist"),
    key("include-import-lib", "honored"),
    key("locked", "honored; refused without Cargo.lock"),
    key("manifest-path", "honored"),
    key("manylinux", "the old name of `compatibility`"),
    key("module-name", "honored, and checked in every wheel"),
    key("no-default-features", "honored"),
    key("pgo-command", "not used, and noted: monowheel builds without profiles"),
    key("pgo-dependency-group", "not used"),
    key("profile", "honored; refused if no Cargo.toml defines it"),
    key("python-packages", "honored; refused if one is missing"),
    key("python-source", "honored; refused if it is missing"),
    key("rustc-args", "honored"),
    key("sbom", "honored; made reproducible"),
    key("sdist-generator", "honored"),
    key("skip-auditwheel", "passed on; monowheel audits every wheel whatever it says"),
    key("strip", "wheels are always stripped"),
    key(
        "target",
        "`macos-deployment-target` raises the level of the default macOS targets; refused if a target that you name has another",
    ),
    key("targets", "honored; refused if none of them is a cdylib"),
    key("unstable-flags", "honored; refused with a stable toolchain"),
    key("use-base-python", "not used: no interpreter takes part in a build"),
];

/// Keys of earlier versions of maturin, which are ignored today, and their replacements.
const REMOVED: [(&str, &str); 3] = [
    ("cargo-extra-args", "use features, no-default-features, profile, locked or config"),
    ("rustc-extra-args", "use rustc-args"),
    ("sdist-include", "use include with format = \"sdist\""),
];

/// Keys that are only passed on to maturin, and the type that it wants.
const TYPES: [(&str, Type); 8] = [
    ("auditwheel", Type::Text),
    ("editable-profile", Type::Text),
    ("include-import-lib", Type::Boolean),
    ("rustc-args", Type::List),
    ("sdist-generator", Type::Text),
    ("skip-auditwheel", Type::Boolean),
    ("strip", Type::Boolean),
    ("use-base-python", Type::Boolean),
];

#[derive(Clone, Copy)]
enum Type {
    Boolean,
    Text,
    List,
}

impl Type {
    /// The problem of a value of another type, which maturin refuses.
    fn problem(self, name: &str, value: &toml::Value) -> Option<Problem> {
        let (is_right, like) = match self {
            Self::Boolean => (value.is_bool(), "true or false"),
            Self::Text => (value.is_str(), "a text in quotes"),
            Self::List => (value.is_array(), "a list of texts: [\"…\"]"),
        };
        let what = || format!("[tool.maturin] {name} is {value}, which maturin refuses");
        (!is_right).then(|| Problem::fatal(what(), format!("write {like}")))
    }
}

pub(super) fn problems(project: &Project) -> Vec<Problem> {
    let maturin = project.pyproject.maturin();
    let mut found: Vec<Problem> =
        maturin.others.keys().filter_map(|name| unknown(name, project.scope.is_own())).collect();
    found.extend(TYPES.iter().filter_map(|(name, wanted)| wanted.problem(name, maturin.others.get(*name)?)));
    if let Some(text) = maturin.compatibility.as_deref() {
        found.extend(compatibility(text));
    }
    for (triple, table) in &maturin.target {
        for name in table.others.keys() {
            found.push(Problem {
                is_fatal: project.scope.is_own(),
                ..Problem::fatal(
                    format!("[tool.maturin.target.{triple}] has the key {name}, which maturin ignores"),
                    "the only key is macos-deployment-target; set others with rustc-args or config",
                )
            });
        }
    }
    let is_cdylib = |kind: Option<&str>| kind.is_none_or(|kind| kind == "cdylib");
    if !maturin.targets.is_empty() && !maturin.targets.iter().any(|target| is_cdylib(target.kind.as_deref())) {
        found.push(Problem::fatal(
            "[tool.maturin] targets names no cdylib: Python could not import the result",
            "targets = [{ name = \"NAME OF THE LIBRARY\", kind = \"cdylib\" }], or remove the key",
        ));
    }
    let frozen = [("frozen", maturin.frozen), ("locked", maturin.locked)].into_iter().find(|(_, is_set)| *is_set);
    if let (Some((name, _)), None) = (frozen, &project.lock) {
        found.push(Problem::fatal(
            format!("[tool.maturin] {name} is set, but there is no Cargo.lock"),
            "run cargo generate-lockfile, and commit Cargo.lock",
        ));
    }
    if maturin.others.contains_key("pgo-command") {
        found.push(Problem::note(
            "[tool.maturin] pgo-command is not run: monowheel builds without profile-guided optimization",
            "build such wheels with maturin build --pgo on each platform",
        ));
    }
    found
}

/// maturin ignores unknown keys, so the build would differ from what the project says. A third party's source cannot
/// be changed: there it is only a note.
fn unknown(name: &str, is_own: bool) -> Option<Problem> {
    if KEYS.iter().any(|key| key.name == name) {
        return None;
    }
    let removed = REMOVED.iter().find(|(removed, _)| *removed == name).map(|(_, next)| (*next).to_owned());
    let near = nearest(name, KEYS.map(|key| key.name)).map(|near| format!("did you mean `{near}`?"));
    let next = removed.or(near).unwrap_or_else(|| "remove it; docs/build.md lists every key".to_owned());
    let problem = Problem::fatal(format!("[tool.maturin] has the key `{name}`, which maturin ignores"), next);
    Some(Problem { is_fatal: is_own, ..problem })
}

fn compatibility(text: &str) -> Option<Problem> {
    match Compatibility::parse(text) {
        Ok(Compatibility::Linux) => Some(Problem::note(
            format!("[tool.maturin] compatibility is {text:?}: wheels get the tag of their target anyway"),
            "remove the key; package indexes reject wheels tagged linux_…",
        )),
        Ok(_) => None,
        Err(next) => {
            Some(Problem::fatal(format!("[tool.maturin] compatibility is {text:?}, which is not a platform"), next))
        }
    }
}
