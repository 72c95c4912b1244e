//! The effect of a project's settings on its plan: problems, and the features that depend on the interpreter.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::family::Route;
use monowheel_project::project::Project;
use monowheel_project::target::Target;
use pep440_rs::{Version, VersionSpecifiers};

use crate::plan::Blocked;
use crate::toolchain::own_cpu;
use crate::toolchain::rust::Toolchain;

/// A plan's statements on a project.
pub(crate) struct ProjectSettings {
    /// Each prevents every wheel from being built.
    pub(crate) problems: Vec<Blocked>,
    /// Notes.
    pub(crate) notes: Vec<String>,
}

impl ProjectSettings {
    /// # Errors
    /// When Cargo.toml cannot be read.
    pub(crate) fn of(project: &Project, targets: &[Target], toolchain: Option<&Toolchain>) -> Result<Self> {
        let (fatal, noted): (Vec<_>, Vec<_>) = project.problems()?.into_iter().partition(|problem| problem.is_fatal);
        let mut problems: Vec<Blocked> =
            fatal.into_iter().map(|problem| Blocked { why: problem.what, next_step: problem.next }).collect();
        let mut notes: Vec<String> =
            noted.into_iter().map(|problem| format!("{}; {}", problem.what, problem.next)).collect();
        let flags = &project.pyproject.maturin().unstable_flags;
        if let (Some(toolchain), false) = (toolchain.filter(|toolchain| toolchain.is_released()), flags.is_empty()) {
            problems.push(Blocked {
                why: format!(
                    "[tool.maturin] unstable-flags ({}) need a nightly cargo, but the toolchain is {} ({})",
                    flags.join(", "),
                    toolchain.name,
                    toolchain.release()
                ),
                next_step: "name one with --toolchain nightly, or remove the key".to_owned(),
            });
        }
        let levels = &project.pyproject.config().levels;
        let contradicted = targets.iter().filter_map(|target| levels.contradiction(target));
        notes.extend(
            contradicted.filter(|problem| !problem.is_fatal).map(|found| format!("{}; {}", found.what, found.next)),
        );
        notes.extend(own_cpu::notes(&project.root));
        Ok(Self { problems, notes })
    }
}

/// The first problem that prevents every build, as an error.
pub(crate) fn first_problem(project: &Project) -> Option<Error> {
    let problem = project.problems().ok()?.into_iter().find(|problem| problem.is_fatal)?;
    Some(Error::new(ErrorKind::Project, problem.what).at(project.root.display()).next(problem.next))
}

/// Why a target contradicts `[tool.maturin.target]`: maturin would give its wheel another tag.
pub(crate) fn contradiction(project: &Project, target: &Target) -> Option<Blocked> {
    let problem = project.pyproject.config().levels.contradiction(target)?;
    problem.is_fatal.then_some(Blocked { why: problem.what, next_step: problem.next })
}

/// Why a target cannot be built: the crate depends on `PyO3` for other platforms only.
pub(crate) fn without_bindings(project: &Project, target: &Target) -> Option<Blocked> {
    let bindings = &project.bindings;
    let platforms = target.triples.iter().find_map(|triple| bindings.missing_for(triple))?;
    Some(Blocked {
        why: format!(
            "the crate depends on {} for other platforms only: [target.'{}'.dependencies]",
            bindings.package,
            platforms.join("'.dependencies], [target.'")
        ),
        next_step: format!("move {} to [dependencies], or leave the target out with --target", bindings.key),
    })
}

/// Adds the features that `[tool.maturin]` has for this interpreter only: maturin itself leaves them out if features
/// are on its command line.
pub(crate) fn add_conditional_features(project: &Project, route: &mut Route) {
    let maturin = project.pyproject.maturin();
    let version = Version::new([u64::from(route.floor.0), u64::from(route.floor.1)]);
    let on = maturin.conditional_features.iter().filter(|condition| {
        let specifiers = condition.python_version.as_deref().map(str::parse::<VersionSpecifiers>);
        let is_of_version = specifiers.is_none_or(|parsed| parsed.is_ok_and(|parsed| parsed.contains(&version)));
        let implementation = condition.python_implementation.as_deref();
        is_of_version && implementation.is_none_or(|name| name.eq_ignore_ascii_case("cpython"))
    });
    for condition in on {
        if !route.features.contains(&condition.feature) {
            route.features.push(condition.feature.clone());
        }
    }
}
