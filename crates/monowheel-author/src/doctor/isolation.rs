//! Whether this machine can isolate third-party code.

use monowheel_error::Result;
use monowheel_system::exec::{Isolation, Isolator};

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind = CheckKind {
    name: "isolation",
    why: "without it, third-party code runs as you in verify, test and builds of an sdist",
    look,
};

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    Ok(vec![judge(&Isolator::choose(Isolation::Auto, context.stop)?)])
}

fn judge(isolator: &Isolator) -> Check {
    let report = isolator.report();
    match report.by {
        Some(by) => Check::new("bubblewrap", State::Ok, by),
        // Nothing of the project needs it.
        None if cfg!(target_os = "linux") => Check::new("bubblewrap", State::Note, report.why.unwrap_or_default())
            .fix(Fix::told("apt-get install bubblewrap; in a container, allow user namespaces")),
        None => Check::new("bubblewrap", State::Skipped, report.why.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_cannot_isolate_is_told_and_is_healthy() {
        let check = judge(&Isolator::off("bubblewrap is not installed"));
        assert!(check.state.is_healthy() && check.said == "bubblewrap is not installed", "{check:?}");
        assert_eq!(check.fix.is_some(), cfg!(target_os = "linux"));
    }
}
