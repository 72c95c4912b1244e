//! Credentials for publishing: the identity of the CI run, or on request a password from the environment.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;

/// The shortest secret that is redacted from server messages, in bytes.
const SHORTEST: usize = 4;

/// A text that is never displayed.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for a child's environment or the body of a request.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// A foreign text with the secret redacted: a server may echo it, as it is or as this user's request header
    /// (RFC 7617).
    pub(super) fn hidden(&self, user: &str, words: &str) -> String {
        let header = STANDARD_NO_PAD.encode(format!("{user}:{}", self.0));
        // A shorter one may be part of other words.
        let forms = [header.as_str(), self.0.trim()].into_iter().filter(|form| form.len() >= SHORTEST);
        forms.fold(words.to_owned(), |words, form| words.replace(form, "…"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// How an upload is authenticated.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Trusted publishing: the identity of a CI run is exchanged for a token that is valid for minutes.
    Trusted(Ambient),
    /// A user name and a password.
    Password {
        /// `__token__` for an API token.
        user: String,
        /// The password or the token.
        password: Secret,
    },
}

/// Variables with a CI run's identity, in addition to monowheel's own environment.
#[derive(Clone, Debug, Default)]
pub struct Ambient {
    variables: Vec<(String, Secret)>,
}

impl Credentials {
    /// Those of this CI run.
    #[must_use]
    pub fn trusted() -> Self {
        Self::Trusted(Ambient::default())
    }

    /// The values of `TWINE_USERNAME` and `TWINE_PASSWORD`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no password.
    pub fn environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let password = set("TWINE_PASSWORD").ok_or_else(|| {
            Error::new(ErrorKind::Usage, "TWINE_PASSWORD is not set")
                .at("TWINE_PASSWORD")
                .next("set TWINE_PASSWORD (and TWINE_USERNAME, unless it is an API token), or use trusted publishing")
        })?;
        let user = set("TWINE_USERNAME").unwrap_or_else(|| "__token__".to_owned());
        Ok(Self::Password { user, password: Secret(password) })
    }
}

impl Ambient {
    /// An identity in these variables, as in a CI.
    pub(super) fn of(variables: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { variables: variables.into_iter().map(|(name, value)| (name.to_owned(), Secret(value))).collect() }
    }

    /// Passes this identity to a child process.
    pub(super) fn tell(&self, call: Call) -> Call {
        self.variables.iter().fold(call, |call, (name, value)| call.secret(name, value.reveal()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_repeats_of_a_secret_is_left_out() {
        let secret = Secret::new("pypi-x.y");
        let header = base64::engine::general_purpose::STANDARD.encode("me:pypi-x.y");
        assert_eq!(secret.hidden("me", &format!("no: pypi-x.y, Basic {header}")), "no: …, Basic …=");
        assert_eq!(Secret::new("").hidden("", "no word is lost"), "no word is lost");
    }

    #[test]
    fn a_password_is_shown_nowhere_and_an_empty_one_is_none() {
        let of = |password: &'static str| {
            Credentials::environment(move |name| (name == "TWINE_PASSWORD").then(|| password.to_owned()))
        };
        let shown = format!("{:?}", of("pypi-secret").unwrap());
        assert!(shown.contains("__token__") && !shown.contains("pypi-secret"), "{shown}");
        assert!(of("").is_err_and(|error| error.kind() == ErrorKind::Usage));
        let ambient = Ambient::of([("PYPI_ID_TOKEN", "ey-secret".to_owned())]);
        let shown = format!("{ambient:?} {:?}", ambient.tell(Call::new("x")));
        assert!(!shown.contains("ey-secret"), "{shown}");
    }
}
