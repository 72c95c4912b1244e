//! Who may publish: the CI run itself, or a password that the user put into the environment and asked for.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::exec::Call;

/// A text that nothing shows.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the one who needs it: a child's environment, or the body of a request.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Where the right to publish comes from.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Trusted publishing: the identity of a CI run is exchanged for a token that is good for minutes.
    Trusted(Ambient),
    /// A user name and a password.
    Password {
        /// `__token__` for an API token.
        user: String,
        /// The password or the token.
        password: Secret,
    },
}

/// What tells a CI run's identity, beside the environment that monowheel itself was started in.
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

    /// Those that `TWINE_USERNAME` and `TWINE_PASSWORD` hold.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no password.
    pub fn environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let password = set("TWINE_PASSWORD").ok_or_else(|| {
            Error::new(ErrorKind::Usage, "the environment holds no password")
                .at("TWINE_PASSWORD")
                .next("set TWINE_PASSWORD (and TWINE_USERNAME, unless it is an API token), or use trusted publishing")
        })?;
        let user = set("TWINE_USERNAME").unwrap_or_else(|| "__token__".to_owned());
        Ok(Self::Password { user, password: Secret(password) })
    }
}

impl Ambient {
    /// An identity that these variables tell, as a CI's would.
    pub(super) fn of(variables: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { variables: variables.into_iter().map(|(name, value)| (name.to_owned(), Secret(value))).collect() }
    }

    /// Gives a child this identity.
    pub(super) fn tell(&self, call: Call) -> Call {
        self.variables.iter().fold(call, |call, (name, value)| call.secret(name, value.reveal()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
