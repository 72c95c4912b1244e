//! Addresses of an index and its files: `http` and `https` URLs (RFC 3986), with the credentials kept apart.
//!
//! No displayed form (`Display`, `Debug`, a finding's place, an error) contains a user name or a password.

use std::fmt;

use base64::Engine as _;
use monowheel_error::{Error, ErrorKind, Result};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Characters that indexes write into URLs although RFC 3986 forbids them: spaces, quotes, non-ASCII.
const STRAY: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// An absolute `http` or `https` URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    scheme: &'static str,
    authority: String,
    path: String,
    query: Option<String>,
    fragment: Option<String>,
    credentials: Option<String>,
}

impl Address {
    /// Parses an absolute URL; `user:password@` before the host are its credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is not a URL, or has another scheme.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refused(text, "not a URL"))?;
        let scheme = known_scheme(scheme).ok_or_else(|| refused(text, "neither http nor https"))?;
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (credentials, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo.to_owned()), host),
            None => (None, authority),
        };
        let of_a_host = |c: char| c.is_ascii_alphanumeric() || "-._~%:[]".contains(c);
        let (name, port) = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).unwrap_or((host, ""));
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        if name.is_empty() || !is_port || !host.chars().all(of_a_host) {
            return Err(refused(text, "URL without a host name"));
        }
        let (path, query, fragment) = parts(rest);
        Ok(Self {
            scheme,
            authority: host.to_ascii_lowercase(),
            path: without_dots(&format!("/{}", path.strip_prefix('/').unwrap_or(path))),
            query,
            fragment,
            credentials: credentials.filter(|userinfo| !userinfo.is_empty()),
        })
    }

    /// Resolves `reference` against this URL (RFC 3986, 5.2). The credentials are kept as long as
    /// scheme, host and port stay the same.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the result is not an `http` or `https` URL.
    pub fn join(&self, reference: &str) -> Result<Self> {
        let reference = reference.trim();
        let joined = if has_scheme(reference) {
            Self::parse(reference)?
        } else if reference.starts_with("//") {
            Self::parse(&format!("{}:{reference}", self.scheme))?
        } else {
            let (path, query, fragment) = parts(reference);
            let (path, query) = match path {
                "" => (self.path.clone(), query.or_else(|| self.query.clone())),
                rooted if rooted.starts_with('/') => (without_dots(rooted), query),
                _ => {
                    let folder = self.path.rfind('/').map_or("/", |end| self.path.get(..=end).unwrap_or("/"));
                    (without_dots(&format!("{folder}{path}")), query)
                }
            };
            Self { path: encoded(&path), query, fragment, ..self.clone() }
        };
        let inherits = joined.credentials.is_none() && joined.same_origin(self);
        Ok(if inherits { Self { credentials: self.credentials.clone(), ..joined } } else { joined })
    }

    /// The project's page of the simple index here; `project` is a normalized name.
    #[must_use]
    pub(crate) fn project(&self, project: &str) -> Self {
        let path = format!("{}/{}/", self.path.trim_end_matches('/'), encoded(project));
        Self { path, fragment: None, ..self.clone() }
    }

    /// The URL to request: without credentials and fragment.
    #[must_use]
    pub fn request(&self) -> String {
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}://{}{}{query}", self.scheme, self.authority, self.path)
    }

    /// The `Authorization` header for its credentials (RFC 7617).
    #[must_use]
    pub(crate) fn authorization(&self) -> Option<String> {
        let (user, password) = self.credentials.as_ref().map(|both| both.split_once(':').unwrap_or((both, "")))?;
        let mut plain: Vec<u8> = percent_decode_str(user).collect();
        plain.push(b':');
        plain.extend(percent_decode_str(password));
        Some(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(plain)))
    }

    /// The last part of the path, decoded.
    #[must_use]
    pub(crate) fn file_name(&self) -> String {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        percent_decode_str(last).decode_utf8_lossy().into_owned()
    }

    /// The value of `name` in the fragment (`#sha256=…&egg=…`).
    #[must_use]
    pub(crate) fn fragment(&self, name: &str) -> Option<&str> {
        let pairs = self.fragment.as_deref()?.split('&');
        pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The place of the file `file` at this address in findings: no credentials, no query, and the file's
    /// own name last.
    #[must_use]
    pub(crate) fn place(&self, file: &str) -> String {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{}://{}{folder}/{file}", self.scheme, self.authority)
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether it is on this machine, where nobody else can read the traffic.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let ip = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        host == "localhost" || ip.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether its host is this one or a subdomain: `upload.pypi.org` is in `pypi.org`.
    #[must_use]
    pub fn is_of(&self, host: &str) -> bool {
        self.host().strip_suffix(host).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }

    /// Whether `named`, as `HOST` or `HOST:PORT`, is its host.
    #[must_use]
    pub(crate) fn has_host(&self, named: &str) -> bool {
        let port = if self.is_https() { "443" } else { "80" };
        let is_default = || self.host() == self.authority && named == format!("{}:{port}", self.authority);
        named == self.host() || named == self.authority || is_default()
    }

    /// Its host, with the port if it has one.
    #[must_use]
    pub(crate) fn host_and_port(&self) -> &str {
        &self.authority
    }

    /// Its host without a port.
    pub(crate) fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    /// Whether it contains a user name or a password.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// With the credentials of the first of `known` on the same server, unless it has its own.
    #[must_use]
    pub(crate) fn with_credentials_of(self, known: &[Self]) -> Self {
        if self.has_credentials() {
            return self;
        }
        let theirs = known.iter().find(|known| known.has_credentials() && known.same_origin(&self));
        Self { credentials: theirs.and_then(|known| known.credentials.clone()), ..self }
    }

    /// With a user name and a password.
    #[must_use]
    pub(crate) fn with_login(self, user: &str, password: &str) -> Self {
        let plain = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        Self { credentials: Some(format!("{}:{}", plain(user), plain(password))), ..self }
    }

    fn same_origin(&self, other: &Self) -> bool {
        (self.scheme, &self.authority) == (other.scheme, &other.authority)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the query either: a signed download link contains its key there.
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

fn known_scheme(scheme: &str) -> Option<&'static str> {
    ["https", "http"].into_iter().find(|known| known.eq_ignore_ascii_case(scheme))
}

/// Whether text begins with a scheme of RFC 3986, 3.1.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// Path, query and fragment.
fn parts(text: &str) -> (&str, Option<String>, Option<String>) {
    let (text, fragment) = text.split_once('#').map_or((text, None), |(text, fragment)| (text, Some(fragment)));
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    (path, query.map(encoded), fragment.map(str::to_owned))
}

/// `remove_dot_segments` of RFC 3986, 5.2.4, on a path that begins with `/`.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    encoded(&format!("/{}", kept.join("/")))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, STRAY).to_string()
}

fn refused(text: &str, why: &str) -> Error {
    // The part before an `@` may be a password; without one, anything after a colon that is not a port.
    let shown = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    let (scheme, rest) = shown.split_once("://").unwrap_or(("", shown));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_port = |(_, port): (&str, &str)| port.bytes().all(|byte| byte.is_ascii_digit());
    let hides = authority.rsplit_once(':').is_some_and(|both| !is_port(both) && !authority.ends_with(']'));
    let shown = if hides { format!("{scheme}://…") } else { shown.to_owned() };
    Error::new(ErrorKind::Usage, format!("{why}: {shown}")).next("write the index as https://HOST/simple/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_rfc_3986_says() -> Result<()> {
        // The examples of 5.4.1 and 5.4.2 that stay within http.
        let base = Address::parse("http://a/b/c/d;p?q")?;
        for (reference, expected) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("http://x/../y", "http://x/y"),
        ] {
            assert_eq!(base.join(reference)?.request(), expected, "{reference}");
        }
        Ok(())
    }

    #[test]
    fn credentials_stay_with_their_host_and_are_never_shown() -> Result<()> {
        let index = Address::parse("https://user:p%40ss@Example.org:8443/simple")?;
        assert_eq!(index.authorization().as_deref(), Some("Basic dXNlcjpwQHNz"));
        assert_eq!(index.join("../x.whl")?.authorization(), index.authorization());
        assert_eq!(index.join("https://example.org:8443/x.whl")?.authorization(), index.authorization());
        for elsewhere in ["https://files.example.org/x.whl", "https://example.org/x", "http://example.org:8443/x"] {
            assert_eq!(index.join(elsewhere)?.authorization(), None, "{elsewhere}");
        }
        for shown in [index.to_string(), format!("{index:?}"), index.request(), index.place("x.whl")] {
            assert!(!shown.contains("p%40ss") && !shown.contains("user"), "{shown}");
        }
        Ok(())
    }

    #[test]
    fn a_refusal_shows_no_password() {
        for text in [
            "ftp://user:secret@host/",
            "https://user:secret@/simple",
            "user:secret@host",
            "https://user:secret/x@host/",
            "https://user:secret",
            "https://user:secret/simple/",
            "user:secret",
        ] {
            let said = Address::parse(text).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(!said.is_empty() && !said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn names_hashes_and_pages() -> Result<()> {
        let index = Address::parse("https://pypi.org/simple")?;
        assert_eq!(index.project("nh3").request(), "https://pypi.org/simple/nh3/");
        let file = index.join("/p/torch-2%2Bcu1-x y.whl?sign=key#sha256=ab&egg=c")?;
        assert_eq!(file.file_name(), "torch-2+cu1-x y.whl");
        assert_eq!(file.fragment("sha256"), Some("ab"));
        assert_eq!(file.request(), "https://pypi.org/p/torch-2%2Bcu1-x%20y.whl?sign=key");
        assert_eq!(file.place(&file.file_name()), "https://pypi.org/p/torch-2+cu1-x y.whl");
        assert!(!file.to_string().contains("key"));
        Ok(())
    }
}
