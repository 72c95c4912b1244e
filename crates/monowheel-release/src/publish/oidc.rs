//! Trusted publishing: exchanges a CI run's identity for a short-lived upload token (PyPI's documentation,
//! "trusted publishers", and warehouse `oidc/views.py`).
//!
//! `GET /_/oidc/audience` → the CI's token for that audience, by the package `id` → `POST /_/oidc/mint-token` → the
//! upload token → `POST /_/oidc/burn-token` afterwards, if the index has that.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use monowheel_error::text::brief;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{Exchange, IndexOptions, Limits};
use monowheel_system::exec::{CancelToken, last_lines};
use monowheel_system::python;
use serde_json::{Value, json};

use crate::publish::credentials::{Ambient, Secret};
use crate::publish::not_here;
use crate::publish::place::Place;

/// Time limit for the CI's identity service.
const LIMIT: Duration = Duration::from_secs(90);
/// A token with less time left than this is renewed, since an upload takes time.
const RESERVE: Duration = Duration::from_secs(300);
/// The lifetime of a token if the index does not state it (warehouse: 15 minutes).
const USUAL: Duration = Duration::from_secs(900);
/// A longer lifetime stated by an index is not plausible.
const LONGEST: Duration = Duration::from_secs(86_400);
/// Time limit for revoking a token.
const FAREWELL: Duration = Duration::from_secs(3);

/// The source of tokens.
pub(super) struct Mint<'a> {
    exchange: Exchange,
    /// For revoking a token: also after Ctrl-C, with a short time limit.
    farewell: Exchange,
    place: &'a Place,
    pub(super) ambient: &'a Ambient,
    python: &'a Path,
    stop: &'a CancelToken,
}

/// An upload token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) secret: Secret,
    minted: Instant,
    good_for: Duration,
}

impl Token {
    /// Whether it is valid for a while longer.
    pub(super) fn is_fresh(&self) -> bool {
        self.minted.elapsed() + RESERVE < self.good_for
    }

    /// Its lifetime in seconds when it was new.
    pub(super) fn seconds(&self) -> u64 {
        self.good_for.as_secs()
    }

    /// Whether it is brand-new: an index that refuses it will refuse the next one, too.
    pub(super) fn is_new(&self) -> bool {
        self.minted.elapsed() < Duration::from_secs(5)
    }
}

impl<'a> Mint<'a> {
    /// Makes no request yet.
    ///
    /// # Errors
    /// When a certificate file named in the environment cannot be used.
    pub(super) fn of(
        place: &'a Place,
        ambient: &'a Ambient,
        python: &'a Path,
        stop: &'a CancelToken,
        options: &IndexOptions,
    ) -> Result<Self> {
        let limits = Limits { connect: FAREWELL, stall: FAREWELL, ..options.limits.clone() };
        let brief = IndexOptions { stop: CancelToken::default(), limits, ..options.clone() };
        Ok(Self { exchange: Exchange::new(options)?, farewell: Exchange::new(&brief)?, place, ambient, python, stop })
    }

    /// A new token.
    ///
    /// # Errors
    /// When the index has no trusted publishing, no identity is available, or the index refuses it; each with the next
    /// step. There is no fallback.
    pub(super) fn token(&self) -> Result<Token> {
        let audience = self.audience()?;
        let identity = self.identity(&audience)?;
        let address = self.place.oidc("mint-token")?;
        let began = Instant::now();
        let reply = self.exchange.post(&address, &json!({ "token": identity.reveal() }))?;
        let document = &reply.document;
        let is_one = |token: &&str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        match document.get("token").and_then(Value::as_str).filter(is_one) {
            Some(token) if (200..300).contains(&reply.status) => {
                let good_for = document.get("expires").and_then(Value::as_u64).and_then(left).unwrap_or(USUAL);
                Ok(Token { secret: Secret::new(token), minted: began, good_for })
            }
            _ => Err(refused(reply.status, document, &identity).at(&address)),
        }
    }

    /// Revokes a token if the index supports that; a failure does not matter, since the token expires soon anyway.
    pub(super) fn burn(&self, token: &Token) {
        if let Ok(address) = self.place.oidc("burn-token") {
            let _ = self.farewell.post(&address, &json!({ "token": token.secret.reveal() }));
        }
    }

    fn audience(&self) -> Result<String> {
        let address = self.place.oidc("audience")?;
        let reply = self.exchange.get(&address)?;
        let other = "publish with --credentials environment, which uses TWINE_USERNAME and TWINE_PASSWORD, if there is no other way";
        let none = |what: &str| Error::new(ErrorKind::Usage, what).at(&address).next(other);
        match (reply.status, reply.document.get("audience").and_then(Value::as_str)) {
            (200, Some(audience)) if self.place.may_ask_for(audience) => Ok(audience.to_owned()),
            (200, Some(audience)) => {
                let audience = brief(audience);
                Err(none(&format!(
                    "the index asks for an identity that is valid for another service: audience {audience}"
                ))
                .next("do not publish there, and ask the index's administrators"))
            }
            (403, _) => Err(none("trusted publishing is disabled on this index")),
            (500.., _) => Err(Error::new(ErrorKind::Io, format!("the index answered with status {}", reply.status))
                .at(&address)
                .next("run the same command again later")),
            _ => Err(none("this index does not support trusted publishing")),
        }
    }

    fn identity(&self, audience: &str) -> Result<Secret> {
        let call = python::module(self.python, "id").arg(audience).in_empty_dir()?;
        let ended = self.ambient.tell(call).capture(LIMIT, self.stop)?;
        let token = ended.stdout.trim();
        if ended.status.success() && token != "None" && !token.is_empty() {
            return Ok(Secret::new(token));
        }
        let said = last_lines(&ended.stderr, 1);
        if ended.status.success() {
            return Err(Error::new(
                ErrorKind::Usage,
                "no OIDC identity available: not running in a supported CI system",
            )
            .next(
                "publish from GitHub Actions or GitLab CI (monowheel ci writes the workflow), try it locally with \
                 --rehearse, or use a password from the environment: --credentials environment",
            ));
        }
        if said.contains("No module named") {
            return Err(not_here("the package id", self.python));
        }
        let error = Error::new(ErrorKind::Tool, format!("could not get the identity of this CI run: {}", brief(&said)));
        Err(if said.contains("permission") {
            error.next("give the publishing job `permissions: id-token: write`; pull requests from forks never have it")
        } else {
            error.next("run the same command again; on GitLab set id_tokens: PYPI_ID_TOKEN: aud: pypi")
        })
    }
}

/// The time until an expiry in seconds since 1970, if that is plausible for a token.
fn left(expires: u64) -> Option<Duration> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    Duration::from_secs(expires).checked_sub(now).filter(|left| *left <= LONGEST)
}

/// The claims of an identity by which an index finds the publisher. None of them is a secret.
fn claims(identity: &str) -> String {
    let payload = identity.split('.').nth(1).unwrap_or_default();
    let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload.trim_end_matches('='));
    let claims: Value = decoded.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let names = [
        "iss",
        "sub",
        "repository",
        "repository_owner_id",
        "workflow_ref",
        "job_workflow_ref",
        "ref",
        "environment",
        "project_path",
        "ci_config_ref_uri",
    ];
    let said = names.iter().filter_map(|name| Some(format!("  {name}: {}", brief(claims.get(name)?.as_str()?))));
    said.collect::<Vec<_>>().join("\n")
}

/// Why the index issues no token, and the next step, for each code of warehouse's `oidc/views.py`.
fn refused(status: u16, document: &Value, identity: &Secret) -> Error {
    let claims = claims(identity.reveal());
    let hidden = |text: &str| brief(&identity.hidden("", text));
    let errors: Vec<(&str, &str)> = document
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|error| {
            let text = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
            (text("code"), text("description"))
        })
        .collect();
    let code = errors.first().map_or("", |(code, _)| *code);
    let mut said: Vec<String> =
        errors.iter().map(|(code, description)| format!("{}: {}", hidden(code), hidden(description))).collect();
    if said.is_empty() {
        let message = document.get("message").and_then(Value::as_str).unwrap_or("without a message");
        said.push(format!("status {status}, {}", hidden(message)));
    }
    let shows_claims = code.contains("publisher") && !claims.is_empty();
    let claims = if shows_claims { format!("\nthis run is\n{claims}") } else { String::new() };
    let what = format!("the index did not issue an upload token: {}{claims}", said.join("; "));
    let (kind, next) = match code {
        "not-enabled" => (
            ErrorKind::Io,
            "try again later: trusted publishing is disabled there for now, see https://status.python.org",
        ),
        "invalid-payload" => {
            (ErrorKind::Io, "check that --index is the index's upload API: it did not understand the request")
        }
        "invalid-token" => (
            ErrorKind::Io,
            "use an identity provider that the index trusts: it supports GitHub, GitLab, Google Cloud and ActiveState, and \
             an identity is valid for some minutes; then run the job again",
        ),
        "invalid-pending-publisher" => (
            ErrorKind::Usage,
            "fix the pending publisher: it must have the name of this project, and no other project \
             may have that name: https://pypi.org/manage/account/publishing/",
        ),
        "invalid-publisher" => (
            ErrorKind::Usage,
            "add a publisher that matches this run, with exactly this owner, repository, workflow file and environment, \
             at https://pypi.org/manage/project/NAME/settings/publishing/, or a pending one at \
             https://pypi.org/manage/account/publishing/ for a new project",
        ),
        "invalid-reuse-token" => {
            (ErrorKind::Io, "run the job again: an identity can be exchanged only one time (GitLab issues one per job)")
        }
        _ => (ErrorKind::Io, "run the same command again later; no password was used instead"),
    };
    Error::new(kind, what).next(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_the_index_is_explained() {
        let codes = [
            ("not-enabled", "status.python.org"),
            ("invalid-payload", "upload API"),
            ("invalid-token", "trusts"),
            ("invalid-pending-publisher", "pending publisher"),
            ("invalid-publisher", "environment"),
            ("invalid-reuse-token", "one time"),
        ];
        for (code, next) in codes {
            let document =
                json!({ "message": "Token request failed", "errors": [{ "code": code, "description": "d\u{1b}[2J" }] });
            let error = refused(422, &document, &identity());
            assert!(error.next_step().is_some_and(|said| said.contains(next)), "{code}: {error}");
            assert!(error.what().contains(code) && !error.what().contains('\u{1b}'), "{error}");
            assert_eq!(error.what().contains("repo:a/b"), code.contains("publisher"), "{error}");
        }
        assert!(refused(503, &Value::Null, &Secret::new("")).what().contains("503"));
    }

    #[test]
    fn an_identity_that_the_index_repeats_is_not_shown() {
        let description = format!("malformed: {}", identity().reveal());
        let document = json!({ "errors": [{ "code": "invalid-token", "description": description }] });
        let error = refused(422, &document, &identity());
        assert!(error.what().ends_with("malformed: …"), "{error}");
    }

    #[test]
    fn an_end_that_is_past_or_far_away_is_not_believed() {
        assert_eq!((left(5), left(u64::MAX)), (None, None));
    }

    fn identity() -> Secret {
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        Secret::new(format!("{}.{}.c2lnbmF0dXJl", encode("{}"), encode(r#"{"sub":"repo:a/b","jti":"one"}"#)))
    }

    #[test]
    fn the_claims_of_an_identity_are_told_and_its_signature_is_not() {
        assert_eq!(claims(identity().reveal()), "  sub: repo:a/b");
        assert_eq!(claims("no token"), "");
    }
}
