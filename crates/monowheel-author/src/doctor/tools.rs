//! maturin and zig.

use std::path::Path;

use monowheel_build::toolchain::tools::{OLDEST_MATURIN, TESTED_ZIG, Tool};
use monowheel_error::Result;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

/// The requirements for pip, as in the extra `build` of this package.
const MATURIN: &str = "maturin>=1.16,<2";
const ZIG: &str = "ziglang>=0.17,<0.18";

pub(super) const CHECK: CheckKind =
    CheckKind { name: "tools", why: "maturin builds the wheels, and zig links them for every platform", look };

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let machine = context.machine;
    let python = machine.python.as_deref();
    let mut checks = vec![maturin(machine.maturin.as_ref(), python)];
    if context.plan.jobs.iter().any(|job| job.target.links_with_zig()) {
        checks.push(zig(machine.zig.as_ref(), python));
    }
    Ok(checks)
}

fn maturin(found: Option<&Tool>, python: Option<&Path>) -> Check {
    let get = || Fix::python(python, &["pip", "install", MATURIN]);
    match found {
        None => Check::new("maturin", State::Wrong, "missing, or it does not run").fix(get()),
        Some(tool) if tool.release() < OLDEST_MATURIN => {
            let (major, minor) = OLDEST_MATURIN;
            let said = format!("{} is too old: {major}.{minor} is required", tool.version);
            Check::new("maturin", State::Wrong, said).fix(get())
        }
        Some(tool) => Check::new("maturin", State::Ok, tool.version.as_str()),
    }
}

fn zig(found: Option<&Tool>, python: Option<&Path>) -> Check {
    let get = || Fix::python(python, &["pip", "install", ZIG]);
    match found {
        None => Check::new("zig", State::Wrong, "missing, or it does not run").fix(get()),
        Some(tool) if !TESTED_ZIG.contains(&tool.release()) => {
            let said = format!("{}: the targets were not tested with this version", tool.version);
            Check::new("zig", State::Note, said).fix(get())
        }
        Some(tool) => Check::new("zig", State::Ok, tool.version.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(version: &str) -> Tool {
        Tool { path: "/t".into(), version: version.to_owned() }
    }

    #[test]
    fn what_is_missing_or_too_old_gets_its_command() {
        let python = Some(Path::new("/venv/bin/python"));
        for check in [maturin(None, python), maturin(Some(&tool("1.15.9")), python), zig(None, python)] {
            assert_eq!(check.state, State::Wrong);
            let fix = check.fix.unwrap_or_else(|| Fix::told("nothing"));
            assert!(fix.by_fix && fix.command.starts_with("/venv/bin/python -m pip install '"), "{fix:?}");
        }
        assert_eq!(maturin(Some(&tool("1.16.0")), python).state, State::Ok);
        assert_eq!(zig(Some(&tool("0.17.0")), python).state, State::Ok);
        assert_eq!(zig(Some(&tool("0.18.0")), python).state, State::Note);
    }

    #[test]
    fn what_pip_is_asked_for_is_what_this_package_asks_for() {
        let table: toml::Table = toml::from_str(include_str!("../../../../pyproject.toml")).unwrap_or_default();
        let extra = table["project"]["optional-dependencies"]["build"].to_string();
        assert!(extra.contains(MATURIN) && extra.contains(ZIG), "{extra}");
    }
}
