//! How far it is to the limits of the index.

use monowheel_wheel::platform::index::{MAX_FILE, MAX_PROJECT};
use serde::Serialize;

use crate::size::dist::DistSize;

/// How far it is to PyPI's limits, which it raises for a project on request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// The most bytes of a file.
    pub file_limit: u64,
    /// The most bytes of a project, all releases together.
    pub project_limit: u64,
    /// Bytes of the largest wheel.
    pub largest: u64,
    /// Bytes of all wheels.
    pub release: u64,
    /// How many releases of that size a project can have; `None` without wheels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub releases_of_project: Option<u64>,
    /// After how many releases that grow as the wheels did the first of them is over the limit; `None` where none grew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub releases_to_file_limit: Option<u64>,
}

impl Forecast {
    /// That of these files.
    pub(super) fn of(files: &[DistSize]) -> Self {
        let wheels = || files.iter().filter(|file| file.is_wheel);
        let release = wheels().map(|file| file.bytes).fold(0, u64::saturating_add);
        Self {
            file_limit: MAX_FILE,
            project_limit: MAX_PROJECT,
            largest: wheels().map(|file| file.bytes).max().unwrap_or(0),
            release,
            releases_of_project: MAX_PROJECT.checked_div(release),
            releases_to_file_limit: wheels().filter_map(releases_left).min(),
        }
    }
}

/// How many more times a wheel can grow as it did and still be taken, and once more.
fn releases_left(file: &DistSize) -> Option<u64> {
    let growth = u64::try_from(file.change.as_ref()?.bytes).ok()?;
    let room = MAX_FILE.saturating_sub(file.bytes);
    room.checked_div(growth).map(|times| if file.bytes > MAX_FILE { 0 } else { times.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size::against::Change;

    fn wheel(bytes: u64, grew: i64) -> DistSize {
        let change =
            Change { against: String::new(), bytes: grew, unpacked: grew, causes: Vec::new(), listed: Vec::new() };
        DistSize {
            file: "a.whl".to_owned(),
            place: String::new(),
            is_wheel: true,
            bytes,
            unpacked: 0,
            archive: 0,
            kinds: Vec::new(),
            members: Vec::new(),
            binaries: Vec::new(),
            crate_versions: std::collections::BTreeMap::new(),
            duplicates: Vec::new(),
            change: Some(change),
        }
    }

    #[test]
    fn releases_until_the_limit() {
        let left = |bytes, grew| Forecast::of(&[wheel(bytes, grew)]).releases_to_file_limit;
        assert_eq!(left(MAX_FILE - 10, 10), Some(2), "the next has exactly the limit, which is taken");
        assert_eq!(left(MAX_FILE - 10, 11), Some(1));
        assert_eq!(left(MAX_FILE + 1, 1), Some(0));
        assert_eq!(left(1, 0), None);
        assert_eq!(left(1, -5), None);
        let forecast = Forecast::of(&[wheel(1 << 30, 0), wheel(1 << 30, 0)]);
        assert_eq!((forecast.release, forecast.releases_of_project), (2 << 30, Some(5)));
        assert_eq!(Forecast::of(&[]).releases_of_project, None);
    }
}
