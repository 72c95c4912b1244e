//! Publishers: a trusted publisher from the index (PEP 740), compared with a certificate.

use std::collections::BTreeMap;
use std::fmt;

use monowheel_error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::attestation::certificate::{Certificate, Claim};
use crate::attestation::invalid;

/// A trusted publisher: its kind, and its fields from the index (`repository`, `workflow`, `environment`, …). The
/// environment is only the index's claim: it is not in the certificate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Publisher(BTreeMap<String, String>);

impl Publisher {
    /// The identity in a bundle. Values that are not text are left out.
    ///
    /// # Errors
    /// [`monowheel_error::ErrorKind::Format`] when it has no kind.
    pub(super) fn of(fields: &Map<String, Value>) -> Result<Self> {
        let text = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
        Self::of_fields(fields.iter().filter_map(text).collect()).ok_or_else(|| invalid("its publisher has no kind"))
    }

    /// The identity with these fields; `None` if it has no kind. The claims of a single run are not part of it.
    #[must_use]
    pub fn of_fields(mut fields: BTreeMap<String, String>) -> Option<Self> {
        fields.remove("claims");
        fields.get("kind").is_some_and(|kind| !kind.is_empty()).then_some(Self(fields))
    }

    /// Its fields, by name; `kind` is one of them.
    #[must_use]
    pub const fn fields(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    fn field(&self, name: &str) -> Result<&str> {
        let value = self.0.get(name).filter(|value| !value.is_empty());
        value.map(String::as_str).ok_or_else(|| invalid(format!("its publisher has no {name}")))
    }

    /// Checks that a certificate is for a run of this publisher, as `PyPI` does.
    ///
    /// # Errors
    /// [`monowheel_error::ErrorKind::Format`] when it is not, or the kind of publisher is unknown.
    pub(super) fn check(&self, certificate: &Certificate) -> Result<()> {
        match self.field("kind")? {
            "GitHub" => {
                let (repository, workflow) = (self.field("repository")?, self.field("workflow")?);
                let repository = format!("https://github.com/{repository}");
                let config = format!("{repository}/.github/workflows/{workflow}");
                of_run(certificate, "https://token.actions.githubusercontent.com", &repository, &config)
            }
            "GitLab" => {
                let (repository, workflow) = (self.field("repository")?, self.field("workflow_filepath")?);
                let repository = format!("https://gitlab.com/{repository}");
                of_run(certificate, "https://gitlab.com", &repository, &format!("{repository}//{workflow}"))
            }
            "Google" => {
                let email = self.field("email")?;
                is_issued_by(certificate, "https://accounts.google.com")?;
                match certificate.emails().iter().any(|theirs| theirs == email) {
                    true => Ok(()),
                    false => Err(invalid(format!("its certificate is not for {email}"))),
                }
            }
            other => Err(invalid(format!("unknown kind of publisher: {other}"))),
        }
    }
}

fn is_issued_by(certificate: &Certificate, issuer: &str) -> Result<()> {
    match certificate.claim(Claim::Issuer) {
        Some(theirs) if theirs == issuer => Ok(()),
        theirs => {
            let theirs = theirs.as_deref().unwrap_or("nobody");
            Err(invalid(format!("its certificate is for an identity of {theirs}, but the publisher's is of {issuer}")))
        }
    }
}

/// Checks for a certificate for a run of `config` in `repository`, at any commit.
fn of_run(certificate: &Certificate, issuer: &str, repository: &str, config: &str) -> Result<()> {
    is_issued_by(certificate, issuer)?;
    let theirs = certificate.claim(Claim::SourceRepository).unwrap_or_default();
    if theirs != repository {
        return Err(invalid(format!("its certificate is for {theirs}, but the publisher is {repository}")));
    }
    let run = certificate.claim(Claim::BuildConfig).unwrap_or_default();
    let at = [Claim::SourceRepositoryDigest, Claim::SourceRepositoryRef];
    let is_it = |at| certificate.claim(at).is_some_and(|at| run == format!("{config}@{at}"));
    if at.into_iter().any(is_it) {
        return Ok(());
    }
    Err(invalid(format!("its certificate is for the workflow {run}, but the publisher's is {config}")))
}

impl fmt::Display for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = |name| self.0.get(name).map_or("", String::as_str);
        write!(f, "{}", field("kind"))?;
        let rest = self.0.iter().filter(|(name, _)| *name != "kind");
        for (name, value) in rest {
            write!(f, ", {name} {value}")?;
        }
        Ok(())
    }
}
