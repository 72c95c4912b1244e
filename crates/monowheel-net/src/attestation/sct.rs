//! Checks that a certificate is in the certificate transparency log, by the log's signature (RFC 6962, 3.2).

use monowheel_error::Result;
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, OctetStringRef};
use x509_cert::der::{Decode as _, Encode as _};

use crate::attestation::invalid;
use crate::attestation::trust::{Authority, TrustedRoot};

/// The extension with the log's signatures, which does not exist yet when the log signs.
const TIMESTAMPS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");

/// Checks that one of the trusted logs signed the certificate.
///
/// # Errors
/// [`monowheel_error::ErrorKind::Format`] when none did.
pub(super) fn check(certificate: &Certificate, authority: &Authority, trust: &TrustedRoot) -> Result<()> {
    let unlogged = || invalid("its certificate is not in the certificate transparency log");
    let mut tbs = certificate.tbs_certificate.clone();
    let extensions = tbs.extensions.as_mut().ok_or_else(unlogged)?;
    let at = extensions.iter().position(|extension| extension.extn_id == TIMESTAMPS).ok_or_else(unlogged)?;
    let list = extensions.remove(at).extn_value;
    let list = OctetStringRef::from_der(list.as_bytes()).map_err(|_| unlogged())?;
    let tbs = tbs.to_der().map_err(|_| unlogged())?;
    let mut rest = list.as_bytes();
    let mut all = prefixed(&mut rest).ok_or_else(unlogged)?;
    while let Some(mut timestamp) = prefixed(&mut all) {
        if is_valid(&mut timestamp, &tbs, authority, trust) == Some(true) {
            return Ok(());
        }
    }
    Err(unlogged())
}

/// Whether a trusted log signed this; `None` if its format is unknown.
fn is_valid(timestamp: &mut &[u8], tbs: &[u8], authority: &Authority, trust: &TrustedRoot) -> Option<bool> {
    let version = taken(timestamp, 1)?;
    let log = trust.certificate_log(taken(timestamp, 32)?)?;
    let time = taken(timestamp, 8)?;
    let extensions = prefixed(timestamp)?;
    // SHA-256, ECDSA.
    if (version, taken(timestamp, 2)?) != (&[0], &[4, 3]) {
        return None;
    }
    let signature = prefixed(timestamp)?;
    let seconds = u64::from_be_bytes(time.try_into().ok()?) / 1000;
    // Version 1, a certificate timestamp, and the entry type: a precertificate.
    let signed = [
        &[0, 0],
        time,
        &[0, 1],
        &authority.issuer,
        u32::try_from(tbs.len()).ok()?.to_be_bytes().get(1..)?,
        tbs,
        &u16::try_from(extensions.len()).ok()?.to_be_bytes(),
        extensions,
    ]
    .concat();
    Some(log.is_valid_at(seconds) && log.has_signed(&signed, signature))
}

/// Bytes with a length prefix of two bytes.
fn prefixed<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = taken(bytes, 2)?;
    taken(bytes, usize::from(u16::from_be_bytes(length.try_into().ok()?)))
}

fn taken<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}
