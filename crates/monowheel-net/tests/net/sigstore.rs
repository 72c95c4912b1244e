//! An instance of Sigstore for tests: an authority, a log, and runs of a CI that sign with their certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use monowheel_net::attestation::TrustedRoot;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PublicKeyData as _, SanType, SigningKey as _, date_time_ymd,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// When everything is signed: noon of 1 January 2026.
const TIME: u64 = 1_767_268_800;
/// The extension with what the log of certificates signed.
const TIMESTAMPS: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];

pub(crate) struct Sigstore {
    issuer: Issuer<'static, KeyPair>,
    root: Vec<u8>,
    log: KeyPair,
    certificate_log: KeyPair,
}

/// A run of a workflow on GitHub, or of somebody else with the same words.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) issuer: &'static str,
    pub(crate) repository: String,
    pub(crate) workflow: String,
    pub(crate) is_for_code: bool,
    pub(crate) is_logged: bool,
    pub(crate) year: i32,
}

impl Run {
    pub(crate) fn of(repository: &str) -> Self {
        Self {
            issuer: "https://token.actions.githubusercontent.com",
            repository: repository.to_owned(),
            workflow: "release.yml".to_owned(),
            is_for_code: true,
            is_logged: true,
            year: 2026,
        }
    }

    /// As an index names it.
    pub(crate) fn publisher(&self) -> Value {
        json!({"kind": "GitHub", "repository": self.repository, "workflow": self.workflow, "environment": null})
    }
}

impl Sigstore {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap().der().to_vec();
        let (log, certificate_log) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        Self { issuer: Issuer::new(params, key), root, log, certificate_log }
    }

    /// Its keys, as a client knows them.
    pub(crate) fn trusted(&self) -> TrustedRoot {
        let valid = json!({"start": "2020-01-01T00:00:00Z"});
        let log = |key: &KeyPair| {
            json!({
                "publicKey": {
                    "rawBytes": STANDARD.encode(key.subject_public_key_info()),
                    "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": valid,
                },
                "logId": {"keyId": STANDARD.encode(key_id(key))},
            })
        };
        let form = json!({
            "tlogs": [log(&self.log)],
            "ctlogs": [log(&self.certificate_log)],
            "certificateAuthorities": [{
                "certChain": {"certificates": [{"rawBytes": STANDARD.encode(&self.root)}]}, "validFor": valid,
            }],
        });
        TrustedRoot::parse(&form.to_string()).unwrap()
    }

    fn log_id(&self) -> [u8; 32] {
        key_id(&self.log)
    }

    fn certificate(&self, run: &Run, key: &KeyPair) -> Vec<u8> {
        let repository = format!("https://github.com/{}", run.repository);
        let config = format!("{repository}/.github/workflows/{}@refs/tags/v1", run.workflow);
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.subject_alt_names = vec![SanType::URI(config.clone().try_into().unwrap())];
        params.not_before = date_time_ymd(run.year, 1, 1);
        params.not_after = date_time_ymd(run.year, 1, 2);
        if run.is_for_code {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        }
        let claims = [(8, run.issuer), (12, &repository), (14, "refs/tags/v1"), (18, &config)];
        params.custom_extensions = claims
            .map(|(number, text)| {
                let length = text.len();
                let head = if length < 128 { vec![0x0c, length as u8] } else { vec![0x0c, 0x81, length as u8] };
                let content = [head, text.as_bytes().to_vec()].concat();
                CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 57264, 1, number], content)
            })
            .to_vec();
        params.serial_number = Some(42_u64.into());
        if run.is_logged {
            let before = params.signed_by(key, &self.issuer).unwrap();
            let timestamp = self.certificate_timestamp(&to_be_signed(before.der()));
            params.custom_extensions.push(CustomExtension::from_oid_content(TIMESTAMPS, timestamp));
        }
        params.signed_by(key, &self.issuer).unwrap().der().to_vec()
    }

    /// What the log of certificates signs before a certificate is issued (RFC 6962, 3.2), as an extension.
    fn certificate_timestamp(&self, to_be_signed: &[u8]) -> Vec<u8> {
        let time = (TIME * 1000).to_be_bytes();
        let issuer = key_id(self.issuer.key());
        let length = (to_be_signed.len() as u32).to_be_bytes();
        let signed = [&[0, 0], &time[..], &[0, 1], &issuer, &length[1..], to_be_signed, &[0, 0]].concat();
        let signature = self.certificate_log.sign(&signed).unwrap();
        let with_length = |bytes: &[u8]| [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat();
        let log = key_id(&self.certificate_log);
        let timestamp = [&[0], &log[..], &time, &[0, 0], &[4, 3], &with_length(&signature)].concat();
        let list = with_length(&with_length(&timestamp));
        match u8::try_from(list.len()).unwrap() {
            short @ 0..128 => [&[4, short], &list[..]].concat(),
            long => [&[4, 0x81, long], &list[..]].concat(),
        }
    }

    /// What a run says of a file that it publishes.
    pub(crate) fn attestation(&self, run: &Run, file: &str, sha256: &str) -> Value {
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": file, "digest": {"sha256": sha256}}],
            "predicateType": "https://docs.pypi.org/attestations/publish/v1",
            "predicate": null,
        });
        self.signed(run, &statement)
    }

    /// A statement, signed by a run and entered into the log as the second of three entries.
    pub(crate) fn signed(&self, run: &Run, statement: &Value) -> Value {
        let key = KeyPair::generate().unwrap();
        let certificate = self.certificate(run, &key);
        let statement = statement.to_string();
        let payload = "application/vnd.in-toto+json";
        let signature =
            key.sign(format!("DSSEv1 {} {payload} {} {statement}", payload.len(), statement.len()).as_bytes()).unwrap();
        let pem =
            format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(&certificate));
        let body = json!({"apiVersion": "0.0.1", "kind": "dsse", "spec": {
            "payloadHash": {"algorithm": "sha256", "value": hex(&Sha256::digest(&statement))},
            "signatures": [{"signature": STANDARD.encode(&signature), "verifier": STANDARD.encode(pem)}],
        }})
        .to_string();
        json!({
            "version": 1,
            "verification_material": {
                "certificate": STANDARD.encode(&certificate),
                "transparency_entries": [self.entry(body.as_bytes())],
            },
            "envelope": {"statement": STANDARD.encode(&statement), "signature": STANDARD.encode(&signature)},
        })
    }

    fn entry(&self, body: &[u8]) -> Value {
        let leaf = |body: &[u8]| Sha256::digest([&[0], body].concat());
        let node = |left: &[u8], right: &[u8]| Sha256::digest([&[1], left, right].concat());
        let (first, last) = (leaf(b"first"), leaf(b"last"));
        let root = STANDARD.encode(node(&node(&first, &leaf(body)), &last));
        let note = format!("log.example - 1\n3\n{root}\n");
        let hint = &self.log_id()[..4];
        let signed = STANDARD.encode([hint, &self.log.sign(note.as_bytes()).unwrap()].concat());
        let body = STANDARD.encode(body);
        let promise = format!(
            "{{\"body\":\"{body}\",\"integratedTime\":{TIME},\"logID\":\"{}\",\"logIndex\":7}}",
            hex(&self.log_id())
        );
        json!({
            "logIndex": "7",
            "logId": {"keyId": STANDARD.encode(self.log_id())},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": TIME.to_string(),
            "inclusionPromise": {
                "signedEntryTimestamp": STANDARD.encode(self.log.sign(promise.as_bytes()).unwrap()),
            },
            "inclusionProof": {
                "logIndex": "1", "treeSize": "3", "rootHash": root,
                "hashes": [STANDARD.encode(first), STANDARD.encode(last)],
                "checkpoint": {"envelope": format!("{note}\n\u{2014} log.example {signed}\n")},
            },
            "canonicalizedBody": body,
        })
    }

    /// The document that an index has of a file which this run published.
    pub(crate) fn provenance(&self, run: &Run, file: &str, sha256: &str) -> Value {
        let bundle = json!({"publisher": run.publisher(), "attestations": [self.attestation(run, file, sha256)]});
        json!({"version": 1, "attestation_bundles": [bundle]})
    }
}

/// SHA-256 of a key.
fn key_id(key: &KeyPair) -> [u8; 32] {
    Sha256::digest(key.subject_public_key_info()).into()
}

/// The first part of a certificate (`SEQUENCE { tbsCertificate SEQUENCE …`), whose lengths take two bytes each.
fn to_be_signed(certificate: &[u8]) -> Vec<u8> {
    let inner = &certificate[4..];
    assert_eq!((certificate[1], inner[1]), (0x82, 0x82));
    inner[..4 + usize::from(u16::from_be_bytes([inner[2], inner[3]]))].to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
