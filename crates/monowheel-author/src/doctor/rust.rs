//! The Rust toolchain that a build uses, against the crate's `rust-version`; and the lock that names it.

use monowheel_build::lockfile;
use monowheel_build::toolchain::choice::{self, Choice, numbers};
use monowheel_build::toolchain::rust::Toolchain;
use monowheel_error::{Error, Result};
use monowheel_system::exec::on_path;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind = CheckKind {
    name: "rust",
    why: "a compiler older than the crate's rust-version fails in the middle of a build, often in another crate",
    look,
};

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    if let Some(error) = context.lock_fault {
        let check = Check::new(lockfile::FILE, State::Wrong, error.what());
        return Ok(vec![check.fix(Fix::told(error.next_step().unwrap_or("monowheel build --upgrade")))]);
    }
    let chosen = chosen(context);
    let asked = context.project.rust_version.as_deref();
    Ok(vec![judge(chosen.as_ref(), asked, on_path("rustup").is_some())])
}

/// The toolchain that a build uses.
pub(super) fn chosen<'a>(context: &Context<'a>) -> Result<&'a Toolchain> {
    let machine = context.machine;
    let planned = context.plan.tools.toolchain.as_ref();
    if let Some(found) = planned.and_then(|name| machine.toolchains.iter().find(|toolchain| toolchain.name == *name)) {
        return Ok(found);
    }
    // None: the error says why.
    let choice = Choice {
        triples: &[],
        wanted: context.request.selection.toolchain.as_deref(),
        rust_version: context.project.rust_version.as_deref(),
        among: None,
        cache: &machine.std_cache,
    };
    choice::choose(&machine.toolchains, &choice)
}

fn judge(chosen: Result<&&Toolchain, &Error>, asked: Option<&str>, has_rustup: bool) -> Check {
    let update = |fallback: &str| match has_rustup {
        true => Fix::run(&["rustup", "update", "stable"]),
        false => Fix::told(fallback),
    };
    let toolchain = match chosen {
        Ok(toolchain) => toolchain,
        Err(error) => {
            let next = error.next_step().unwrap_or(choice::INSTALL_RUST);
            return Check::new("rustc", State::Wrong, error.what()).fix(update(next));
        }
    };
    let has = format!("Rust {} ({})", toolchain.release(), toolchain.name);
    match asked {
        // A toolchain that was requested by name is used whatever its version.
        Some(asked) if numbers(toolchain.release()) < numbers(asked) => {
            let said = format!("{has} is older than the crate's rust-version, {asked}");
            Check::new("rustc", State::Wrong, said).fix(Fix::told("use a newer one: --toolchain NAME"))
        }
        Some(asked) => Check::new("rustc", State::Ok, format!("{has}; the crate asks for {asked}")),
        None => Check::new("rustc", State::Ok, format!("{has}; the crate has no rust-version")),
    }
}

#[cfg(test)]
mod tests {
    use monowheel_error::ErrorKind;

    use super::*;

    fn toolchain(release: &str) -> Toolchain {
        Toolchain {
            name: "x".to_owned(),
            rustc: "/toolchain/bin/rustc".into(),
            cargo: "/toolchain/bin/cargo".into(),
            verbose_version: format!("rustc {release}\nhost: x86_64-unknown-linux-gnu\nrelease: {release}\n"),
            sysroot: "/toolchain".into(),
            installed: std::collections::BTreeSet::default().into_iter().collect(),
            has_source: false,
            by_rustup: false,
            is_default: false,
            std: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn the_version_counts_by_number() {
        let old = toolchain("1.9.0");
        let new = toolchain("1.96.0");
        assert_eq!(judge(Ok(&&new), Some("1.85"), true).state, State::Ok);
        assert_eq!(judge(Ok(&&new), None, true).state, State::Ok);
        let check = judge(Ok(&&old), Some("1.85"), true);
        assert_eq!(check.state, State::Wrong);
        assert!(check.said.contains("1.9.0 (x) is older"), "{}", check.said);
    }

    #[test]
    fn without_rust_the_way_to_it_is_told_and_run_where_rustup_is() {
        let error = Error::new(ErrorKind::Toolchain, "no Rust toolchain found").next("install rustup");
        let told = judge(Err(&error), None, false);
        assert_eq!((told.state, told.fix), (State::Wrong, Some(Fix::told("install rustup"))));
        assert!(judge(Err(&error), None, true).fix.is_some_and(|fix| fix.by_fix));
    }
}
