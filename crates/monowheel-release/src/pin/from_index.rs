//! Releases from an index.

use monowheel_audit::finding::some_of;
use monowheel_audit::set::Outline;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{Availability, AvailableRelease, RemoteFile, Requirements, availability};

use crate::pin::choose::{chosen, is_for_one_python, one_version, outline, requires_python};
use crate::pin::{Artifact, Pinned, Release, Request, Source, needs, publishers};

/// Adds the releases that `wanted` names.
pub(super) fn add(
    wanted: &Requirements,
    request: &Request,
    pinned: &mut Pinned,
    needs: &mut Vec<String>,
) -> Result<()> {
    if wanted.pins.is_empty() {
        return Ok(());
    }
    let found = availability(wanted, &request.index)?;
    for available in &found.releases {
        let (mut release, first) = release(available, request, &mut pinned.notes)?;
        let pinned_files = available.wheels.iter().chain(&available.sdists).filter(|file| release.has(file));
        release.publishers = publishers::of(&found, &release.name, &pinned_files.collect::<Vec<_>>(), request)?;
        needs.extend(needed(&found, available, first, &mut pinned.notes)?);
        pinned.releases.push(release);
    }
    Ok(())
}

/// A release and the first of its pinned wheels.
fn release<'a>(
    available: &'a AvailableRelease,
    request: &Request,
    notes: &mut Vec<String>,
) -> Result<(Release, &'a RemoteFile)> {
    if let Some(missing) = &available.missing {
        return Err(missing.error().clone());
    }
    let name = &available.pin.name;
    let title = format!("{name}{}", available.pin.version);
    let offered = offered(available, request.yanked, &title, notes)?;
    let outlines: Vec<Outline> =
        offered.iter().filter_map(|file| outline(&file.name, file.requires_python.as_deref())).collect();
    let (coverage, chosen) = chosen(&title, &outlines, &request.scope, notes)?;
    let files: Vec<&RemoteFile> =
        offered.into_iter().filter(|file| chosen.iter().any(|wheel| wheel.file == file.name)).collect();
    let wheels: Vec<Artifact> = files.iter().map(|file| artifact(file, notes)).collect::<Result<_>>()?;
    let sdist = if request.sdist { Some(artifact(sdist(available, &title)?, notes)?) } else { None };
    let first = files.first().copied().ok_or_else(|| Error::new(ErrorKind::Usage, format!("{title} has no wheel")))?;
    let release = Release {
        name: name.clone(),
        version: one_version(name, &chosen)?,
        from: source(&files),
        requires_python: requires_python(&chosen),
        for_one_python: wheels.iter().filter(|wheel| is_for_one_python(&wheel.file)).count(),
        wheels,
        sdist,
        publishers: Vec::new(),
        coverage,
    };
    Ok((release, first))
}

impl Release {
    fn has(&self, file: &RemoteFile) -> bool {
        self.wheels.iter().chain(&self.sdist).any(|pinned| pinned.file == file.name)
    }
}

/// The wheels that may be pinned: of allowed hashes, and not yanked.
fn offered<'a>(
    available: &'a AvailableRelease,
    yanked: bool,
    title: &str,
    notes: &mut Vec<String>,
) -> Result<Vec<&'a RemoteFile>> {
    let allowed = &available.pin.sha256;
    let fits =
        |file: &&RemoteFile| allowed.is_empty() || file.sha256.as_ref().is_some_and(|sha256| allowed.contains(sha256));
    let all: Vec<&RemoteFile> = available.wheels.iter().filter(fits).collect();
    if all.is_empty() {
        let (what, next) = if available.wheels.is_empty() {
            let sdists: Vec<&str> = available.sdists.iter().map(|file| file.name.as_str()).collect();
            let only = format!("{title} has no wheel, only {}", some_of(&sdists));
            (only, format!("pin the sdist with another tool, or build the wheels: monowheel build {title}"))
        } else {
            let what = format!("no wheel of {title} has one of the hashes that the file allows");
            (what, "run monowheel pin --check FILE for details".to_owned())
        };
        return Err(Error::new(ErrorKind::Usage, what).next(next));
    }
    let (good, bad): (Vec<&RemoteFile>, Vec<&RemoteFile>) = all.iter().partition(|file| file.yanked.is_none());
    let Some(why) = bad.iter().filter_map(|file| file.yanked.as_deref()).max_by_key(|why| why.len()) else {
        return Ok(good);
    };
    let why = if why.is_empty() { "no reason is given" } else { why };
    if good.is_empty() {
        if !yanked {
            return Err(Error::new(ErrorKind::Usage, format!("{title} is yanked: {why}"))
                .next("pin another release, or use --yanked to pin this one anyway"));
        }
        notes.push(format!("{title} is yanked: {why}"));
        return Ok(bad);
    }
    notes.push(format!("{title}: {} of {} wheels are yanked and left out: {why}", bad.len(), all.len()));
    Ok(good)
}

/// The sdist that pip selects: the first one that is not yanked, a `.tar.gz` before others.
fn sdist<'a>(available: &'a AvailableRelease, title: &str) -> Result<&'a RemoteFile> {
    let mut sdists: Vec<&RemoteFile> = available.sdists.iter().collect();
    sdists.sort_by_key(|file| (file.yanked.is_some(), !file.name.ends_with(".tar.gz")));
    sdists.first().copied().ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{title} has no sdist")).next("leave out --sdist: the wheels are enough")
    })
}

fn artifact(file: &RemoteFile, notes: &mut Vec<String>) -> Result<Artifact> {
    let sha256 = file.sha256.clone().ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("the index has no SHA-256 of {}, which a lock needs", file.name))
            .at(&file.address)
            .next("use an index that has it: `--index-url URL`; or download the files and pin their directory")
    })?;
    // A query may contain a secret, which does not belong in a shared file.
    let url = file.address.to_string();
    if file.address.request() != url {
        notes.push(format!("{}: the query of its URL is left out; it may not work without it", file.name));
    }
    Ok(Artifact { file: file.name.clone(), sha256, size: file.size, url: Some(url), path: None })
}

fn source(files: &[&RemoteFile]) -> Source {
    let mut indexes: Vec<String> =
        files.iter().filter_map(|file| file.index.as_ref()).map(ToString::to_string).collect();
    indexes.sort();
    indexes.dedup();
    match indexes.as_slice() {
        [one] => Source::Index(one.clone()),
        _ => Source::Indexes(indexes),
    }
}

/// `Requires-Dist` of one wheel.
fn needed(
    found: &Availability,
    available: &AvailableRelease,
    wheel: &RemoteFile,
    notes: &mut Vec<String>,
) -> Result<Vec<String>> {
    // A mismatch with the index is not about its METADATA.
    let source = found.open(wheel)?;
    match needs::metadata(&*source, &wheel.name) {
        Ok(metadata) => Ok(needs::of(&metadata)),
        Err(error) if error.kind() == ErrorKind::Format => {
            notes.push(needs::unread(&available.pin, error.what()));
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}
