//! The plan of a trial: one wheel for this machine, which nobody will install.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::AbiChoice;
use monowheel_project::target::{Target, WindowsAbi};

use crate::own_machine::installs_on;
use crate::plan::{Job, Plan, Selection};
use crate::toolchain::Machine;
use crate::toolchain::rust::Toolchain;

impl Selection {
    /// Every ABI that the crate has, for this machine.
    #[must_use]
    pub fn for_trial(toolchain: Option<String>) -> Self {
        Self { abis: Some(vec![AbiChoice::Auto]), toolchain, for_trial: true, ..Self::default() }
    }
}

impl Plan {
    /// The wheel for this machine of a trial; that for abi3, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when it cannot be built.
    pub fn trial_job(&self) -> Result<&Job> {
        self.ready().min_by_key(|job| job.family.family().is_none()).ok_or_else(|| {
            let blocked = self.jobs.iter().find_map(|job| job.blocked.as_ref());
            let (why, next) = blocked.map_or(("no wheel is planned", "monowheel plan"), |blocked| {
                (blocked.why.as_str(), blocked.next_step.as_str())
            });
            Error::new(ErrorKind::Project, format!("the project cannot be built on this machine: {why}")).next(next)
        })
    }
}

/// The one among a project's `targets` that this machine can install, or else the usual one for it.
///
/// # Errors
/// [`ErrorKind::Toolchain`] when there is no Rust, or no platform of this machine.
pub(super) fn own_target(targets: Vec<Target>, machine: &Machine) -> Result<Target> {
    let host = machine.toolchains.first().map(Toolchain::host).unwrap_or_default();
    let usual = Target::defaults(WindowsAbi::default());
    targets.into_iter().chain(usual).find(|target| installs_on(target, host)).ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, format!("no wheel is for this machine (Rust's host: {host:?})"))
            .next("monowheel doctor")
    })
}
