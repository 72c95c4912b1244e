//! The wheel of a project for this machine itself.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::AbiChoice;
use monowheel_project::target::{Target, WindowsAbi};

use super::order::installs_on;
use crate::plan::{Job, Plan, Selection};
use crate::toolchain::Machine;
use crate::toolchain::rust::Toolchain;

/// The wheels for this machine, for every ABI that the crate has: what [`own_job`] chooses from.
#[must_use]
pub fn for_this_machine(machine: &Machine, toolchain: Option<String>) -> Selection {
    let host = machine.toolchains.first().map(Toolchain::host);
    let targets = Target::defaults(WindowsAbi::default());
    let own = targets.iter().filter(|target| host.is_some_and(|host| installs_on(target, host)));
    let own: Vec<String> = own.map(ToString::to_string).collect();
    Selection {
        targets: (!own.is_empty()).then_some(own),
        abis: Some(vec![AbiChoice::Auto]),
        toolchain,
        for_trial: true,
        ..Selection::default()
    }
}

/// The wheel for this machine of a plan; that for abi3, if there is one.
///
/// # Errors
/// [`ErrorKind::Usage`] when no wheel of the plan can be built here.
pub fn own_job<'p>(plan: &'p Plan, machine: &Machine) -> Result<&'p Job> {
    let chosen = |toolchain: &&Toolchain| Some(&toolchain.name) == plan.tools.toolchain.as_ref();
    let host = machine.toolchains.iter().find(chosen).map(Toolchain::host);
    let fits = |job: &&Job| host.is_some_and(|host| installs_on(&job.target, host));
    plan.ready().filter(fits).min_by_key(|job| job.family.family().is_none()).ok_or_else(|| {
        let blocked = plan.jobs.iter().find_map(|job| job.blocked.as_ref());
        let why = blocked.map_or("none of its targets is this machine's own", |blocked| blocked.why.as_str());
        let next = blocked.map_or("`monowheel plan` shows every target", |blocked| blocked.next_step.as_str());
        Error::new(ErrorKind::Usage, format!("the project cannot be built for this machine: {why}")).next(next)
    })
}
