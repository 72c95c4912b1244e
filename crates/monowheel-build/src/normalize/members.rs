//! Reads a wheel into memory, and refuses an ambiguous one.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::archive::{Archive, Limits, Member, Oddity, OddityKind};
use monowheel_wheel::record::{Digest, Record};
use sha2::{Digest as _, Sha256};

use crate::normalize::Step;

/// Larger wheels are not read; all of it is in memory at once.
const LIMITS: Limits = Limits { members: 60_000, directory: 32 << 20, member: 1 << 30, total: 2 << 30 };

/// A file of a wheel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Its path, `/` between the parts.
    pub(crate) path: String,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
    /// Whether it is executable.
    pub(crate) executable: bool,
}

/// A wheel's files without RECORD.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) files: Vec<File>,
    /// The `.dist-info` directory, without a trailing slash.
    pub(crate) info: String,
    /// What was left out.
    pub(crate) steps: Vec<Step>,
}

/// See [`Contents`]; RECORD must be correct, because a rewritten one would hide that it was not.
pub(super) fn read(bytes: &[u8]) -> Result<Contents> {
    let (mut contents, members) = open(bytes)?;
    let path = format!("{}/RECORD", contents.info);
    let record = take_record(&mut contents)?.ok_or_else(|| refused("it has no RECORD", Some(&path)))?;
    compare(&Record::parse(&record), &path, &members)?;
    Ok(contents)
}

/// See [`Contents`]; RECORD is not checked, and need not exist.
pub(crate) fn read_without_record(bytes: &[u8]) -> Result<Contents> {
    let (mut contents, _) = open(bytes)?;
    take_record(&mut contents)?;
    Ok(contents)
}

fn open(bytes: &[u8]) -> Result<(Contents, Vec<Member>)> {
    let mut archive = Archive::open(&bytes, &LIMITS)?;
    refuse(&archive.oddities)?;
    let mut members = std::mem::take(&mut archive.members);
    let mut contents = Contents { files: Vec::new(), info: dist_info(&members)?, steps: Vec::new() };
    let (mut oddities, mut folders) = (Vec::new(), 0);
    for member in &mut members {
        // The size according to the directory, which may be wrong; so nothing is reserved.
        let mut content = Vec::new();
        if member.is_folder {
            archive.check_local(member, &mut oddities)?;
        } else if !archive.read(member, &mut oddities, &mut |piece| content.extend_from_slice(piece))?
            && oddities.is_empty()
        {
            return Err(refused("its bytes cannot be read", Some(&member.path)));
        }
        refuse(&oddities)?;
        oddities.clear();
        if member.is_folder {
            folders += 1;
            continue;
        }
        member.sha256 = Some(Sha256::digest(&content).into());
        let executable = member.mode.is_some_and(|mode| mode & 0o111 != 0);
        contents.files.push(File { path: member.path.clone(), bytes: content, executable });
    }
    if folders > 0 {
        let what = format!("directory entries left out, which installers do not use: {folders}");
        contents.steps.push(Step { member: None, what });
    }
    Ok((contents, members))
}

/// Removes RECORD, if there is one; a signed one is an error.
fn take_record(contents: &mut Contents) -> Result<Option<Vec<u8>>> {
    for name in ["RECORD.jws", "RECORD.p7s"] {
        let signed = format!("{}/{name}", contents.info);
        if contents.files.iter().any(|file| file.path == signed) {
            return Err(Error::new(ErrorKind::Format, "its RECORD is signed, and a new one would not be")
                .at(signed)
                .next("sign it after this step, or publish it as it is"));
        }
    }
    let path = format!("{}/RECORD", contents.info);
    let place = contents.files.iter().position(|file| file.path == path);
    Ok(place.map(|at| contents.files.remove(at).bytes))
}

/// Compares RECORD, at `path`, with the files.
fn compare(record: &Record, path: &str, members: &[Member]) -> Result<()> {
    if let Some((row, why)) = record.broken.first() {
        return Err(refused(&format!("row {row} of its RECORD cannot be read: {why}"), Some(path)));
    }
    let matched = record.matched(members);
    let ghost = matched.rows.iter().find(|(_, member)| member.is_none()).map(|(row, _)| &row.path);
    if let Some(name) = ghost {
        return Err(refused(&format!("its RECORD lists {name}, which is missing"), Some(path)));
    }
    if let Some(row) = matched.repeated.first() {
        return Err(refused(&format!("its RECORD lists {} twice", row.path), Some(path)));
    }
    let signed = |member: &&&Member| member.path != path;
    if let Some(member) = matched.unlisted.iter().find(signed) {
        return Err(refused(&format!("its RECORD does not list {}", member.path), Some(path)));
    }
    for (row, member) in &matched.rows {
        let Some(member) = member.filter(|member| member.path != path) else { continue };
        let is_size = row.size.parse() == Ok(member.size);
        if row.contradicts(member) || !matches!(row.digest(), Digest::Sha256(_) | Digest::Other(_)) || !is_size {
            return Err(refused(&format!("its RECORD has a different hash or size for {}", member.path), Some(path)));
        }
    }
    Ok(())
}

/// The one `.dist-info` directory.
fn dist_info(members: &[Member]) -> Result<String> {
    let tops = members.iter().filter_map(|member| member.path.split_once('/').map(|(top, _)| top));
    let mut infos: Vec<&str> = tops.filter(|top| top.ends_with(".dist-info")).collect();
    infos.sort_unstable();
    infos.dedup();
    match infos.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(refused("it has no .dist-info directory", None)),
        [first, ..] => Err(refused("it has more than one .dist-info directory", Some(first))),
    }
}

/// Refuses archives that readers could read differently. Sizes after the data are allowed: they are
/// compared, and the new archive has them in front.
fn refuse(oddities: &[Oddity]) -> Result<()> {
    match oddities.iter().find(|oddity| oddity.kind != OddityKind::DataDescriptor) {
        Some(oddity) => Err(refused(&oddity.detail, oddity.member.as_deref())),
        None => Ok(()),
    }
}

fn refused(why: &str, place: Option<&str>) -> Error {
    let error = Error::new(ErrorKind::Format, format!("the wheel cannot be rewritten: {why}"));
    let error = match place {
        Some(place) => error.at(place),
        None => error,
    };
    error.next("run `monowheel audit` on the wheel, and fix the tool that built it")
}
