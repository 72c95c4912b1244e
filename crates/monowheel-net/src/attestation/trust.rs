//! The trusted keys: Sigstore's certificate authorities and its logs.
//!
//! `trusted_root.json` is Sigstore's own file (see SOURCES.toml). It changes when Sigstore replaces a key; attestations
//! of a newer key are not valid until monowheel has the new file.

use std::sync::Arc;

use monowheel_error::{Error, ErrorKind, Result};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rustls::pki_types::{CertificateDer, TrustAnchor};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::attestation::model::Bytes;

const SIGSTORE: &str = include_str!("trusted_root.json");

/// The keys of Sigstore, or of an instance of it.
#[derive(Debug)]
pub struct TrustedRoot {
    logs: Vec<LogKey>,
    certificate_logs: Vec<LogKey>,
    authorities: Vec<Authority>,
}

/// The key of a log.
#[derive(Debug)]
pub(super) struct LogKey {
    /// SHA-256 of the key.
    pub(super) id: Vec<u8>,
    key: UnparsedPublicKey<Vec<u8>>,
    valid: Period,
}

/// A certificate authority.
#[derive(Debug)]
pub(super) struct Authority {
    pub(super) intermediates: Vec<CertificateDer<'static>>,
    pub(super) anchor: TrustAnchor<'static>,
    /// SHA-256 of the key that signs certificates, as DER.
    pub(super) issuer: Vec<u8>,
    pub(super) valid: Period,
}

/// Seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    start: u64,
    end: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    tlogs: Vec<Log>,
    ctlogs: Vec<Log>,
    certificate_authorities: Vec<CertificateAuthority>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    public_key: PublicKey,
    log_id: LogId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogId {
    key_id: Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PublicKey {
    raw_bytes: Bytes,
    key_details: String,
    valid_for: ValidFor,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CertificateAuthority {
    cert_chain: Chain,
    valid_for: ValidFor,
}

#[derive(Deserialize)]
struct Chain {
    certificates: Vec<RawCertificate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawCertificate {
    raw_bytes: Bytes,
}

#[derive(Deserialize)]
struct ValidFor {
    start: String,
    #[serde(default)]
    end: Option<String>,
}

impl TrustedRoot {
    /// Sigstore's public instance, which the index requires.
    ///
    /// # Errors
    /// Never, as a test shows.
    pub fn sigstore() -> Result<Arc<Self>> {
        Self::parse(SIGSTORE).map(Arc::new)
    }

    /// Keys in the format of Sigstore's `trusted_root.json`.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when a key cannot be read.
    pub fn parse(json: &str) -> Result<Self> {
        let form: Form = serde_json::from_str(json).map_err(unreadable)?;
        let (logs, certificate_logs) = (keys(form.tlogs)?, keys(form.ctlogs)?);
        let authorities = form.certificate_authorities.into_iter().map(Authority::of).collect::<Result<_>>()?;
        Ok(Self { logs, certificate_logs, authorities })
    }

    pub(super) fn log(&self, id: &[u8]) -> Option<&LogKey> {
        self.logs.iter().find(|log| log.id == id)
    }

    pub(super) fn certificate_log(&self, id: &[u8]) -> Option<&LogKey> {
        self.certificate_logs.iter().find(|log| log.id == id)
    }

    /// The authorities that were in use at a time.
    pub(super) fn authorities(&self, time: u64) -> impl Iterator<Item = &Authority> {
        self.authorities.iter().filter(move |authority| authority.valid.has(time))
    }
}

/// The keys of the logs with a supported key type.
fn keys(logs: Vec<Log>) -> Result<Vec<LogKey>> {
    let understood = logs.into_iter().filter(|log| log.public_key.key_details == "PKIX_ECDSA_P256_SHA_256");
    understood.map(LogKey::of).collect()
}

impl LogKey {
    fn of(log: Log) -> Result<Self> {
        let key = SubjectPublicKeyInfoOwned::from_der(&log.public_key.raw_bytes.0).map_err(unreadable)?;
        let point = key.subject_public_key.raw_bytes().to_vec();
        Ok(Self {
            id: log.log_id.key_id.0,
            key: UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point),
            valid: Period::of(&log.public_key.valid_for)?,
        })
    }

    pub(super) fn is_valid_at(&self, time: u64) -> bool {
        self.valid.has(time)
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify(message, signature).is_ok()
    }
}

impl Authority {
    fn of(authority: CertificateAuthority) -> Result<Self> {
        let mut certificates: Vec<CertificateDer<'static>> =
            authority.cert_chain.certificates.into_iter().map(|der| CertificateDer::from(der.raw_bytes.0)).collect();
        let first = certificates.first().ok_or_else(|| unreadable("an authority without a certificate"))?;
        let first = Certificate::from_der(first).map_err(unreadable)?;
        let issuer = first.tbs_certificate.subject_public_key_info.to_der().map_err(unreadable)?;
        let issuer = Sha256::digest(issuer).to_vec();
        let root = certificates.pop().ok_or_else(|| unreadable("an authority without a certificate"))?;
        let anchor = webpki::anchor_from_trusted_cert(&root).map_err(unreadable)?.to_owned();
        Ok(Self { intermediates: certificates, anchor, issuer, valid: Period::of(&authority.valid_for)? })
    }
}

impl Period {
    fn of(valid: &ValidFor) -> Result<Self> {
        let seconds = |text: &str| -> Result<u64> {
            let time: jiff::Timestamp = text.parse().map_err(unreadable)?;
            u64::try_from(time.as_second()).map_err(unreadable)
        };
        Ok(Self { start: seconds(&valid.start)?, end: valid.end.as_deref().map(seconds).transpose()? })
    }

    fn has(self, time: u64) -> bool {
        self.start <= time && self.end.is_none_or(|end| time <= end)
    }
}

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Format, format!("the trusted keys cannot be read: {why}"))
}
