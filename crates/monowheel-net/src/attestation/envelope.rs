//! The signed content: an in-toto statement about one file, in a DSSE envelope.

use monowheel_error::Result;
use serde::Deserialize;

use crate::attestation::invalid;
use crate::attestation::model::Envelope;

/// The type of a DSSE envelope's payload.
const PAYLOAD: &str = "application/vnd.in-toto+json";
/// The type of an in-toto statement.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The predicate that the index requires of a publisher: that it publishes this file.
const PUBLISH: &str = "https://docs.pypi.org/attestations/publish/v1";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
}

#[derive(Deserialize)]
struct Subject {
    name: String,
    digest: Digest,
}

#[derive(Deserialize)]
struct Digest {
    #[serde(default)]
    sha256: Option<String>,
}

/// The signed bytes (DSSE's pre-authentication encoding).
pub(super) fn signed_bytes(envelope: &Envelope) -> Vec<u8> {
    let statement = &envelope.statement.0;
    let head = format!("DSSEv1 {} {PAYLOAD} {} ", PAYLOAD.len(), statement.len());
    [head.as_bytes(), statement].concat()
}

/// Checks that the statement is about this file and no other.
///
/// # Errors
/// [`monowheel_error::ErrorKind::Format`] when it is not.
pub(super) fn check_statement(envelope: &Envelope, file: &str, sha256: &str) -> Result<()> {
    let statement: Statement = serde_json::from_slice(&envelope.statement.0)
        .map_err(|error| invalid(format!("its statement has an unknown format: {error}")))?;
    if statement.kind != STATEMENT {
        return Err(invalid(format!("its statement has an unsupported type: {}", statement.kind)));
    }
    if statement.predicate_type != PUBLISH {
        return Err(invalid(format!("it is not about publishing the file: {}", statement.predicate_type)));
    }
    let [subject] = statement.subject.as_slice() else {
        return Err(invalid("it must be about exactly one file"));
    };
    if !is_same_name(&subject.name, file) {
        return Err(invalid(format!("it is about another file: {}", subject.name)));
    }
    match &subject.digest.sha256 {
        Some(signed) if signed.eq_ignore_ascii_case(sha256) => Ok(()),
        Some(signed) => {
            Err(invalid(format!("it is about a file with the SHA-256 {signed}, but this one has {sha256}")))
        }
        None => Err(invalid("it has no SHA-256")),
    }
}

/// Whether two names are of the same file: publishers may write `my.demo-1.0.tar.gz` for `my_demo-1.0.tar.gz`.
fn is_same_name(signed: &str, file: &str) -> bool {
    let form = |name: &str| name.to_ascii_lowercase().replace(['-', '.'], "_");
    form(signed) == form(file)
}
