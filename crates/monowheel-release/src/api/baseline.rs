//! The release that another one is compared with: that of `[tool.monowheel.api]`.

use std::path::Path;
use std::str::FromStr as _;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{Files, IndexOptions, Missing, NamedFiles, Requirements, availability, is_release, listing};
use monowheel_project::config::Configuration;
use monowheel_project::tables::api::INDEX;
use monowheel_wheel::filename::WheelName;
use pep440_rs::Version;

/// The files of a baseline, and its name for people: the last release on the index before `version`, a release by
/// `NAME==VERSION`, or a path relative to pyproject.toml. `None` if the index has no release before this version.
pub(super) fn baseline(
    named: &str,
    configuration: &Configuration,
    (name, version): (&str, &str),
    options: &IndexOptions,
) -> Result<Option<(String, Files)>> {
    if named != INDEX {
        let path = if is_release(named) { Path::new(named).to_path_buf() } else { configuration.root.join(named) };
        return Ok(Some((named.to_owned(), NamedFiles::parse(&path)?.files(options)?)));
    }
    let mut this = Requirements::default();
    this.add(&format!("{name}=={version}"))?;
    let known = availability(&this, options)?.releases;
    // A project before its first release.
    if known.iter().any(|release| matches!(release.missing, Some(Missing::Project(_)))) {
        return Ok(None);
    }
    let found = listing(&Requirements::default(), &[name.to_owned()], options)?;
    if let Some((_, error)) = found.failures.into_iter().next() {
        return Err(error);
    }
    let current = Version::from_str(version).map_err(|_| {
        Error::new(ErrorKind::Project, "not a version of Python packages (PEP 440)").at(version).next("write X.Y.Z")
    })?;
    let versions = found.wheels.iter().filter(|file| file.yanked.is_none());
    let versions = versions.filter_map(|file| Version::from_str(&WheelName::parse(&file.name).ok()?.version).ok());
    let Some(last) = last_before(&current, versions) else { return Ok(None) };
    let release = format!("{name}=={last}");
    Ok(Some((release.clone(), NamedFiles::parse(Path::new(&release))?.files(options)?)))
}

/// The last final release before a version.
fn last_before(current: &Version, versions: impl Iterator<Item = Version>) -> Option<Version> {
    versions.filter(|version| version < current && !version.any_prerelease()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_final_release_before_a_version() {
        let last = |current: &str| {
            let versions = ["1.0", "1.9", "1.10", "2.0rc1", "2.0.dev1", "2.0"].map(|text| Version::from_str(text).ok());
            let current = Version::from_str(current).ok()?;
            last_before(&current, versions.into_iter().flatten()).map(|version| version.to_string())
        };
        assert_eq!(last("2.0").as_deref(), Some("1.10"));
        assert_eq!(last("2.1").as_deref(), Some("2.0"));
        assert_eq!(last("2.0rc2").as_deref(), Some("1.10"));
        assert_eq!(last("1.0"), None);
    }
}
