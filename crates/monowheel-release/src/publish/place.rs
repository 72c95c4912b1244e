//! The index: its upload API, and its simple API to read its contents.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::Address;

/// An index that accepts uploads.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its display name.
    pub(crate) name: String,
    /// The upload API (`POST`, PEP 694 calls it the legacy one).
    pub(crate) upload: Address,
    /// The simple API.
    pub(crate) simple: String,
    /// Whether the rules of `PyPI` apply there (warehouse): sizes, and the upload period of a release.
    pub is_warehouse: bool,
}

impl Place {
    /// `pypi`, `testpypi`, or the URL of an upload API together with that of the simple API.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for another name, a URL without a simple API, a URL with a password, and one that is
    /// neither encrypted nor local.
    pub fn parse(name: &str, simple: Option<&str>) -> Result<Self> {
        let usage = |what: &str, next: &str| Error::new(ErrorKind::Usage, what).at("--index").next(next);
        let known = [
            ("pypi", "https://upload.pypi.org/legacy/", "https://pypi.org/simple/"),
            ("testpypi", "https://test.pypi.org/legacy/", "https://test.pypi.org/simple/"),
        ];
        let is_it = |(known, upload, _): &(&str, &str, &str)| *known == name || is_same(upload, name);
        let known = known.into_iter().find(is_it);
        if known.is_none() && !name.contains("://") {
            return Err(usage("no such index", "use --index pypi, --index testpypi, or --index URL --index-url URL"));
        }
        let upload = Address::parse(known.map_or(name, |(_, upload, _)| upload))?;
        if upload.has_credentials() {
            // It would be visible in the process list and in the shell history.
            return Err(usage(
                "the URL contains a password",
                "set TWINE_USERNAME and TWINE_PASSWORD, and pass --credentials environment",
            ));
        }
        let Some(simple) = simple.or(known.map(|(.., theirs)| theirs)) else {
            return Err(usage(
                "the simple API of this index is unknown",
                "pass it with --index-url URL: devpi's is …/+simple/, pypiserver's …/simple/",
            ));
        };
        for address in [&upload, &Address::parse(simple)?] {
            if !address.is_https() && !address.is_loopback() {
                let what = format!("{address} is not encrypted: others on the network could read the token");
                return Err(usage(&what, "use an https URL"));
            }
        }
        let called = known.map_or_else(|| upload.to_string(), |(name, ..)| name.to_owned());
        Ok(Self { name: called, upload, simple: simple.to_owned(), is_warehouse: known.is_some() })
    }

    /// Whether uploads there are public and permanent.
    pub fn is_final(&self) -> bool {
        self.name == "pypi"
    }

    /// Whether the index may ask for an identity with this audience. Anyone who has an identity can use it at the
    /// service it is for: an index gets none for `PyPI`, for Sigstore, or for a cloud (`sts.amazonaws.com`).
    pub(super) fn may_ask_for(&self, audience: &str) -> bool {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if audience.is_empty() || audience.starts_with('-') || !audience.chars().all(is_plain) {
            return false;
        }
        match audience {
            "pypi" | "testpypi" => self.name == audience,
            "sigstore" => false,
            name if name.contains('.') => self.upload.is_of(name),
            _ => true,
        }
    }

    /// A URL of the token exchange, at the root of the upload host (PyPI's documentation of trusted
    /// publishing, "exchanging OIDC tokens").
    ///
    /// # Errors
    /// When the URL is not valid.
    pub(super) fn oidc(&self, what: &str) -> Result<Address> {
        self.upload.join(&format!("/_/oidc/{what}"))
    }
}

/// Whether this is a known upload API, however its URL is written.
fn is_same(known: &str, text: &str) -> bool {
    let form = |text: &str| {
        let address = Address::parse(text).ok().filter(|address| !address.has_credentials())?;
        Some(address.request().trim_end_matches('/').to_owned())
    };
    form(text).is_some_and(|text| form(known) == Some(text))
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
        assert!(said("pypi", Some("http://example.org/simple/")).contains("not encrypted"));
        assert!(said("https://me:pw@upload.pypi.org/legacy/", None).contains("password"));
        assert!(said("pypy", None).contains("no such index"));
        assert!(said("https://example.org/legacy/", None).contains("simple API"));
    }

    #[test]
    fn an_index_that_is_named_by_its_url_has_the_same_rules() {
        for text in ["https://upload.pypi.org/legacy/", "https://UPLOAD.pypi.org/legacy"] {
            let pypi = Place::parse(text, None).unwrap();
            assert!(pypi.is_warehouse && pypi.is_final(), "{text}");
        }
        let test = Place::parse("https://test.pypi.org/legacy/", None).unwrap();
        assert!(test.is_warehouse && !test.is_final());
    }

    #[test]
    fn an_identity_for_somebody_else_is_not_asked_for() {
        let place = |name: &str| Place::parse(name, Some("https://example.org/simple/")).unwrap();
        let other = place("https://up.example.org/legacy/");
        for audience in
            ["pypi", "testpypi", "sigstore", "sts.amazonaws.com", "api://Azure", "", "-h", "a\0b", "ample.org"]
        {
            assert!(!other.may_ask_for(audience), "{audience:?}");
        }
        for audience in ["rehearsal", "up.example.org", "example.org"] {
            assert!(other.may_ask_for(audience), "{audience}");
        }
        assert!(place("pypi").may_ask_for("pypi") && !place("testpypi").may_ask_for("pypi"));
        assert!(place("testpypi").may_ask_for("testpypi"));
    }
}
