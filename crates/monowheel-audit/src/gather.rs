//! Bytes → [`Facts`]: the one pass over a wheel.
//!
//! Every member is inflated once, as a stream that is hashed on the way (a library with tables in the middle of its code,
//! twice). Only members that have to be parsed as a whole are kept in memory meanwhile: the metadata, and one binary at a
//! time, without its code ([`Sparse`]).

mod heads;
mod keep;
mod lines;
mod loads;
mod looks;
mod newer_syntax;
mod role;
mod seam;
mod tokens;

pub use heads::EXEC;
pub(crate) use heads::{
    SHARES, absolute_imports, first_imports, has_private_key, is_key, is_namespaces, is_script, namespace_of,
    package_of,
};

use std::collections::BTreeSet;

use monowheel_error::{ErrorKind, Result};
use monowheel_wheel::archive::{Archive, Limits, Member};
use monowheel_wheel::binary::{Binary, Sparse};
use monowheel_wheel::entry_points::EntryPoints;
use monowheel_wheel::filename::{WheelName, expand};
use monowheel_wheel::metadata::{Metadata, WheelFile};
use monowheel_wheel::record::Record;
use monowheel_wheel::sbom::Sbom;
use monowheel_wheel::source::ReadAt;
use monowheel_wheel::tag::Tag;

use crate::facts::{BinaryFacts, Facts, Role, Unreadable, WheelFacts};
use crate::gather::keep::{End, Kept, Large, TEXT_LIMIT, Text, text_of};
use crate::gather::looks::Looks;

/// How much of a wheel is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Every byte: each member's CRC and hash are compared.
    #[default]
    Everything,
    /// Only the metadata and the binaries, for a remote wheel. The other members' hashes stay unknown, which no rule
    /// treats as a difference.
    Essentials,
}

/// Whether Python imports the file at this path.
#[must_use]
pub(crate) fn is_extension(path: &str) -> bool {
    matches!(role::of_member(path), Some(Role::Extension { .. }))
}

/// Whether a member's name is that of a file that a loader maps: an extension, a library or a program.
#[must_use]
pub fn is_code(path: &str) -> bool {
    role::of_member(path).is_some()
}

/// The loader of a member, by its name; `None` if it is not executable code.
#[must_use]
pub fn role_of_member(path: &str) -> Option<Role> {
    role::of_member(path)
}

/// Everything known about one wheel or one shared library; `place` is the name given by the user.
///
/// # Errors
/// Only if the source cannot be read (a disk, a network). Defects *of* the file are in the facts.
pub fn facts(source: &dyn ReadAt, place: &str, depth: Depth) -> Result<Facts> {
    let mut facts =
        Facts { place: place.to_owned(), file: file_name(place).to_owned(), size: source.size(), ..Facts::default() };
    // The name first: in a remote file, the beginning may be far from the parts that are read.
    if facts.file.to_ascii_lowercase().ends_with(".whl") || is_archive(source)? {
        wheel(source, depth, &mut facts)?;
    } else {
        bare(source, &mut facts)?;
    }
    Ok(facts)
}

/// The file name in a place: its last part.
pub(crate) fn file_name(place: &str) -> &str {
    place.rsplit(['/', '\\']).next().unwrap_or(place)
}

fn is_archive(source: &dyn ReadAt) -> Result<bool> {
    let mut magic = [0; 4];
    let length = usize::try_from(source.size()).unwrap_or(usize::MAX).min(magic.len());
    source.read_at(0, &mut magic[..length])?;
    Ok(magic == *b"PK\x03\x04")
}

/// A shared library outside a wheel.
fn bare(source: &dyn ReadAt, facts: &mut Facts) -> Result<()> {
    let limit = Limits::default().member;
    if source.size() > limit {
        facts.unreadable.push(Unreadable { member: None, why: format!("over {} GiB", limit >> 30) });
        return Ok(());
    }
    let _large = Large::wait(source.size());
    let mut bytes = vec![0; usize::try_from(source.size()).unwrap_or_default()];
    source.read_at(0, &mut bytes)?;
    match Binary::read(&bytes) {
        Ok(binary) => {
            let role = role::of_binary(role::of_bare(&facts.file), &facts.file, &binary);
            facts.binaries.push(BinaryFacts { path: facts.file.clone(), size: facts.size, role, binary });
        }
        Err(error) => facts.unreadable.push(Unreadable { member: None, why: error.what().to_owned() }),
    }
    Ok(())
}

fn wheel(source: &dyn ReadAt, depth: Depth, facts: &mut Facts) -> Result<()> {
    let name = WheelName::parse(&facts.file).ok();
    let tags = name.iter().flat_map(|name| expand(&name.tag)).filter_map(|tag| Tag::parse(&tag)).collect();
    let mut wheel = WheelFacts { name, tags, ..WheelFacts::default() };
    match Archive::open(source, &Limits::default()) {
        Ok(archive) => members(archive, depth, &mut wheel, facts)?,
        // The file itself is wrong, not the access to it.
        Err(error) if error.kind() == ErrorKind::Format => {
            facts.unreadable.push(Unreadable { member: None, why: error.what().to_owned() });
        }
        Err(error) => return Err(error),
    }
    facts.wheel = Some(wheel);
    Ok(())
}

/// Why a member is parsed as a whole.
enum Purpose {
    Text(Text),
    Code(Role),
    /// Python, to look for newer syntax.
    Python,
}

fn members(mut archive: Archive<'_>, depth: Depth, wheel: &mut WheelFacts, facts: &mut Facts) -> Result<()> {
    let _end = End;
    let mut members = std::mem::take(&mut archive.members);
    wheel.dist_infos = dist_infos(&members);
    let dist_info = wheel.dist_info().map(|folder| format!("{folder}/"));
    let oldest = if depth == Depth::Everything { oldest(&archive, &members, wheel)? } else { None };
    let mut room = MOST_SOURCE;
    let has_code = members.iter().any(|member| role::of_member(&member.path).is_some());
    wheel.loads_libraries = (depth == Depth::Everything).then_some(false);
    for member in &mut members {
        if member.is_folder {
            if depth == Depth::Everything {
                archive.check_local(member, &mut wheel.oddities)?;
            }
            continue;
        }
        let purpose = purpose(&member.path, dist_info.as_deref(), oldest);
        if depth == Depth::Essentials && purpose.is_none() {
            continue;
        }
        let mut large = Large::wait(if purpose.is_some() { member.size } else { 0 });
        let mut kept = Kept::of(member, purpose.as_ref(), &mut large);
        let mut looks = Looks::at(&member.path, has_code && wheel.loads_libraries == Some(false));
        let whole = archive.read(member, &mut wheel.oddities, &mut |piece| {
            looks.add(piece);
            kept.add(piece);
        })?;
        if !whole {
            continue;
        }
        looks.finish(member, wheel);
        match (purpose, kept.bytes()) {
            (None, _) | (Some(Purpose::Python), None) => {}
            (Some(Purpose::Python), Some(bytes)) => {
                take_source(&member.path, bytes.kept(), oldest, &mut room, wheel);
            }
            (Some(_), None) => facts.unreadable.push(unreadable(member, "too large for a file of this name")),
            (Some(Purpose::Text(text)), Some(bytes)) => take_text(text, &member.path, bytes.kept(), wheel),
            // A script without an extension may as well be text.
            (Some(Purpose::Code(Role::Program)), Some(bytes)) if !Binary::is_one(bytes.kept()) => {}
            (Some(Purpose::Code(role)), Some(_)) => match binary(&archive, member, &mut kept)? {
                Ok(binary) => {
                    let role = role::of_binary(role, &member.path, &binary);
                    facts.binaries.push(BinaryFacts { path: member.path.clone(), size: member.size, role, binary });
                }
                Err(error) => facts.unreadable.push(unreadable(member, error.what())),
            },
        }
    }
    wheel.members = members;
    wheel.oddities.splice(0..0, archive.oddities);
    Ok(())
}

/// Why a member is parsed, if it is. `oldest` is the minor version of the oldest Python, if newer syntax is looked for.
fn purpose(path: &str, dist_info: Option<&str>, oldest: Option<u8>) -> Option<Purpose> {
    let text = dist_info.and_then(|folder| text_of(path.strip_prefix(folder)?)).map(Purpose::Text);
    let code = || role::of_member(path).map(Purpose::Code);
    let is_source = || oldest.is_some() && path.ends_with(".py") && !newer_syntax::is_special(path);
    text.or_else(code).or_else(|| is_source().then_some(Purpose::Python))
}

/// Reads a member that is a binary, a second time if its code is needed.
fn binary(archive: &Archive<'_>, member: &Member, kept: &mut Kept<'_>) -> Result<Result<Binary>> {
    if let Some(binary) = kept.binary() {
        return Ok(binary);
    }
    kept.restart();
    archive.read(member, &mut Vec::new(), &mut |piece| kept.add(piece))?;
    Ok(Binary::read(kept.bytes().map_or(&[], Sparse::kept)))
}

/// The oldest Python that installs a wheel, if its metadata and tags state one.
pub(crate) fn oldest_python(wheel: &WheelFacts) -> Option<monowheel_wheel::abi::PythonVersion> {
    newer_syntax::oldest(wheel.metadata.as_ref()?, &wheel.tags)
}

/// The minor version of that Python, if there is newer syntax to look for. METADATA is read in advance, because most
/// archives have it at their end.
fn oldest(archive: &Archive<'_>, members: &[Member], wheel: &WheelFacts) -> Result<Option<u8>> {
    let path = wheel.dist_info().map(|folder| format!("{folder}/METADATA"));
    let Some(member) = path.and_then(|path| members.iter().find(|member| member.path == path)) else { return Ok(None) };
    if member.size > TEXT_LIMIT {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    archive.read(member, &mut Vec::new(), &mut |piece| bytes.extend_from_slice(piece))?;
    let oldest = newer_syntax::oldest(&Metadata::parse(&bytes), &wheel.tags);
    Ok(oldest.map(|(_, minor)| minor).filter(|minor| *minor < newer_syntax::LAST))
}

/// Maximum bytes of Python that are parsed for one wheel.
const MOST_SOURCE: usize = 16 << 20;

fn unreadable(member: &Member, why: &str) -> Unreadable {
    Unreadable { member: Some(member.path.clone()), why: why.to_owned() }
}

/// Keeps a Python file that may have syntax newer than the oldest Python's, as long as there is room.
fn take_source(path: &str, bytes: &[u8], oldest: Option<u8>, room: &mut usize, wheel: &mut WheelFacts) {
    if !oldest.is_some_and(|oldest| newer_syntax::may_exceed(bytes, oldest)) {
        return;
    }
    // A file that is not UTF-8 declares its encoding in its first lines, but Python's parser would be given UTF-8.
    if let (Ok(text), Some(left)) = (std::str::from_utf8(bytes), room.checked_sub(bytes.len())) {
        wheel.sources.push((path.to_owned(), text.to_owned()));
        *room = left;
    }
}

/// Parses a file of the dist-info.
fn take_text(text: Text, path: &str, bytes: &[u8], wheel: &mut WheelFacts) {
    match text {
        Text::Metadata => wheel.metadata = Some(Metadata::parse(bytes)),
        Text::Wheel => wheel.wheel_file = Some(WheelFile::parse(bytes)),
        Text::Record => wheel.record = Some(Record::parse(bytes)),
        Text::EntryPoints => wheel.entry_points = Some(EntryPoints::parse(bytes)),
        Text::Sbom => wheel.sboms.push(Sbom::parse(path, bytes)),
    }
}

/// The top-level `*.dist-info` directories.
fn dist_infos(members: &[Member]) -> Vec<String> {
    let folders: BTreeSet<&str> = members
        .iter()
        .filter_map(|member| member.path.split_once('/').map(|(folder, _)| folder))
        .filter(|folder| folder.ends_with(".dist-info"))
        .collect();
    folders.into_iter().map(str::to_owned).collect()
}
