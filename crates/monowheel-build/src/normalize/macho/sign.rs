//! Signs a slice ad hoc, in the way that its linker signed it.
//!
//! Such a signature contains no certificate: it is the hash of every page, which the kernel of an arm64 Mac compares
//! (`cs_blobs.h` and `ubc_subr.c` of XNU; Apple's TN3126). A linker's has only a code directory; anything more,
//! such as entitlements, is somebody's decision, and the slice is left alone. The existing crates were not
//! suitable: apple-codesign is MPL-2.0, which deny.toml does not accept, and arwen-codesign 0.0.1 is an alpha.

use monowheel_wheel::bytes::{big_at, part, place_at, put, put32};
use object::macho;
use sha2::{Digest as _, Sha256};

use crate::normalize::macho::layout::{Layout, Piece};
use crate::normalize::macho::strip::resize_linkedit;

/// `CS_SuperBlob` with one `CS_BlobIndex`.
const WRAP: usize = 20;
/// `CS_CodeDirectory` of version 0x20400, which ends with the executable segment.
const HEADER: usize = 88;
const VERSION: u32 = 0x20400;
const HASH: usize = 32;
/// The alignment of the signature.
const ALIGN: usize = 16;

/// How a slice was signed.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    /// The header of its code directory.
    header: Vec<u8>,
    /// The identifier with its terminating zero.
    identifier: Vec<u8>,
    /// The page size in bytes.
    page: usize,
}

impl Signer {
    /// Reads the existing signature; an error when it is not a plain linker signature.
    pub(super) fn of(bytes: &[u8], place: &Piece) -> Result<Self, String> {
        let space = part(bytes, place.offset, place.size).ok_or("its signature is truncated")?;
        let is_lone = (big_at(space, 0), big_at(space, 8), big_at(space, 12), big_at(space, 16))
            == (Some(macho::CSMAGIC_EMBEDDED_SIGNATURE), Some(1), Some(0), Some(20));
        let directory = space.get(WRAP..).unwrap_or_default();
        if !is_lone || big_at(directory, 0) != Some(macho::CSMAGIC_CODEDIRECTORY) {
            return Err("its signature is not a plain linker signature".to_owned());
        }
        let header = directory.get(..HEADER).ok_or("its code directory is truncated")?.to_vec();
        let word = |at| big_at(&header, at).unwrap_or(u32::MAX);
        let is_ad_hoc = word(12) & macho::CS_ADHOC.0 != 0;
        // Hashes of SHA-256, no platform; no special slots, scatter vector or team; the code limit in 32 bits.
        let plain = word(36) & 0xffff_ff00 == (u32::from(HASH as u8) << 24 | 2 << 16)
            && [24, 40, 44, 48, 52, 56, 60].iter().all(|at| word(*at) == 0)
            && word(8) == VERSION
            && word(20) as usize == HEADER;
        let size = word(36) & 0xff;
        if !is_ad_hoc || !plain || !matches!(size, 12 | 14) {
            return Err("its code directory is not as a linker writes it".to_owned());
        }
        let rest = directory.get(HEADER..).unwrap_or_default();
        let end = memchr::memchr(0, rest).ok_or("its identifier is not terminated")?;
        if word(16) as usize != HEADER + end + 1 {
            return Err("its code directory is not as a linker writes it".to_owned());
        }
        let identifier = rest.get(..=end).unwrap_or_default().to_vec();
        Ok(Self { header, identifier, page: 1 << size })
    }

    /// A linker's signature: no certificate, pages of 4 KiB.
    fn like_a_linker(text: (usize, usize), identifier: &str) -> Option<Self> {
        let flags = macho::CS_ADHOC.0 | macho::CS_LINKER_SIGNED.0;
        let identifier = [identifier.as_bytes(), b"\0"].concat();
        let mut header = vec![0; HEADER];
        let hashes = u32::try_from(HEADER + identifier.len()).ok()?;
        let kind = u32::from(HASH as u8) << 24 | 2 << 16 | 12;
        for (at, number) in [
            (0, macho::CSMAGIC_CODEDIRECTORY),
            (8, VERSION),
            (12, flags),
            (16, hashes),
            (20, HEADER as u32),
            (36, kind),
        ] {
            put(&mut header, at, &number.to_be_bytes())?;
        }
        put(&mut header, 64, &(text.0 as u64).to_be_bytes())?;
        put(&mut header, 72, &(text.1 as u64).to_be_bytes())?;
        Some(Self { header, identifier, page: 1 << 12 })
    }

    /// The size of the signature of `limit` bytes.
    fn size(&self, limit: usize) -> usize {
        WRAP + HEADER + self.identifier.len() + HASH * limit.div_ceil(self.page)
    }

    /// The signature of `code`.
    fn sign(&self, code: &[u8]) -> Option<Vec<u8>> {
        let big = |number: usize| u32::try_from(number).ok().map(u32::to_be_bytes);
        let size = self.size(code.len());
        let mut header = self.header.clone();
        put(&mut header, 4, &big(size - WRAP)?)?;
        put(&mut header, 28, &big(code.len().div_ceil(self.page))?)?;
        put(&mut header, 32, &big(code.len())?)?;
        let mut out = macho::CSMAGIC_EMBEDDED_SIGNATURE.to_be_bytes().to_vec();
        for number in [size, 1, 0, WRAP] {
            out.extend(big(number)?);
        }
        out.extend(header);
        out.extend_from_slice(&self.identifier);
        for page in code.chunks(self.page) {
            out.extend(Sha256::digest(page));
        }
        Some(out)
    }
}

/// The slice, which has no signature, with a linker's signature.
pub(super) fn add(bytes: &[u8], layout: &Layout, identifier: &str) -> Result<Vec<u8>, String> {
    /// Bytes of an `LC_CODE_SIGNATURE`.
    const COMMAND: usize = 16;
    let cut = || "there is no room for a signature".to_owned();
    let end = layout.commands_end + COMMAND;
    let (at, room) = (layout.commands_end, layout.first_section.unwrap_or_default());
    let is_free = part(bytes, at, COMMAND).is_some_and(|space| space.iter().all(|byte| *byte == 0));
    if end > room || !is_free {
        return Err(cut());
    }
    let signer = Signer::like_a_linker(layout.text, identifier).ok_or_else(cut)?;
    let mut out = bytes.to_vec();
    out.resize(out.len().next_multiple_of(ALIGN), 0);
    let (offset, size) = (out.len(), signer.size(out.len()));
    let count = place_at(bytes, 16).ok_or_else(cut)?;
    for (at, number) in [
        (16, count + 1),
        (20, end - 32),
        (at, macho::LC_CODE_SIGNATURE.0 as usize),
        (at + 4, COMMAND),
        (at + 8, offset),
        (at + 12, size),
    ] {
        put32(&mut out, at, number).ok_or_else(cut)?;
    }
    out.resize(offset + size, 0);
    resize_linkedit(&mut out, layout).ok_or_else(cut)?;
    sign(&out, &signer)
}

/// The slice with exactly as much space for its signature as it needs.
pub(super) fn make_room(bytes: &[u8], signer: &Signer) -> Result<Vec<u8>, String> {
    let layout = Layout::of(bytes)?;
    let cut = || "there is no room for its signature".to_owned();
    let command = layout.signature.ok_or_else(cut)?;
    let mut out = bytes.get(..command.offset).ok_or_else(cut)?.to_vec();
    out.resize(out.len().next_multiple_of(ALIGN), 0);
    let (offset, size) = (out.len(), signer.size(out.len()));
    put32(&mut out, command.offset_at, offset).ok_or_else(cut)?;
    put32(&mut out, command.size_at, size).ok_or_else(cut)?;
    out.resize(offset + size, 0);
    resize_linkedit(&mut out, &layout).ok_or_else(cut)?;
    Ok(out)
}

/// The slice with its signature, for which [`make_room`] made room.
pub(super) fn sign(bytes: &[u8], signer: &Signer) -> Result<Vec<u8>, String> {
    let cut = || "its code cannot be signed".to_owned();
    let command = Layout::of(bytes)?.signature.ok_or_else(cut)?;
    let mut out = bytes.get(..command.offset).ok_or_else(cut)?.to_vec();
    let signature = signer.sign(&out).filter(|signature| signature.len() == command.size).ok_or_else(cut)?;
    out.extend(signature);
    Ok(out)
}
