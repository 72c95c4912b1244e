//! Upload credentials: a static password or a short-lived OIDC token.

use std::path::Path;

use monowheel_error::Result;
use monowheel_net::IndexOptions;
use monowheel_system::exec::CancelToken;

use crate::publish::Event;
use crate::publish::credentials::{Ambient, Credentials, Secret};
use crate::publish::oidc::{Mint, Token};
use crate::publish::place::Place;

/// The user name of every token.
const TOKEN: &str = "__token__";

/// A user name and a password, renewed when they expire.
pub(super) enum Pass<'a> {
    Password(&'a str, &'a Secret),
    Trusted { mint: Mint<'a>, token: Option<Token> },
}

impl<'a> Pass<'a> {
    /// For these credentials; makes no request yet.
    ///
    /// # Errors
    /// When a certificate file named in the environment cannot be used.
    pub(super) fn of(
        credentials: &'a Credentials,
        place: &'a Place,
        python: &'a Path,
        stop: &'a CancelToken,
        options: &IndexOptions,
    ) -> Result<Self> {
        Ok(match credentials {
            Credentials::Password { user, password } => Self::Password(user, password),
            Credentials::Trusted(ambient) => {
                Self::Trusted { mint: Mint::of(place, ambient, python, stop, options)?, token: None }
            }
        })
    }

    /// The user name and the password that are valid now.
    ///
    /// # Errors
    /// When no token can be obtained.
    pub(super) fn now(&mut self, told: &mut dyn FnMut(&Event)) -> Result<(String, Secret)> {
        match self {
            Self::Password(user, password) => Ok(((*user).to_owned(), (*password).clone())),
            Self::Trusted { mint, token } => {
                let good = match token.take() {
                    Some(good) if good.is_fresh() => good,
                    old => {
                        let new = mint.token()?;
                        if let Some(old) = old {
                            mint.burn(&old);
                        }
                        told(&Event::Token(new.seconds()));
                        new
                    }
                };
                let secret = good.secret.clone();
                *token = Some(good);
                Ok((TOKEN.to_owned(), secret))
            }
        }
    }

    /// Drops a refused token if a new one may work: it allowed an upload before, or is not brand-new.
    pub(super) fn renew(&mut self, let_in: bool) -> bool {
        let Self::Trusted { token, .. } = self else { return false };
        token.take().is_some_and(|token| let_in || !token.is_new())
    }

    /// The identity to sign attestations with.
    pub(super) fn ambient(&self) -> Option<&'a Ambient> {
        match self {
            Self::Password(..) => None,
            Self::Trusted { mint, .. } => Some(mint.ambient),
        }
    }

    /// Revokes the token.
    pub(super) fn burn(&self) {
        if let Self::Trusted { mint, token: Some(token) } = self {
            mint.burn(token);
        }
    }
}
