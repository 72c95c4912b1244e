//! Signs Mach-O slices as `codesign` does: a code directory with SHA-256 page hashes, a set of requirements
//! without any, and a wrapper that is empty for an ad hoc signature.

use monowheel_wheel::binary::Signature;
use object::macho;
use sha2::{Digest as _, Sha256};

/// The kernel's page size for signatures on every Mac: 4 KiB in the code directory.
const PAGE: usize = 1 << 12;
const HASH: usize = 32;
/// A code directory of version 0x20400, up to and with the executable segment.
const HEADER: usize = 88;
/// Requirements are in the second special slot, so there are two.
const SPECIAL: usize = 2;

/// The contents of a signature.
#[derive(Clone, Debug)]
pub struct Signer {
    identifier: String,
    team: Option<String>,
    ad_hoc: bool,
}

impl Signer {
    /// The signer of a slice; `None` where it has no signature. An invalid one is signed first and broken later.
    pub fn of(signature: &Signature) -> Option<Self> {
        match signature {
            Signature::None => None,
            Signature::Valid { ad_hoc, identifier, team } => {
                Some(Self { identifier: identifier.clone(), team: team.clone(), ad_hoc: *ad_hoc })
            }
            Signature::Invalid { .. } => Some(Self { identifier: "forged".to_owned(), team: None, ad_hoc: true }),
            Signature::Unchecked => panic!("Mach-O signatures are always checked"),
        }
    }

    /// Bytes of the signature over `limit` bytes.
    pub fn size(&self, limit: usize) -> usize {
        12 + 3 * 8 + self.directory_size(limit) + requirements().len() + self.wrapper().len()
    }

    /// The signature over `code`, whose load commands and segments already count it.
    pub fn sign(&self, code: &[u8], executable: usize) -> Vec<u8> {
        let directory = self.directory(code, executable);
        let blobs = [
            (macho::CSSLOT_CODEDIRECTORY.0, directory),
            (macho::CSSLOT_REQUIREMENTS.0, requirements()),
            (macho::CSSLOT_SIGNATURESLOT.0, self.wrapper()),
        ];
        let mut index = Vec::new();
        let mut body = Vec::new();
        for (slot, blob) in &blobs {
            big(&mut index, &[*slot, (12 + 8 * blobs.len() + body.len()) as u32]);
            body.extend_from_slice(blob);
        }
        let mut all = Vec::new();
        big(&mut all, &[macho::CSMAGIC_EMBEDDED_SIGNATURE, self.size(code.len()) as u32, blobs.len() as u32]);
        [all, index, body].concat()
    }

    fn directory_size(&self, limit: usize) -> usize {
        self.hashes_at() + HASH * limit.div_ceil(PAGE)
    }

    fn names(&self) -> Vec<u8> {
        let mut names = [self.identifier.as_bytes(), b"\0"].concat();
        if let Some(team) = &self.team {
            names.extend_from_slice(team.as_bytes());
            names.push(0);
        }
        names
    }

    fn hashes_at(&self) -> usize {
        HEADER + self.names().len() + HASH * SPECIAL
    }

    fn directory(&self, code: &[u8], executable: usize) -> Vec<u8> {
        let flags = if self.ad_hoc { macho::CS_ADHOC.0 } else { macho::CS_RUNTIME.0 };
        let team = self.team.as_ref().map_or(0, |_| HEADER + self.identifier.len() + 1);
        let mut out = Vec::new();
        big(&mut out, &[macho::CSMAGIC_CODEDIRECTORY, self.directory_size(code.len()) as u32]);
        big(&mut out, &[macho::CS_SUPPORTSEXECSEG.0, flags, self.hashes_at() as u32, HEADER as u32, SPECIAL as u32]);
        big(&mut out, &[code.len().div_ceil(PAGE) as u32, code.len() as u32]);
        out.extend_from_slice(&[HASH as u8, macho::CS_HASHTYPE_SHA256.0, 0, PAGE.ilog2() as u8]);
        // Spare, scatter vector, team, spare, code limit in 64 bits (0: the one above counts).
        big(&mut out, &[0, 0, team as u32, 0, 0, 0]);
        big(&mut out, &[0, 0, 0, executable as u32, 0, 0]);
        assert_eq!(out.len(), HEADER);
        out.extend(self.names());
        out.extend(Sha256::digest(requirements()));
        out.extend([0; HASH]);
        for page in code.chunks(PAGE) {
            out.extend(Sha256::digest(page));
        }
        out
    }

    /// `CSMAGIC_BLOBWRAPPER` around a CMS; nothing compares its content.
    fn wrapper(&self) -> Vec<u8> {
        let content: &[u8] = if self.ad_hoc { b"" } else { b"CMS." };
        let mut out = Vec::new();
        big(&mut out, &[macho::CSMAGIC_BLOBWRAPPER, 8 + content.len() as u32]);
        out.extend_from_slice(content);
        out
    }
}

fn requirements() -> Vec<u8> {
    let mut out = Vec::new();
    big(&mut out, &[macho::CSMAGIC_REQUIREMENTS, 12, 0]);
    out
}

fn big(out: &mut Vec<u8>, words: &[u32]) {
    out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
}
