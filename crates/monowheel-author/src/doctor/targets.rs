//! Each target: the source of its standard library, and whether a library links for it, with the duration.

use monowheel_build::plan::source_command;
use monowheel_build::toolchain::choice::{StdFrom, std_for};
use monowheel_build::toolchain::rust::Toolchain;
use monowheel_error::{ErrorKind, Result};
use monowheel_project::target::Target;
use monowheel_system::exec::on_path;
use monowheel_system::threads;
use rayon::prelude::*;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::link::link;
use crate::doctor::link_cache;
use crate::doctor::rust::chosen;
use crate::doctor::{CheckKind, Context};

/// Number of parallel links.
const AT_ONCE: usize = 2;

pub(super) const CHECK: CheckKind = CheckKind {
    name: "target",
    why: "a target without a standard library or a working linker fails only after everything else was compiled",
    look,
};

/// The state of a Rust target before anything is linked.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// It can be linked; the flag says whether monowheel built its standard library.
    Link { own_std: bool },
    /// Another result.
    Not(State, String),
}

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let mut targets: Vec<&Target> = context.plan.jobs.iter().map(|job| &job.target).collect();
    targets.dedup();
    let pairs: Vec<(&Target, &str)> =
        targets.iter().flat_map(|target| target.triples.iter().map(|triple| (*target, triple.as_str()))).collect();
    let Ok(toolchain) = chosen(context) else {
        let skipped = |(target, triple): &(&Target, &str)| {
            Check::new(place(target, triple), State::Skipped, "no Rust to compile with")
        };
        return Ok(pairs.iter().map(skipped).collect());
    };
    let folder = tempfile::Builder::new().prefix("monowheel-doctor-").tempdir()?;
    let pool = threads::pool(Some(AT_ONCE))?;
    let links = link_cache::read(!context.request.fresh);
    let one = |number: usize, target: &Target, triple: &str| -> Result<Check> {
        let place = place(target, triple);
        // Before the standard library is read as a whole, which takes as long as linking.
        let is_own = std_for(toolchain, triple, &context.machine.std_cache) == StdFrom::Cache;
        let key = link_cache::key(target, triple, toolchain, is_own, context.machine);
        if let Some(seconds) = key.as_ref().and_then(|key| links.of(key).copied()) {
            return Ok(linked_before(place, is_own, seconds));
        }
        let own_std = match way(context, toolchain, target, triple) {
            Way::Link { own_std } => own_std,
            Way::Not(state, said) => {
                let check = Check::new(place, state, said);
                return Ok(match fix(context, toolchain, triple) {
                    Some(fix) => check.fix(fix),
                    None => check,
                });
            }
        };
        let own = folder.path().join(number.to_string());
        fs_err::create_dir_all(&own)?;
        let linked = link(target, triple, toolchain, own_std, context.machine, &own, context.stop);
        context.stop.check()?;
        if let (Ok(seconds), Some(key)) = (&linked, key) {
            links.keep(key, *seconds);
        }
        Ok(judge(place, own_std, linked))
    };
    let checks = pool.install(|| {
        pairs.par_iter().enumerate().map(|(number, (target, triple))| one(number, target, triple)).collect()
    });
    links.write(link_cache::MOST);
    checks
}

/// The target's name; for a universal one with the part.
fn place(target: &Target, triple: &str) -> String {
    match target.triples.as_slice() {
        [_] => target.to_string(),
        _ => format!("{target} ({})", triple.split('-').next().unwrap_or(triple)),
    }
}

fn way(context: &Context<'_>, toolchain: &Toolchain, target: &Target, triple: &str) -> Way {
    let machine = context.machine;
    let from = std_for(toolchain, triple, &machine.std_cache);
    if from == StdFrom::Cache {
        if let Some((_, fault)) = machine.std_cache.damaged(toolchain, &[triple]).pop() {
            return Way::Not(
                State::Note,
                format!("the cached standard library is damaged ({fault}): the next build rebuilds it"),
            );
        }
    }
    judge_way(
        from,
        target.links_with_zig(),
        machine.windows_sdk.is_some(),
        machine.maturin.is_some() && machine.zig.is_some(),
    )
}

fn judge_way(from: StdFrom, by_zig: bool, has_sdk: bool, has_linker: bool) -> Way {
    let not = |state, said: &str| Way::Not(state, said.to_owned());
    match from {
        StdFrom::Nowhere => not(State::Wrong, "neither a standard library nor its source"),
        StdFrom::Rustup => not(State::Note, "no standard library yet: a build installs it with rustup"),
        StdFrom::Source => {
            not(State::Note, "no standard library yet: the first build compiles it from source, once for all projects")
        }
        _ if !by_zig && !has_sdk => not(State::Wrong, "the Windows SDK, which msvc needs, is missing"),
        _ if !by_zig => not(State::Skipped, "standard library installed; linking with maturin's xwin is not tested"),
        _ if !has_linker => not(State::Skipped, "standard library installed, but no linker"),
        _ if cfg!(windows) => {
            not(State::Skipped, "standard library installed; zig is called by scripts, which need Unix")
        }
        from => Way::Link { own_std: from == StdFrom::Cache },
    }
}

/// The command that installs a standard library, or what its linker needs.
fn fix(context: &Context<'_>, toolchain: &Toolchain, triple: &str) -> Option<Fix> {
    match std_for(toolchain, triple, &context.machine.std_cache) {
        StdFrom::Rustup if on_path("rustup").is_some() => {
            Some(Fix::run(&["rustup", "target", "add", "--toolchain", &toolchain.name, triple]))
        }
        StdFrom::Rustup | StdFrom::Nowhere => Some(Fix::told(source_command(toolchain, triple))),
        StdFrom::Installed | StdFrom::Cache if triple.ends_with("-msvc") && context.machine.windows_sdk.is_none() => {
            Some(Fix::told("cargo install cargo-xwin && cargo xwin cache xwin (asks for Microsoft's license)"))
        }
        _ => None,
    }
}

const fn std_word(own_std: bool) -> &'static str {
    if own_std { "built by monowheel" } else { "installed" }
}

fn linked_before(place: String, own_std: bool, seconds: f64) -> Check {
    let said = format!("linked by these tools before, in {seconds:.1} s; standard library {}", std_word(own_std));
    Check::new(place, State::Ok, said)
}

fn judge(place: String, own_std: bool, linked: Result<f64>) -> Check {
    let std = std_word(own_std);
    match linked {
        Ok(seconds) => {
            Check::new(place, State::Ok, format!("links in {seconds:.1} s; standard library {std}")).took(seconds)
        }
        Err(error) if error.kind() == ErrorKind::Tool => {
            let said = format!("a small cdylib does not link\n{}", error.what());
            Check::new(place, State::Wrong, said)
                .fix(Fix::told("run monowheel plan to see the tools in use; try another Rust with --toolchain NAME"))
        }
        Err(error) => Check::new(place, State::Unknown, error.what()),
    }
}

#[cfg(test)]
mod tests {
    use monowheel_error::Error;

    use super::*;

    fn state(way: &Way) -> Option<State> {
        match way {
            Way::Link { .. } => None,
            Way::Not(state, _) => Some(*state),
        }
    }

    #[test]
    fn only_what_is_here_is_linked() {
        assert_eq!(state(&judge_way(StdFrom::Nowhere, true, true, true)), Some(State::Wrong));
        assert_eq!(state(&judge_way(StdFrom::Rustup, true, true, true)), Some(State::Note));
        assert_eq!(state(&judge_way(StdFrom::Source, true, true, true)), Some(State::Note));
        assert_eq!(state(&judge_way(StdFrom::Installed, true, true, false)), Some(State::Skipped));
        assert_eq!(state(&judge_way(StdFrom::Installed, false, false, true)), Some(State::Wrong));
        assert_eq!(state(&judge_way(StdFrom::Installed, false, true, true)), Some(State::Skipped));
    }

    #[cfg(unix)]
    #[test]
    fn a_kept_library_is_linked_from_its_own_place() {
        assert_eq!(judge_way(StdFrom::Cache, true, false, true), Way::Link { own_std: true });
        assert_eq!(judge_way(StdFrom::Installed, true, false, true), Way::Link { own_std: false });
    }

    #[test]
    fn what_does_not_link_is_wrong_and_what_cannot_be_tried_unknown() {
        let linked = judge("x".to_owned(), false, Ok(0.4567));
        assert_eq!((linked.state, linked.seconds), (State::Ok, Some(0.457)));
        let fails = judge("x".to_owned(), false, Err(Error::new(ErrorKind::Tool, "undefined symbol")));
        assert!(fails.state == State::Wrong && fails.said.contains("undefined symbol"), "{fails:?}");
        let full = judge("x".to_owned(), false, Err(Error::new(ErrorKind::Io, "no space left")));
        assert_eq!(full.state, State::Unknown);
    }
}
