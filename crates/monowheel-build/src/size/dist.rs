//! One file: a wheel with its members, or a shared library alone.

use std::collections::BTreeMap;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use monowheel_wheel::archive::{Archive, Limits, Member};
use monowheel_wheel::binary::Binary;
use monowheel_wheel::source::ReadAt;
use serde::Serialize;

use crate::compare::WHOLE;
use crate::size::against::Change;
use crate::size::binary::{Part, parts};
use crate::size::duplicates::{self, Duplicate};
use crate::size::member::{KindSize, MemberKind, MemberSize, kinds};
use crate::size::sbom::{self, Versions};
use crate::symbols::folder::SymbolFile;

/// Larger bills of materials are not read.
const SBOM: u64 = 32 << 20;

/// The sizes of a wheel, or of a shared library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DistSize {
    /// The file's name.
    pub file: String,
    /// Its path, or the address that it was fetched from.
    pub place: String,
    /// Whether it is a wheel.
    pub is_wheel: bool,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of all members when inflated.
    pub unpacked: u64,
    /// Bytes of the archive that are no member's: headers and directory.
    pub archive: u64,
    /// The members by kind, the largest in the archive first.
    pub kinds: Vec<KindSize>,
    /// The members, the largest in the archive first.
    pub members: Vec<MemberSize>,
    /// The binaries among them, in the same order.
    pub binaries: Vec<BinarySize>,
    /// The crates that the bills of materials list, with their versions.
    pub crate_versions: BTreeMap<String, Vec<String>>,
    /// Crates that are there more than once.
    pub duplicates: Vec<Duplicate>,
    /// The difference to another file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// A binary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BinarySize {
    /// Its path.
    pub path: String,
    /// One for each architecture.
    pub parts: Vec<Part>,
}

/// Measures a wheel.
///
/// # Errors
/// [`ErrorKind::Format`] when it is no readable archive; the source's errors.
pub(super) fn wheel(file: &str, source: &dyn ReadAt, kept: &[SymbolFile], stop: &CancelToken) -> Result<DistSize> {
    let archive = Archive::open(source, &Limits::default())
        .map_err(|error| error.next("name a wheel: a zip archive with a name that ends in .whl"))?;
    let mut files: Vec<&Member> = archive.members.iter().filter(|member| !member.is_folder).collect();
    files.sort_by(|a, b| (b.compressed, b.size, &a.path).cmp(&(a.compressed, a.size, &b.path)));
    let members: Vec<MemberSize> = files.iter().map(|member| MemberSize::of(member)).collect();
    let (mut binaries, mut versions) = (Vec::new(), Versions::new());
    for (member, size) in files.iter().zip(&members) {
        stop.check()?;
        if size.kind.is_binary() {
            let parts = if member.size > WHOLE {
                let why = format!("not looked into: larger than {} MiB", WHOLE >> 20);
                vec![Part { bytes: member.size, outside: member.size, ..Part::unreadable(0, why) }]
            } else {
                of_bytes(read(&archive, member)?, member, kept)
            };
            binaries.push(BinarySize { path: member.path.clone(), parts });
        } else if size.kind == MemberKind::Sbom && member.size <= SBOM {
            if let Ok(bytes) = read(&archive, member)? {
                sbom::add(&bytes, &mut versions);
            }
        }
    }
    let sum = |size: fn(&MemberSize) -> u64| members.iter().map(size).fold(0, u64::saturating_add);
    let (unpacked, packed) = (sum(|member| member.bytes), sum(|member| member.compressed));
    Ok(DistSize {
        is_wheel: true,
        unpacked,
        archive: source.size().saturating_sub(packed),
        kinds: kinds(&members),
        members,
        ..of_binaries(file, source.size(), binaries, versions)
    })
}

/// Measures a shared library that is in no wheel.
///
/// # Errors
/// [`ErrorKind::Format`] when it is none; the source's errors.
pub(super) fn bare(file: &str, source: &dyn ReadAt) -> Result<DistSize> {
    let not = |what: &str| {
        Error::new(ErrorKind::Format, what)
            .next("name a wheel (.whl), a shared library (.so, .pyd, .dylib, .dll, .wasm), or a directory of wheels")
    };
    if source.size() > WHOLE {
        return Err(not(&format!("neither a wheel nor a shared library of at most {} MiB", WHOLE >> 20)));
    }
    let mut bytes = vec![0; usize::try_from(source.size()).unwrap_or_default()];
    source.read_at(0, &mut bytes)?;
    if !Binary::is_one(&bytes) {
        return Err(not("neither a wheel nor a shared library"));
    }
    let binaries = vec![BinarySize { path: file.to_owned(), parts: parts(&bytes, &[]) }];
    let size = source.size();
    let kind = if MemberKind::of(file).is_binary() { MemberKind::of(file) } else { MemberKind::Library };
    let members = vec![MemberSize { path: file.to_owned(), kind, bytes: size, compressed: size }];
    Ok(DistSize {
        unpacked: size,
        kinds: kinds(&members),
        members,
        ..of_binaries(file, size, binaries, Versions::new())
    })
}

/// Where its bytes are read, the parts of a binary; a program may be a script, which has none.
fn of_bytes(bytes: std::result::Result<Vec<u8>, String>, member: &Member, kept: &[SymbolFile]) -> Vec<Part> {
    match bytes {
        Ok(bytes) if Binary::is_one(&bytes) => parts(&bytes, kept),
        Ok(bytes) => vec![Part::unreadable(bytes.len(), "not a binary of a known format".to_owned())],
        Err(why) => vec![Part { bytes: member.size, outside: member.size, ..Part::unreadable(0, why) }],
    }
}

/// The bytes of a member; the inner error is why they are not those that the directory promises.
fn read(archive: &Archive<'_>, member: &Member) -> Result<std::result::Result<Vec<u8>, String>> {
    let (mut bytes, mut oddities) = (Vec::new(), Vec::new());
    if archive.read(member, &mut oddities, &mut |piece| bytes.extend_from_slice(piece))? {
        return Ok(Ok(bytes));
    }
    let why =
        oddities.last().map_or("its bytes are not what the archive's directory says", |oddity| oddity.detail.as_str());
    Ok(Err(format!("not readable: {why}")))
}

fn of_binaries(file: &str, bytes: u64, mut binaries: Vec<BinarySize>, versions: Versions) -> DistSize {
    for one in binaries.iter_mut().flat_map(|binary| &mut binary.parts).flat_map(|part| &mut part.crates) {
        let Some(listed) = versions.get(&one.name) else { continue };
        one.package = Some(listed.package.clone());
        one.version = listed.versions.first().filter(|_| listed.versions.len() == 1).cloned();
    }
    DistSize {
        file: file.to_owned(),
        place: file.to_owned(),
        is_wheel: false,
        bytes,
        unpacked: bytes,
        archive: 0,
        kinds: Vec::new(),
        members: Vec::new(),
        duplicates: duplicates::find(&binaries, &versions),
        binaries,
        crate_versions: versions.into_values().map(|it| (it.package, it.versions.into_iter().collect())).collect(),
        change: None,
    }
}
