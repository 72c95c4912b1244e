//! An index's document with a file's attestations, as defined by PEP 740 and Sigstore's bundles.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use monowheel_error::Result;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::attestation::invalid;

/// All attestations of a file.
#[derive(Deserialize)]
pub(super) struct Provenance {
    version: u64,
    pub(super) attestation_bundles: Vec<Bundle>,
}

/// The attestations of one publisher.
#[derive(Deserialize)]
pub(super) struct Bundle {
    pub(super) publisher: Map<String, Value>,
    pub(super) attestations: Vec<Attestation>,
}

#[derive(Deserialize)]
pub(super) struct Attestation {
    pub(super) version: u64,
    pub(super) verification_material: Material,
    pub(super) envelope: Envelope,
}

#[derive(Deserialize)]
pub(super) struct Material {
    /// DER.
    pub(super) certificate: Bytes,
    pub(super) transparency_entries: Vec<Entry>,
}

#[derive(Deserialize)]
pub(super) struct Envelope {
    /// JSON, as it was signed.
    pub(super) statement: Bytes,
    pub(super) signature: Bytes,
}

/// An entry of the log (`TransparencyLogEntry` of Sigstore's bundle format).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) log_index: Number,
    pub(super) log_id: LogId,
    #[serde(default)]
    pub(super) integrated_time: Option<Number>,
    #[serde(default)]
    pub(super) inclusion_promise: Option<InclusionPromise>,
    pub(super) inclusion_proof: InclusionProof,
    pub(super) canonicalized_body: Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogId {
    pub(super) key_id: Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InclusionPromise {
    pub(super) signed_entry_timestamp: Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InclusionProof {
    pub(super) log_index: Number,
    pub(super) root_hash: Bytes,
    pub(super) tree_size: Number,
    #[serde(default)]
    pub(super) hashes: Vec<Bytes>,
    pub(super) checkpoint: Checkpoint,
}

#[derive(Deserialize)]
pub(super) struct Checkpoint {
    /// A signed note.
    pub(super) envelope: String,
}

/// Bytes that are base64 in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text.trim()).map(Self).map_err(|_| D::Error::custom("not base64"))
    }
}

/// A number that is text in JSON, as protobuf writes 64-bit numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number(pub(super) u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let number = match Value::deserialize(deserializer)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        number.map(Self).ok_or_else(|| D::Error::custom("not a number"))
    }
}

impl Provenance {
    /// Reads the document.
    ///
    /// # Errors
    /// [`monowheel_error::ErrorKind::Format`] when its format or version is unknown.
    pub(super) fn read(document: &[u8]) -> Result<Self> {
        let read: Self = serde_json::from_slice(document)
            .map_err(|error| invalid(format!("not a provenance document (PEP 740): {error}")))?;
        if read.version == 1 { Ok(read) } else { Err(invalid(format!("unknown version {}", read.version))) }
    }
}
