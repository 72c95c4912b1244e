//! Plans what to upload from what the index has, without any request.

use monowheel_build::manifest::File;
use monowheel_net::RemoteFile;
use monowheel_wheel::time;
use serde::Serialize;

/// The largest file that `PyPI` accepts by default (warehouse `constants.py`).
const FILE: u64 = 100 << 20;
/// The largest project (the same).
const PROJECT: u64 = 10 << 30;
/// After this many days a release accepts no new files (warehouse `forklift/legacy.py`, 2026-07-08).
pub(super) const DAYS: u32 = 14;

/// A file, and its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name, hash and size.
    #[serde(flatten)]
    pub file: File,
    /// Its state.
    pub state: State,
    /// Details, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// The state of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not on the index yet.
    Upload,
    /// On the index, byte for byte.
    There,
    /// Cannot be uploaded: a different file has its name, or the index refuses it.
    Conflict,
    /// Uploaded, and served byte for byte.
    Served,
    /// Uploaded, but not shown by the index.
    Missing,
    /// Served with different bytes.
    Differs,
}

/// The rules of an index that can be checked before the upload.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// Whether they are those of warehouse.
    pub(super) is_warehouse: bool,
    /// A release whose first file was uploaded before this is closed; in seconds since 1970.
    pub(super) closed_before: u64,
}

/// The plan for each file, the sdist last: nobody should build from source because the wheels are not uploaded
/// yet. `served` are the project's files on the index, `ours` those of them that belong to the release.
pub(super) fn plan(files: &[File], served: &[RemoteFile], ours: &[&RemoteFile], rules: &Rules) -> Vec<Step> {
    let closed = rules.is_warehouse.then(|| closed_since(ours, rules.closed_before)).flatten();
    let new = |file: &&File| !served.iter().any(|there| there.name == file.file);
    // The index may state any sizes.
    let sizes = served.iter().filter_map(|file| file.size).chain(files.iter().filter(new).map(|file| file.size));
    let after = sizes.fold(0, u64::saturating_add);
    let step = |file: &File| {
        let there = served.iter().find(|there| there.name == file.file);
        let conflict = match there {
            Some(there) => return stands(file, there),
            None if !rules.is_warehouse => None,
            None if file.size > FILE => {
                Some(format!("the file has {} MiB; PyPI's default limit is {} MiB", file.size >> 20, FILE >> 20))
            }
            None if after > PROJECT => Some(format!(
                "the project would have {} GiB; PyPI's default limit is {} GiB",
                after >> 30,
                PROJECT >> 30
            )),
            None => closed.as_ref().map(|since| {
                format!(
                    "the release is from {since}; PyPI accepts no new files for releases older than {DAYS} days: \
                     release the next version"
                )
            }),
        };
        let state = if conflict.is_some() { State::Conflict } else { State::Upload };
        Step { file: file.clone(), state, said: conflict }
    };
    let mut steps: Vec<Step> = files.iter().map(step).collect();
    steps.sort_by_key(|step| (!step.file.file.ends_with(".whl"), step.file.file.clone()));
    steps
}

fn stands(file: &File, there: &RemoteFile) -> Step {
    let (state, said) = match &there.sha256 {
        Some(sha256) if *sha256 == file.sha256 => {
            let yanked = there.yanked.as_ref().map(|why| format!("yanked: {why}"));
            (State::There, yanked.map(|said| said.trim_end_matches([':', ' ']).to_owned()))
        }
        Some(sha256) => (
            State::Conflict,
            format!("the index has a different file of this name (SHA-256 {sha256}), and a file name cannot be reused")
                .into(),
        ),
        None => (State::Conflict, "the index does not list the SHA-256 of the file it has".to_owned().into()),
    };
    Step { file: file.clone(), state, said }
}

/// The date of the release's first file, if that is too long ago.
fn closed_since(ours: &[&RemoteFile], before: u64) -> Option<String> {
    let first = ours.iter().filter_map(|file| time::parse(file.uploaded.as_deref()?)).min()?;
    (first < before).then(|| time::date(first))
}

#[cfg(test)]
mod tests {
    use monowheel_net::Address;

    use super::*;

    fn file(name: &str, sha256: &str) -> File {
        File { file: name.to_owned(), sha256: sha256.to_owned(), size: 10 }
    }

    fn there(name: &str, sha256: Option<&str>, uploaded: &str) -> RemoteFile {
        let address = Address::parse(&format!("https://h/{name}")).unwrap();
        RemoteFile {
            sha256: sha256.map(str::to_owned),
            size: Some(10),
            uploaded: Some(uploaded.to_owned()),
            ..RemoteFile::at(address)
        }
    }

    fn states(files: &[File], served: &[RemoteFile]) -> Vec<(String, State)> {
        let ours: Vec<&RemoteFile> = served.iter().collect();
        let rules = Rules { is_warehouse: true, closed_before: time::parse("2026-11-07T12:00:00Z").unwrap() };
        plan(files, served, &ours, &rules).into_iter().map(|step| (step.file.file, step.state)).collect()
    }

    #[test]
    fn what_is_there_byte_for_byte_is_left_and_the_sdist_is_last() {
        let files = [file("a-1.tar.gz", "aa"), file("a-1-y.whl", "bb"), file("a-1-x.whl", "cc")];
        let served = [there("a-1-y.whl", Some("bb"), "2026-11-20T00:00:00.000000Z")];
        assert_eq!(
            states(&files, &served),
            [
                ("a-1-x.whl".to_owned(), State::Upload),
                ("a-1-y.whl".to_owned(), State::There),
                ("a-1.tar.gz".to_owned(), State::Upload)
            ]
        );
    }

    #[test]
    fn another_file_of_that_name_is_a_conflict() {
        let files = [file("a-1-x.whl", "cc")];
        let new = "2026-11-20T00:00:00.000000Z";
        assert_eq!(states(&files, &[there("a-1-x.whl", Some("dd"), new)])[0].1, State::Conflict);
        assert_eq!(states(&files, &[there("a-1-x.whl", None, new)])[0].1, State::Conflict);
    }

    #[test]
    fn a_release_is_closed_after_a_fortnight() {
        let files = [file("a-1-x.whl", "cc")];
        assert_eq!(states(&files, &[there("a-1-y.whl", Some("dd"), "2026-11-07T11:59:59Z")])[0].1, State::Conflict);
        assert_eq!(states(&files, &[there("a-1-y.whl", Some("dd"), "2026-11-07T12:00:01Z")])[0].1, State::Upload);
        // A file that is already there needs nothing.
        assert_eq!(states(&files, &[there("a-1-x.whl", Some("cc"), "2020-01-01T00:00:00Z")])[0].1, State::There);
        for odd in ["long ago", "0000 long ago, it was", "000000000\u{e9}0000000000", ""] {
            assert_eq!(states(&files, &[there("a-1-y.whl", Some("dd"), odd)])[0].1, State::Upload, "{odd}");
        }
    }

    #[test]
    fn what_is_too_large_is_not_sent() {
        let mut large = file("a-1-x.whl", "cc");
        large.size = FILE + 1;
        assert_eq!(states(&[large], &[])[0].1, State::Conflict);
        let mut much = there("a-0-x.whl", Some("dd"), "2026-11-20T00:00:00Z");
        much.size = Some(PROJECT);
        assert_eq!(states(&[file("a-1-x.whl", "cc")], &[much.clone()])[0].1, State::Conflict);
        // Implausible sizes from an index only stop the plan.
        much.size = Some(u64::MAX);
        assert_eq!(states(&[file("a-1-x.whl", "cc")], &[much.clone(), much])[0].1, State::Conflict);
    }
}
