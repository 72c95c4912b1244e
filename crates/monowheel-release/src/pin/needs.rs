//! The requirements of a release: `Requires-Dist` of one of its wheels; installers assume that all wheels agree.

use monowheel_error::{ErrorKind, Result};
use monowheel_net::Pin;
use monowheel_wheel::archive::{Archive, Limits};
use monowheel_wheel::metadata::Metadata;
use monowheel_wheel::names::normalized_name;
use monowheel_wheel::requirement::{Requirement, holds_without_extra};
use monowheel_wheel::source::ReadAt;

use crate::pin::Release;

/// Larger than any METADATA.
const MOST: u64 = 16 << 20;

/// METADATA of a wheel.
///
/// # Errors
/// When the wheel cannot be read; [`ErrorKind::Format`] when its METADATA is missing or cannot be read.
pub(super) fn metadata(wheel: &dyn ReadAt, place: &str) -> Result<Metadata> {
    let wrong = |what: &str| monowheel_error::Error::new(ErrorKind::Format, what).at(place);
    let archive = Archive::open(wheel, &Limits::default()).map_err(|error| error.at(place))?;
    let is_metadata = |path: &str| {
        path.split_once('/').is_some_and(|(folder, file)| folder.ends_with(".dist-info") && file == "METADATA")
    };
    let mut found = archive.members.iter().filter(|member| is_metadata(&member.path));
    let (Some(member), None) = (found.next(), found.next()) else {
        return Err(wrong("the wheel has no METADATA, or more than one"));
    };
    let mut bytes = Vec::new();
    if member.size > MOST || !archive.read(member, &mut Vec::new(), &mut |piece| bytes.extend_from_slice(piece))? {
        return Err(wrong("the wheel's METADATA is damaged"));
    }
    Ok(Metadata::parse(&bytes))
}

/// The requirements that apply without an extra.
pub(super) fn of(metadata: &Metadata) -> Vec<String> {
    let all = metadata.headers.all("Requires-Dist").map(str::trim);
    all.filter(|text| holds_without_extra(text)).map(str::to_owned).collect()
}

/// The requirements that none of the releases satisfies.
pub(super) fn others(mut needs: Vec<String>, releases: &[Release]) -> Vec<String> {
    let name = |text: &str| Requirement::parse(text).map(|parsed| normalized_name(parsed.name)).unwrap_or_default();
    needs.retain(|text| !releases.iter().any(|release| normalized_name(&release.name) == name(text)));
    needs.sort();
    needs.dedup();
    needs
}

/// The note for METADATA that cannot be read.
pub(super) fn unread(release: &Pin, why: &str) -> String {
    format!("{}{}: its requirements are unknown: {why}", release.name, release.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_extra_needs_is_left_out() {
        let metadata = Metadata::parse(
            b"Name: x\nRequires-Dist: a>=1\nRequires-Dist: b; extra == 'dev'\nRequires-Dist: c; sys_platform == 'extra_os'\n\
              Requires-Dist: d ; (python_version < '3.9' and extra=='x')\n",
        );
        assert_eq!(of(&metadata), ["a>=1", "c; sys_platform == 'extra_os'"]);
    }
}
