//! The certificate of a signature: valid for minutes and one CI run, whose identity is in its extensions.

use std::time::Duration;

use monowheel_error::Result;
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::ring::{ECDSA_P256_SHA256, ECDSA_P256_SHA384, ECDSA_P384_SHA256, ECDSA_P384_SHA384};
use webpki::{EndEntityCert, KeyUsage};
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{ObjectIdentifier, Utf8StringRef};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::attestation::trust::{Authority, TrustedRoot};
use crate::attestation::{invalid, sct};

/// `codeSigning` (1.3.6.1.5.5.7.3.3).
const CODE_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 3];
const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 4] =
    [ECDSA_P256_SHA256, ECDSA_P256_SHA384, ECDSA_P384_SHA256, ECDSA_P384_SHA384];

/// A certificate issued by Sigstore.
pub(super) struct Certificate {
    der: CertificateDer<'static>,
    parsed: x509_cert::Certificate,
}

/// The claims about the run in extensions. The numbers are those of Sigstore's arc, 1.3.6.1.4.1.57264.1 (fulcio,
/// docs/oid-info.md).
#[derive(Clone, Copy, Debug)]
pub(super) enum Claim {
    Issuer = 8,
    SourceRepository = 12,
    SourceRepositoryDigest = 13,
    SourceRepositoryRef = 14,
    BuildConfig = 18,
}

impl Certificate {
    pub(super) fn read(der: &[u8]) -> Result<Self> {
        let parsed = x509_cert::Certificate::from_der(der)
            .map_err(|error| invalid(format!("its certificate cannot be read: {error}")))?;
        Ok(Self { der: CertificateDer::from(der.to_vec()), parsed })
    }

    /// Checks that it is from a trusted authority and valid at a time, and that its key signed `message`.
    ///
    /// # Errors
    /// [`monowheel_error::ErrorKind::Format`] when it is not.
    pub(super) fn check(&self, time: u64, message: &[u8], signature: &[u8], trust: &TrustedRoot) -> Result<()> {
        let unusable = |error: webpki::Error| invalid(format!("its certificate is unusable: {error}"));
        let certificate = EndEntityCert::try_from(&self.der).map_err(unusable)?;
        let at = UnixTime::since_unix_epoch(Duration::from_secs(time));
        let usage = || KeyUsage::required(CODE_SIGNING);
        let is_of = |authority: &Authority| {
            let anchors = std::slice::from_ref(&authority.anchor);
            certificate
                .verify_for_usage(&ALGORITHMS, anchors, &authority.intermediates, at, usage(), None, None)
                .is_ok()
        };
        let Some(authority) = trust.authorities(time).find(|authority| is_of(authority)) else {
            return Err(invalid("its certificate is not from Sigstore, or was not valid when the file was signed"));
        };
        sct::check(&self.parsed, authority, trust)?;
        certificate
            .verify_signature(ECDSA_P256_SHA256, message, signature)
            .map_err(|_| invalid("its signature does not match this statement"))
    }

    /// A claim about the run.
    pub(super) fn claim(&self, claim: Claim) -> Option<String> {
        let id = ObjectIdentifier::new(&format!("1.3.6.1.4.1.57264.1.{}", claim as u8)).ok()?;
        let value = self.extension(id)?;
        Utf8StringRef::from_der(value).ok().map(|text| text.as_str().to_owned())
    }

    /// The email addresses that it is for.
    pub(super) fn emails(&self) -> Vec<String> {
        let names = ObjectIdentifier::new("2.5.29.17").ok().and_then(|id| self.extension(id));
        let names = names.and_then(|value| SubjectAltName::from_der(value).ok());
        let email = |name: &GeneralName| match name {
            GeneralName::Rfc822Name(email) => Some(email.as_str().to_owned()),
            _ => None,
        };
        names.iter().flat_map(|names| names.0.iter()).filter_map(email).collect()
    }

    fn extension(&self, id: ObjectIdentifier) -> Option<&[u8]> {
        let all = self.parsed.tbs_certificate.extensions.as_deref().unwrap_or_default();
        let mut found = all.iter().filter(|extension| extension.extn_id == id);
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only.extn_value.as_bytes()),
            // A repeated extension is ignored.
            _ => None,
        }
    }
}
