//! Which wheel is built first: the one that this machine can install, so that its user has it before all the others.

use monowheel_project::target::System;

use crate::plan::Job;

/// The groups of jobs (by target) in the order in which a lane builds them: those for this machine first, the others as
/// they were.
pub(super) fn host_first(
    mut lane: Vec<usize>,
    groups: &[(String, Vec<usize>)],
    jobs: &[&Job],
    host: &str,
) -> Vec<usize> {
    let is_for_this_machine = |group: &usize| groups[*group].1.first().is_some_and(|job| installs_on(jobs[*job], host));
    lane.sort_by_key(|group| !is_for_this_machine(group));
    lane
}

/// Whether a machine whose programs are those of this Rust target installs the wheel.
fn installs_on(job: &Job, host: &str) -> bool {
    let target = &job.target;
    if target.triples.iter().any(|triple| triple == host) {
        return true;
    }
    // Rust's own programs for Windows are those of msvc, what zig links is for gnullvm; Python takes both.
    let arch = host.split('-').next().unwrap_or_default();
    let is_of_arch = target.triples.iter().any(|triple| triple.split('-').next() == Some(arch));
    target.system == System::Win && host.contains("-windows-") && is_of_arch
}

#[cfg(test)]
mod tests {
    use monowheel_error::Result;

    use super::*;
    use crate::plan::tests::job;

    #[test]
    fn the_wheel_for_this_machine_comes_first() -> Result<()> {
        let names = ["win_amd64", "macosx_universal2", "manylinux_2_17_aarch64", "manylinux_2_17_x86_64"];
        let jobs: Vec<Job> = names.iter().map(|name| job(name, "abi3")).collect::<Result<_>>()?;
        let jobs: Vec<&Job> = jobs.iter().collect();
        let groups: Vec<(String, Vec<usize>)> =
            names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), vec![index])).collect();
        for (host, order) in [
            ("x86_64-unknown-linux-gnu", [3, 0, 1, 2]),
            ("aarch64-unknown-linux-gnu", [2, 0, 1, 3]),
            ("aarch64-apple-darwin", [1, 0, 2, 3]),
            ("x86_64-pc-windows-msvc", [0, 1, 2, 3]),
            ("x86_64-unknown-linux-musl", [0, 1, 2, 3]),
        ] {
            assert_eq!(host_first((0..4).collect(), &groups, &jobs, host), order, "{host}");
        }
        Ok(())
    }
}
