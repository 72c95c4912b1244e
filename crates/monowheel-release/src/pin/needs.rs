//! What a release needs beside itself: `Requires-Dist` of one of its wheels, as installers assume that all say the same.

use monowheel_error::{ErrorKind, Result};
use monowheel_net::Pin;
use monowheel_wheel::archive::{Archive, Limits};
use monowheel_wheel::filename::normalized;
use monowheel_wheel::metadata::Metadata;
use monowheel_wheel::requirement::Requirement;
use monowheel_wheel::source::ReadAt;

use crate::pin::Release;

/// More than any METADATA has.
const MOST: u64 = 16 << 20;

/// METADATA of a wheel.
///
/// # Errors
/// When the wheel cannot be read; [`ErrorKind::Format`] when there is no METADATA in it, or none that can be read.
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

/// The requirements that hold without an extra.
pub(super) fn of(metadata: &Metadata) -> Vec<String> {
    let all = metadata.headers.all("Requires-Dist").map(str::trim);
    let is_plain = |text: &&str| !text.split_once(';').is_some_and(|(_, marker)| names_extra(marker));
    all.filter(is_plain).map(str::to_owned).collect()
}

/// Whether a marker asks for an extra.
fn names_extra(marker: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    marker.split(|c: char| !is_word(c)).any(|word| word == "extra" || word == "extras")
}

/// Those that none of the releases is.
pub(super) fn others(mut needs: Vec<String>, releases: &[Release]) -> Vec<String> {
    let name = |text: &str| Requirement::parse(text).map(|parsed| normalized(parsed.name)).unwrap_or_default();
    needs.retain(|text| !releases.iter().any(|release| normalized(&release.name) == name(text)));
    needs.sort();
    needs.dedup();
    needs
}

/// What to say when METADATA cannot be read.
pub(super) fn unread(release: &Pin, why: &str) -> String {
    format!("{}{}: what it needs is not known: {why}", release.name, release.version)
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
