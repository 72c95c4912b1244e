//! Attestations of an index (PEP 740): the publisher of a file, signed with a Sigstore certificate for the identity of
//! a CI run, and recorded in Sigstore's public log.
//!
//! ```text
//! provenance ─ bundle ─ publisher, from the index
//!                └ attestation ─ certificate ── of Sigstore's authority, for code signing, at the log's time ── publisher
//!                              │                in the public log of certificates (SCT)
//!                              ├ envelope ───── signed by the certificate's key ── statement: file name, SHA-256
//!                              └ log entry ──── of this envelope and certificate; signed by the log, and in its tree
//! ```
//!
//! All of this is verified offline, with the keys in `trusted_root.json`. Log entries without the log's own time (Rekor
//! v2) are not supported, and so not valid.

mod certificate;
mod envelope;
mod log;
mod model;
mod publisher;
mod sct;
mod trust;

use monowheel_error::{Error, ErrorKind, Result};

use certificate::Certificate;
use model::{Attestation, Bundle, Provenance};

pub use publisher::Publisher;
pub use trust::TrustedRoot;

/// Maximum number of bundles and attestations of one file.
const MOST: usize = 16;

/// The publisher of a file, from the attestations in `provenance`, the index's document about it.
///
/// # Errors
/// [`ErrorKind::Format`] when no valid attestation in it is about exactly this file.
pub fn publishers(provenance: &[u8], file: &str, sha256: &str, trust: &TrustedRoot) -> Result<Vec<Publisher>> {
    let provenance = Provenance::read(provenance)?;
    let mut publishers: Vec<Publisher> = Vec::new();
    let mut why = None;
    for bundle in provenance.attestation_bundles.iter().take(MOST) {
        match publisher(bundle, file, sha256, trust) {
            Ok(publisher) if publishers.contains(&publisher) => {}
            Ok(publisher) => publishers.push(publisher),
            Err(error) => why = why.or(Some(error)),
        }
    }
    publishers.sort();
    match (publishers.is_empty(), why) {
        (false, _) => Ok(publishers),
        (true, Some(error)) => Err(error),
        (true, None) => Err(invalid("there is no attestation in it")),
    }
}

/// The publisher of a bundle, which needs at least one valid publish attestation.
fn publisher(bundle: &Bundle, file: &str, sha256: &str, trust: &TrustedRoot) -> Result<Publisher> {
    let publisher = Publisher::of(&bundle.publisher)?;
    let mut why = None;
    for attestation in bundle.attestations.iter().take(MOST) {
        match check(attestation, &publisher, file, sha256, trust) {
            Ok(()) => return Ok(publisher),
            Err(error) => why = why.or(Some(error)),
        }
    }
    Err(why.unwrap_or_else(|| invalid("there is no attestation in it")))
}

fn check(
    attestation: &Attestation,
    publisher: &Publisher,
    file: &str,
    sha256: &str,
    trust: &TrustedRoot,
) -> Result<()> {
    if attestation.version != 1 {
        return Err(invalid(format!("unsupported version {} (supported: 1)", attestation.version)));
    }
    let certificate = signed(attestation, trust)?;
    envelope::check_statement(&attestation.envelope, file, sha256)?;
    publisher.check(&certificate)
}

/// The signer's certificate, which was valid when the log recorded the signature.
fn signed(attestation: &Attestation, trust: &TrustedRoot) -> Result<Certificate> {
    let material = &attestation.verification_material;
    let [entry] = material.transparency_entries.as_slice() else {
        return Err(invalid("it needs exactly one log entry"));
    };
    let certificate = Certificate::read(&material.certificate.0)?;
    let time = log::check(entry, &attestation.envelope, &material.certificate.0, trust)?;
    certificate.check(
        time,
        &envelope::signed_bytes(&attestation.envelope),
        &attestation.envelope.signature.0,
        trust,
    )?;
    Ok(certificate)
}

/// The error for an invalid attestation.
fn invalid(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Format, format!("the attestation is not valid: {why}"))
        .next("do not install the file, and find out who published it")
}

#[cfg(test)]
mod tests;
