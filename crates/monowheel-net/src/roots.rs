//! The trusted certificate authorities: those of the file named in the environment, else Mozilla's list.
//!
//! The list is compiled in (`webpki-root-certs`): the same on every platform, even without a system list, and without
//! Apple's Security framework, for which a cross build has no SDK. `SSL_CERT_FILE` selects the system's or a company's
//! list instead.

use std::sync::Arc;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};

use crate::options::IndexOptions;

/// The variables that name a certificate file, of OpenSSL, pip, requests and curl; the first one that is set counts.
const VARIABLES: [&str; 4] = ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// The certificates to verify servers with.
///
/// # Errors
/// [`ErrorKind::Usage`] when the environment names a file without certificates.
pub(super) fn tls(options: &IndexOptions) -> Result<TlsConfig> {
    let named = VARIABLES.iter().find_map(|variable| Some((variable, options.variable(variable)?)));
    let roots = match named {
        Some((variable, path)) => of_file(variable, &path)?,
        None => built_in(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build())
}

fn built_in() -> RootCerts {
    let certificates = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    certificates.map(|certificate| Certificate::from_der(certificate)).collect::<Vec<_>>().into()
}

/// The certificates of a PEM file.
fn of_file(variable: &str, path: &str) -> Result<RootCerts> {
    let unusable = |why: &str| {
        Error::new(ErrorKind::Usage, format!("{variable} does not name a certificate file: {why}"))
            .at(path)
            .next(format!("unset {variable}, or set it to a PEM file such as /etc/ssl/certs/ca-certificates.crt"))
    };
    let bytes = regular_file::read(std::path::Path::new(path), regular_file::MOST_TEXT)
        .map_err(|error| unusable(&error.to_string()))?;
    let certificates: Vec<_> = ureq::tls::parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() { Err(unusable("no certificates in it")) } else { Ok(RootCerts::from(certificates)) }
}

#[cfg(test)]
mod tests {
    use monowheel_system::hash::sha256;

    use super::*;

    #[test]
    fn withdrawn_authorities_are_not_trusted() {
        // emSign Root CA C1 and emSign ECC Root CA C3, which Mozilla's list had until October 2026.
        let withdrawn = [
            "125609aa301da0a249b97a8239cb6a34216f44dcac9f3954b14292f2e8c8608f",
            "bc4d809b15189d78db3e1d8cf4f9726a795da1643ca5f1358e1ddb0edc0d7eb3",
        ];
        let RootCerts::Specific(certificates) = built_in() else { panic!("not a list") };
        assert!(certificates.len() > 100, "{}", certificates.len());
        for certificate in certificates.iter() {
            let hash = sha256(certificate.der());
            assert!(!withdrawn.contains(&hash.as_str()), "{hash}");
        }
    }
}
