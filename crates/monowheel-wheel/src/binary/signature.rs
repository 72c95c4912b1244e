//! Code signatures of Mach-O slices.
//!
//! The checks that the kernel performs when it attaches a signature to a file (`cs_validate_csblob` in `ubc_subr.c` of
//! XNU) and when it first touches a page are performed here for the complete file. The later decisions of `amfid` and
//! Gatekeeper (whose certificate, whether it was notarized) are not.

use object::BigEndian;
use object::macho::{self, CsHashType, CsSlot};
use object::read::macho::{CodeDirectory, CodeSignature, CodeSignatureBlob};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha384};

/// A slice's code signature.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Signature {
    /// There is none.
    None,
    /// There is one, and all of its hashes were compared with the bytes they cover. A certificate's own
    /// signature over these hashes (CMS) is not verified.
    Valid {
        /// It contains no certificate.
        ad_hoc: bool,
        /// The identifier of the code directory.
        identifier: String,
        /// The team of the certificate, as the code directory names it.
        team: Option<String>,
    },
    /// There is one that the kernel would reject.
    Invalid {
        /// The hash or structure that is wrong.
        why: String,
    },
    /// There is one that is not compared here: Authenticode in PE, and Mach-O signatures of before
    /// macOS 10.12 (SHA-1 alone, or a code directory that is not wrapped).
    Unchecked,
}

/// Compares the signature at `offset` with its slice.
pub(super) fn check(slice: &[u8], offset: u32, size: u32) -> Signature {
    compared(slice, offset as usize, size as usize).unwrap_or_else(|why| Signature::Invalid { why })
}

fn compared(slice: &[u8], offset: usize, size: usize) -> Result<Signature, String> {
    let space = slice.get(offset..).and_then(|rest| rest.get(..size)).ok_or("it is outside the file")?;
    if space.starts_with(&macho::CSMAGIC_CODEDIRECTORY.to_be_bytes()) {
        return Ok(Signature::Unchecked);
    }
    let length = CodeSignature::parse(space).map_err(text)?.header().length.get(BigEndian) as usize;
    let blobs = Blobs::of(space.get(..length).ok_or("it is longer than the space for it")?)?;
    let directory = blobs.directory()?;
    let kind = directory.header().hash_type;
    if kind == macho::CS_HASHTYPE_SHA1 || directory.scatter_offset().is_some_and(|offset| offset != 0) {
        return Ok(Signature::Unchecked);
    }
    if Some(directory.header().hash_size) != hash_size(kind) {
        return Err(format!("its hashes of type {} have {} bytes", kind.0, directory.header().hash_size));
    }
    compare_pages(slice, offset, &directory)?;
    for blob in blobs.0.iter().filter(|blob| (1..=macho::CSSLOT_LIBRARY_CONSTRAINT.0).contains(&blob.slot().0)) {
        let expected = directory.special_hash(blob.slot()).map_err(text)?;
        if !is_hash_of(kind, expected, blob.data()) {
            return Err(format!("the hash of its {} is wrong", slot_name(blob.slot())));
        }
    }
    let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Signature::Valid {
        ad_hoc: blobs.in_slot(macho::CSSLOT_SIGNATURESLOT).is_none_or(|wrapper| wrapper.contents().is_empty()),
        identifier: name(directory.ident().map_err(text)?),
        team: directory.team_id().map_err(text)?.map(name),
    })
}

/// Compares every page before the signature with its hash.
fn compare_pages(slice: &[u8], signature: usize, directory: &CodeDirectory<'_>) -> Result<(), String> {
    let header = directory.header();
    // 4 KiB, or the 16 KiB of arm64's own pages; the kernel accepts no other.
    if !matches!(header.page_size, 12 | 14) {
        return Err(format!("its pages have 2^{} bytes", header.page_size));
    }
    let size = 1_usize << header.page_size;
    let limit = usize::try_from(directory.code_limit()).unwrap_or(usize::MAX);
    let code = slice.get(..limit).ok_or("it covers more bytes than the file has")?;
    if limit < signature {
        return Err(format!("it covers only {limit} of the {signature} bytes before it"));
    }
    let pages = code.chunks(size);
    let count = pages.len();
    if (header.n_code_slots.get(BigEndian) as usize) < count {
        return Err(format!("it has {} hashes for {count} pages", header.n_code_slots.get(BigEndian)));
    }
    let mut changed = Vec::new();
    for (number, page) in (0_u32..).zip(pages) {
        if !is_hash_of(header.hash_type, directory.code_hash(number).map_err(text)?, page) {
            changed.push(number);
        }
    }
    match changed.first() {
        None => Ok(()),
        Some(first) => Err(format!(
            "{} of {count} pages are not the bytes that were signed, the first at offset {:#x}",
            changed.len(),
            u64::from(*first) << header.page_size
        )),
    }
}

/// The parts of a signature, each in its own slot.
struct Blobs<'data>(Vec<CodeSignatureBlob<'data>>);

impl<'data> Blobs<'data> {
    fn of(signature: &'data [u8]) -> Result<Self, String> {
        /// More than the number of slots with a defined meaning.
        const MOST: usize = 64;
        let signature = CodeSignature::parse(signature).map_err(text)?;
        if signature.index().len() > MOST {
            return Err(format!("it has {} parts", signature.index().len()));
        }
        let mut all = Self(Vec::new());
        for blob in signature.blobs() {
            let blob = blob.map_err(text)?;
            if all.in_slot(blob.slot()).is_some() {
                return Err(format!("it has its {} twice", slot_name(blob.slot())));
            }
            if magic_of(blob.slot()).is_some_and(|magic| magic != blob.magic()) {
                return Err(format!("its {} is of another type", slot_name(blob.slot())));
            }
            all.0.push(blob);
        }
        Ok(all)
    }

    fn in_slot(&self, slot: CsSlot) -> Option<&CodeSignatureBlob<'data>> {
        self.0.iter().find(|blob| blob.slot() == slot)
    }

    /// The code directory that the kernel uses: the one with the best hash; two of one kind are rejected.
    fn directory(&self) -> Result<CodeDirectory<'data>, String> {
        let is_directory = |slot: CsSlot| slot == macho::CSSLOT_CODEDIRECTORY || slot.is_alternate_codedirectory();
        let mut best: Option<(u8, CodeDirectory<'data>)> = None;
        for blob in self.0.iter().filter(|blob| is_directory(blob.slot())) {
            let directory = CodeDirectory::parse(blob.data()).map_err(text)?;
            let rank = rank(directory.header().hash_type)
                .ok_or_else(|| format!("its hashes are of an unknown type {}", directory.header().hash_type.0))?;
            match &best {
                Some((known, _)) if *known == rank => return Err("it has two code directories of one kind".to_owned()),
                Some((known, _)) if *known > rank => {}
                _ => best = Some((rank, directory)),
            }
        }
        Ok(best.ok_or("it has no code directory")?.1)
    }
}

/// The kernel's order of preference.
const fn rank(kind: CsHashType) -> Option<u8> {
    match kind {
        macho::CS_HASHTYPE_SHA1 => Some(1),
        macho::CS_HASHTYPE_SHA256_TRUNCATED => Some(2),
        macho::CS_HASHTYPE_SHA256 => Some(3),
        macho::CS_HASHTYPE_SHA384 => Some(4),
        _ => None,
    }
}

const fn hash_size(kind: CsHashType) -> Option<u8> {
    match kind {
        macho::CS_HASHTYPE_SHA256_TRUNCATED => Some(20),
        macho::CS_HASHTYPE_SHA256 => Some(32),
        macho::CS_HASHTYPE_SHA384 => Some(48),
        _ => None,
    }
}

fn is_hash_of(kind: CsHashType, expected: &[u8], bytes: &[u8]) -> bool {
    if kind == macho::CS_HASHTYPE_SHA384 {
        *expected == *Sha384::digest(bytes)
    } else {
        Sha256::digest(bytes).starts_with(expected)
    }
}

/// The required content of a slot, if the kernel or `codesign` checks it.
fn magic_of(slot: CsSlot) -> Option<u32> {
    Some(match slot {
        slot if slot.is_alternate_codedirectory() => macho::CSMAGIC_CODEDIRECTORY,
        macho::CSSLOT_CODEDIRECTORY => macho::CSMAGIC_CODEDIRECTORY,
        macho::CSSLOT_REQUIREMENTS => macho::CSMAGIC_REQUIREMENTS,
        macho::CSSLOT_ENTITLEMENTS => macho::CSMAGIC_EMBEDDED_ENTITLEMENTS,
        macho::CSSLOT_DER_ENTITLEMENTS => macho::CSMAGIC_EMBEDDED_DER_ENTITLEMENTS,
        macho::CSSLOT_SIGNATURESLOT => macho::CSMAGIC_BLOBWRAPPER,
        _ => return None,
    })
}

fn slot_name(slot: CsSlot) -> String {
    match slot {
        macho::CSSLOT_CODEDIRECTORY => "code directory".to_owned(),
        macho::CSSLOT_REQUIREMENTS => "requirements".to_owned(),
        macho::CSSLOT_ENTITLEMENTS | macho::CSSLOT_DER_ENTITLEMENTS => "entitlements".to_owned(),
        macho::CSSLOT_SIGNATURESLOT => "certificate's signature".to_owned(),
        other => format!("slot {:#x}", other.0),
    }
}

fn text(error: object::Error) -> String {
    error.to_string()
}
