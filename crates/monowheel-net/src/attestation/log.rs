//! Sigstore's public log, Rekor: verifies the entry of an envelope and its certificate, and its time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use monowheel_error::Result;
use monowheel_system::hash::{hex, sha256};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::attestation::invalid;
use crate::attestation::model::{Entry, Envelope, InclusionProof};
use crate::attestation::trust::{LogKey, TrustedRoot};

/// The body of an entry (`dsse`, 0.0.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    api_version: String,
    kind: String,
    spec: Spec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    payload_hash: Hash,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Hash {
    algorithm: String,
    value: String,
}

#[derive(Deserialize)]
struct Signature {
    signature: String,
    /// The certificate as PEM, in base64.
    verifier: String,
}

/// Checks that the log has an entry for this envelope and certificate; returns its time in seconds since 1970.
///
/// # Errors
/// [`monowheel_error::ErrorKind::Format`] when any part of it does not match the log's signatures.
pub(super) fn check(entry: &Entry, envelope: &Envelope, certificate: &[u8], trust: &TrustedRoot) -> Result<u64> {
    let key = trust.log(&entry.log_id.key_id.0).ok_or_else(|| invalid("its log is not Sigstore's"))?;
    check_body(&entry.canonicalized_body.0, envelope, certificate)?;
    let time = check_promise(entry, key)?;
    check_inclusion(&entry.canonicalized_body.0, &entry.inclusion_proof)?;
    check_checkpoint(&entry.inclusion_proof, key)?;
    Ok(time)
}

/// Checks that the entry is for exactly this signature (CVE-2022-36056).
fn check_body(body: &[u8], envelope: &Envelope, certificate: &[u8]) -> Result<()> {
    let body: Body = serde_json::from_slice(body)
        .map_err(|error| invalid(format!("the log entry has an unknown format: {error}")))?;
    if (body.kind.as_str(), body.api_version.as_str()) != ("dsse", "0.0.1") {
        return Err(invalid(format!("the log entry has an unsupported kind: {} {}", body.kind, body.api_version)));
    }
    let hash = &body.spec.payload_hash;
    let [signature] = body.spec.signatures.as_slice() else {
        return Err(invalid("the log entry needs exactly one signature"));
    };
    let is_same = hash.algorithm == "sha256"
        && hash.value == sha256(&envelope.statement.0)
        && STANDARD.decode(&signature.signature).is_ok_and(|signature| signature == envelope.signature.0)
        && of_pem(&signature.verifier).is_some_and(|theirs| theirs == certificate);
    if is_same { Ok(()) } else { Err(invalid("the log entry is for a different signature")) }
}

/// The certificate in base64-encoded PEM.
fn of_pem(verifier: &str) -> Option<Vec<u8>> {
    let pem = String::from_utf8(STANDARD.decode(verifier).ok()?).ok()?;
    let inner = pem.trim().strip_prefix("-----BEGIN CERTIFICATE-----")?.strip_suffix("-----END CERTIFICATE-----")?;
    STANDARD.decode(inner.split_ascii_whitespace().collect::<String>()).ok()
}

/// The log's signature over the entry and its time.
fn check_promise(entry: &Entry, key: &LogKey) -> Result<u64> {
    let (Some(time), Some(promise)) = (entry.integrated_time, &entry.inclusion_promise) else {
        return Err(invalid("its log entry has no signed time; other times (Rekor v2) are not supported"));
    };
    let signed = format!(
        "{{\"body\":\"{}\",\"integratedTime\":{},\"logID\":\"{}\",\"logIndex\":{}}}",
        STANDARD.encode(&entry.canonicalized_body.0),
        time.0,
        hex(&entry.log_id.key_id.0),
        entry.log_index.0
    );
    if !key.is_valid_at(time.0) || !key.has_signed(signed.as_bytes(), &promise.signed_entry_timestamp.0) {
        return Err(invalid("the signature of the log entry's time is not valid"));
    }
    Ok(time.0)
}

/// Checks that the entry is in the tree with this root (RFC 9162, 2.1.3.2).
fn check_inclusion(body: &[u8], proof: &InclusionProof) -> Result<()> {
    let node = |left: &[u8], right: &[u8]| Sha256::new().chain_update([1]).chain_update(left).chain_update(right);
    let (mut index, mut last) = (proof.log_index.0, proof.tree_size.0.wrapping_sub(1));
    let not_there = || invalid("the entry is not in the log's tree");
    if index >= proof.tree_size.0 {
        return Err(not_there());
    }
    let mut hash = Sha256::new().chain_update([0]).chain_update(body).finalize();
    for sibling in &proof.hashes {
        if last == 0 {
            return Err(not_there());
        }
        if index % 2 == 1 || index == last {
            hash = node(&sibling.0, &hash).finalize();
            while index % 2 == 0 && index != 0 {
                index >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, &sibling.0).finalize();
        }
        index >>= 1;
        last >>= 1;
    }
    if last == 0 && *hash == *proof.root_hash.0 { Ok(()) } else { Err(not_there()) }
}

/// Checks that the log signed the root, as the note `ORIGIN\nSIZE\nROOT\n…\n\n— NAME SIGNATURE\n`.
fn check_checkpoint(proof: &InclusionProof, key: &LogKey) -> Result<()> {
    let unsigned = || invalid("the signature of the log's tree root is not valid");
    let (text, signatures) = proof.checkpoint.envelope.split_once("\n\n").ok_or_else(unsigned)?;
    let text = format!("{text}\n");
    let mut lines = text.lines().skip(1);
    let size = lines.next().and_then(|size| size.parse().ok());
    let root = lines.next().and_then(|root| STANDARD.decode(root).ok());
    if size != Some(proof.tree_size.0) || root.as_ref() != Some(&proof.root_hash.0) {
        return Err(invalid("the log signed a different tree"));
    }
    let is_ours = |line: &str| {
        let signature = line.strip_prefix("\u{2014} ").and_then(|line| line.split_once(' '));
        let signature = signature.and_then(|(_, signature)| STANDARD.decode(signature.trim()).ok());
        // The first bytes identify the key.
        signature.is_some_and(|signature| {
            signature
                .split_at_checked(4)
                .is_some_and(|(hint, signature)| key.id.starts_with(hint) && key.has_signed(text.as_bytes(), signature))
        })
    };
    if signatures.lines().take(16).any(is_ours) { Ok(()) } else { Err(unsigned()) }
}
