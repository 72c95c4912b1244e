//! Which index: where files are sent to, and where it is asked what it has.

use crate::error::{Error, ErrorKind, Result};
use crate::net::Address;

/// An index that takes uploads.
#[derive(Clone, Debug)]
pub struct Place {
    /// What a person calls it.
    pub name: String,
    /// The upload API (`POST`, PEP 694 calls it the legacy one).
    pub upload: Address,
    /// The simple API.
    pub simple: String,
    /// Whether the rules of `PyPI` hold there (warehouse): sizes, and the fortnight of a release.
    pub is_warehouse: bool,
}

impl Place {
    /// `pypi`, `testpypi`, or the URL of an upload API together with that of the simple API.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for another name, a URL alone, a URL with a password in it, and one that is neither
    /// encrypted nor of this machine.
    pub fn parse(name: &str, simple: Option<&str>) -> Result<Self> {
        let usage = |what: &str, next: &str| Error::new(ErrorKind::Usage, what).at("--index").next(next);
        let known = [
            ("pypi", "https://upload.pypi.org/legacy/", "https://pypi.org/simple/"),
            ("testpypi", "https://test.pypi.org/legacy/", "https://test.pypi.org/simple/"),
        ];
        if let Some((name, upload, theirs)) = known.into_iter().find(|(known, ..)| *known == name) {
            if simple.is_some() {
                return Err(usage(
                    "that index's simple API is known",
                    "leave --index-url away, or name the index by its URL",
                ));
            }
            let (upload, simple) = (Address::parse(upload)?, theirs.to_owned());
            return Ok(Self { name: name.to_owned(), upload, simple, is_warehouse: true });
        }
        if !name.contains("://") {
            return Err(usage("no such index", "--index pypi, --index testpypi, or --index URL --index-url URL"));
        }
        let upload = Address::parse(name)?;
        if upload.has_credentials() {
            // It would stand in the list of processes, and in the history of a shell.
            return Err(usage(
                "a password does not belong into a URL",
                "--credentials environment takes TWINE_USERNAME and TWINE_PASSWORD",
            ));
        }
        let Some(simple) = simple else {
            return Err(usage(
                "where does this index tell what it has?",
                "--index-url URL names its simple API: devpi's is …/+simple/, pypiserver's …/simple/",
            ));
        };
        for address in [&upload, &Address::parse(simple)?] {
            if !address.is_https() && !address.is_loopback() {
                let what = format!("{address} is not encrypted: whoever listens has the token");
                return Err(usage(&what, "name an https address"));
            }
        }
        Ok(Self { name: upload.to_string(), upload, simple: simple.to_owned(), is_warehouse: false })
    }

    /// An address of the exchange of tokens, at the top of the upload's host (PyPI's documentation of trusted
    /// publishing, "exchanging OIDC tokens").
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn oidc(&self, what: &str) -> Result<Address> {
        self.upload.join(&format!("/_/oidc/{what}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, simple: Option<&str>) -> String {
        Place::parse(name, simple).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn names_and_urls_are_places() {
        let pypi = Place::parse("pypi", None).unwrap();
        assert_eq!(pypi.oidc("audience").unwrap().to_string(), "https://upload.pypi.org/_/oidc/audience");
        let devpi =
            Place::parse("http://localhost:3141/root/dev/", Some("http://localhost:3141/root/dev/+simple/")).unwrap();
        assert!(!devpi.is_warehouse);
        assert!(Place::parse("http://[::1]:80/x", Some("http://127.0.0.1/simple")).is_ok());
    }

    #[test]
    fn what_would_give_a_token_away_is_refused() {
        assert!(said("http://example.org/legacy/", Some("https://example.org/simple/")).contains("not encrypted"));
        assert!(said("https://example.org/legacy/", Some("http://example.org/simple/")).contains("not encrypted"));
        assert!(said("https://me:pw@example.org/legacy/", None).contains("password"));
        assert!(said("http://localhost.example.org/", Some("http://localhost/")).contains("not encrypted"));
        assert!(said("pypi", Some("http://example.org/simple/")).contains("is known"));
        assert!(said("pypy", None).contains("no such index"));
        assert!(said("https://example.org/legacy/", None).contains("simple API"));
    }
}
