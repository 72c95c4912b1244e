//! The lanes of one build: which lane builds which wheel, and when.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use monowheel_system::exec::CancelToken;

use super::workshop::Workshop;
use crate::host_units::HostUnits;
use crate::job_tokens::Tokens;
use crate::maturin::Bench;
use crate::own_machine::installs_on;
use crate::plan::Job;
use crate::target_dirs::{self, Dealt};

/// Shared by all lanes.
pub(super) struct Lanes<'a> {
    jobs: &'a [&'a Job],
    bench: &'a Bench,
    folders: Vec<PathBuf>,
    /// The jobs' indices by target: all families of a target share what cargo compiled for it.
    groups: Vec<(String, Vec<usize>)>,
    own: Vec<Vec<usize>>,
    shared: Mutex<VecDeque<usize>>,
    host_units: HostUnits,
    /// The lane that compiles the host units first.
    leader: usize,
    pub(super) tokens: Tokens,
}

impl<'a> Lanes<'a> {
    pub(super) fn of(jobs: &'a [&'a Job], bench: &'a Bench, workshop: &Workshop<'_>, cores: usize) -> Self {
        let groups = by_target(jobs, workshop.tools.toolchain.host());
        let weights: Vec<(String, usize)> = groups
            .iter()
            .map(|(name, members)| (name.clone(), members.iter().map(|index| jobs[*index].target.triples.len()).sum()))
            .collect();
        let count = workshop.lanes.min(groups.len()).max(1);
        let folders: Vec<PathBuf> = (0..count).map(|lane| workshop.lane_dirs.lane(lane)).collect();
        let held: Vec<BTreeSet<String>> = folders.iter().map(|folder| targets_in(folder)).collect();
        let Dealt { own, shared } = target_dirs::deal(&weights, &held, count);
        let warm = held.iter().position(|names| !names.is_empty());
        let first = shared.first().and_then(|group| groups[*group].1.first());
        let from = match (warm, first) {
            (None, Some(first)) => bench.target_dir(jobs[*first], &folders[0]),
            (lane, _) => folders[lane.unwrap_or(0)].clone(),
        };
        Self {
            jobs,
            bench,
            folders,
            groups,
            own,
            shared: Mutex::new(shared.into()),
            host_units: HostUnits::of(from),
            leader: warm.unwrap_or(0),
            tokens: Tokens::new(cores, count),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.folders.len()
    }

    /// Calls `build` for each job of a lane with its index and the lane's directory, one after the other.
    pub(super) fn each(&self, lane: usize, stop: &CancelToken, mut build: impl FnMut(usize, &Path)) {
        let folder = &self.folders[lane];
        let _settled = (lane == self.leader).then(|| self.host_units.settle_at_end());
        if lane != self.leader && !self.host_units.are_settled() {
            self.wait(stop);
        }
        for group in self.own[lane].iter().copied().chain(std::iter::from_fn(|| self.next())) {
            for &index in &self.groups[group].1 {
                let target_dir = self.bench.target_dir(self.jobs[index], folder);
                // Without a copy, cargo recompiles them.
                let _ = self.host_units.copy_to(&target_dir, &self.bench.isolated, stop);
                build(index, folder);
                if lane == self.leader {
                    self.host_units.settle();
                }
            }
        }
        self.tokens.give();
    }

    /// The first lane has this one's token in the meantime.
    fn wait(&self, stop: &CancelToken) {
        self.tokens.give();
        let _ = self.host_units.wait(stop);
        while !self.tokens.take() && stop.wait(std::time::Duration::from_millis(20)).is_ok() {}
    }

    fn next(&self) -> Option<usize> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// The jobs' indices by target. This machine's own comes first: its wheel can be tried, and its compiler is the first
/// to report errors.
fn by_target(jobs: &[&Job], host: &str) -> Vec<(String, Vec<usize>)> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let name = job.target.maturin_target();
        match groups.iter_mut().find(|(known, _)| known == name) {
            Some((_, members)) => members.push(index),
            None => groups.push((name.to_owned(), vec![index])),
        }
    }
    groups.sort_by_key(|(_, members)| !members.first().is_some_and(|index| installs_on(&jobs[*index].target, host)));
    groups
}

/// The Rust targets that a lane has artifacts of; both macOS slices stand for universal2. Those of a raised deployment
/// target are one level deeper.
fn targets_in(lane: &Path) -> BTreeSet<String> {
    let mut names = names_in(lane);
    let raised: Vec<String> = names.iter().filter(|name| name.starts_with("macos-")).cloned().collect();
    names.extend(raised.iter().flat_map(|level| names_in(&lane.join(level))));
    if ["x86_64-apple-darwin", "aarch64-apple-darwin"].iter().all(|triple| names.contains(*triple)) {
        names.insert("universal2-apple-darwin".to_owned());
    }
    names
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
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
        for (host, order) in [
            ("x86_64-unknown-linux-gnu", [3, 0, 1, 2]),
            ("aarch64-unknown-linux-gnu", [2, 0, 1, 3]),
            ("aarch64-apple-darwin", [1, 0, 2, 3]),
            ("x86_64-pc-windows-msvc", [0, 1, 2, 3]),
            ("x86_64-unknown-linux-musl", [0, 1, 2, 3]),
        ] {
            let groups: Vec<usize> = by_target(&jobs, host).into_iter().flat_map(|(_, members)| members).collect();
            assert_eq!(groups, order, "{host}");
        }
        Ok(())
    }

    #[test]
    fn a_lane_holds_what_is_raised_too() -> Result<()> {
        let lane = tempfile::tempdir()?;
        for name in ["x86_64-unknown-linux-gnu", "macos-12.0/x86_64-apple-darwin", "macos-12.0/aarch64-apple-darwin"] {
            fs_err::create_dir_all(lane.path().join(name))?;
        }
        let held = targets_in(lane.path());
        assert!(held.contains("x86_64-unknown-linux-gnu") && held.contains("universal2-apple-darwin"), "{held:?}");
        assert!(targets_in(&lane.path().join("none")).is_empty());
        Ok(())
    }
}
