//! A lock as `pylock.toml` (PEP 751): for pip 26 and newer, uv, and other tools.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::attestation::Publisher;
use serde::Serialize;

use crate::pin::requirements::header;
use crate::pin::{Artifact, Pinned, Release, Scope, Source};

/// The keys in the order of PEP 751.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Lock<'a> {
    lock_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requires_python: Option<String>,
    created_by: &'static str,
    packages: Vec<Package<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<Tool<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requires_python: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sdist: Option<File<'a>>,
    wheels: Vec<File<'a>>,
    #[serde(skip_serializing_if = "<[Publisher]>::is_empty")]
    attestation_identities: &'a [Publisher],
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    hashes: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
struct Tool<'a> {
    monowheel: Note<'a>,
}

#[derive(Serialize)]
struct Note<'a> {
    pin: &'a Scope,
}

/// The pylock file for `folder`, an absolute path to which local files are relative.
/// The same releases give the same text.
///
/// # Errors
/// When a path cannot be written in TOML: it is not UTF-8, or on another drive.
pub fn render(pinned: &Pinned, folder: &Path) -> Result<String> {
    let lock = Lock {
        lock_version: "1.0",
        requires_python: requires_python(&pinned.releases),
        created_by: "monowheel",
        packages: pinned.releases.iter().map(|release| package(release, folder)).collect::<Result<_>>()?,
        tool: (!pinned.scope.is_all()).then_some(Tool { monowheel: Note { pin: &pinned.scope } }),
    };
    let body = toml::to_string(&lock)
        .map_err(|error| Error::new(ErrorKind::Format, format!("could not write TOML: {error}")))?;
    Ok(format!("{}# Install: pip install -r pylock.toml, or: uv pip sync pylock.toml\n\n{body}", header(pinned)))
}

fn package<'a>(release: &'a Release, folder: &Path) -> Result<Package<'a>> {
    Ok(Package {
        name: &release.name,
        version: &release.version,
        requires_python: release.requires_python.as_deref(),
        index: match &release.from {
            Source::Index(index) => Some(index),
            _ => None,
        },
        sdist: release.sdist.as_ref().map(|sdist| file(sdist, folder)).transpose()?,
        wheels: release.wheels.iter().map(|wheel| file(wheel, folder)).collect::<Result<_>>()?,
        attestation_identities: &release.publishers,
    })
}

fn file<'a>(artifact: &'a Artifact, folder: &Path) -> Result<File<'a>> {
    Ok(File {
        name: &artifact.file,
        url: artifact.url.as_deref(),
        path: artifact.path.as_deref().map(|path| relative(path, folder)).transpose()?,
        size: artifact.size,
        hashes: BTreeMap::from([("sha256", artifact.sha256.as_str())]),
    })
}

/// Every bound that a release states; else the oldest Python that gets a wheel.
fn requires_python(releases: &[Release]) -> Option<String> {
    let stated: BTreeSet<&str> = releases
        .iter()
        .filter_map(|release| release.requires_python.as_deref())
        .flat_map(|bounds| bounds.split(','))
        .map(str::trim)
        .filter(|bound| !bound.is_empty())
        .collect();
    if !stated.is_empty() {
        return Some(stated.into_iter().collect::<Vec<_>>().join(","));
    }
    let served = releases.iter().filter_map(|release| {
        let columns = release.coverage.pythons.iter().enumerate();
        let served = columns
            .filter(|(at, _)| release.coverage.rows.iter().any(|row| row.wheels.get(*at).is_some_and(Option::is_some)));
        served.map(|(_, python)| python.version).min()
    });
    served.max().map(|(major, minor)| format!(">={major}.{minor}"))
}

/// The relative path from a directory to a file, both absolute, with `/` between its parts.
fn relative(file: &Path, folder: &Path) -> Result<String> {
    // `..` goes up from the target of a link.
    let real = |path: &Path| fs_err::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = real(folder);
    let file = file.parent().map(real).unwrap_or_default().join(file.file_name().unwrap_or_default());
    let no_way = || {
        Error::new(ErrorKind::Usage, "this path cannot be written into the lock file")
            .at(file.display())
            .next("write the lock file next to the wheels: --output DIR/pylock.toml")
    };
    let (ours, theirs): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (folder.components().collect(), file.components().collect());
    let common = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return Err(no_way());
    }
    let mut way: Vec<&str> = vec![".."; ours.len() - common];
    for part in theirs.iter().skip(common) {
        way.push(part.as_os_str().to_str().ok_or_else(no_way)?);
    }
    Ok(way.join("/"))
}

/// The directory of an output file, absolute.
///
/// # Errors
/// When the current directory is unknown.
pub fn folder_of(output: Option<&Path>) -> Result<PathBuf> {
    let path = std::path::absolute(output.unwrap_or(Path::new("pylock.toml")))?;
    Ok(path.parent().map(Path::to_path_buf).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_named_from_the_lock_file() {
        let way = |file: &str, folder: &str| relative(Path::new(file), Path::new(folder)).ok();
        assert_eq!(way("/no/dist/x.whl", "/no").as_deref(), Some("dist/x.whl"));
        assert_eq!(way("/no/dist/x.whl", "/no/such/place").as_deref(), Some("../../dist/x.whl"));
        assert_eq!(way("/no/x.whl", "/no").as_deref(), Some("x.whl"));
    }
}
