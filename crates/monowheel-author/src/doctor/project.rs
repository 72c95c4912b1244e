//! The project's settings: values that a build would fail on, and unknown keys of `[tool.maturin]`.

use monowheel_error::Result;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind = CheckKind {
    name: "project",
    why: "a setting that contradicts the manifest is otherwise found minutes into a build, or never",
    look,
};

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let plan = context.plan;
    let wrong = plan
        .problems
        .iter()
        .map(|problem| Check::new("pyproject.toml", State::Wrong, &problem.why).fix(Fix::told(&problem.next_step)));
    let noted = plan.notes.iter().map(|note| Check::new("pyproject.toml", State::Note, note));
    let mut checks: Vec<Check> = wrong.chain(noted).collect();
    if checks.is_empty() {
        let said = format!("features, profile and [tool.maturin] match {}", context.plan.project.bindings);
        checks.push(Check::new("pyproject.toml", State::Ok, said));
    }
    Ok(checks)
}
