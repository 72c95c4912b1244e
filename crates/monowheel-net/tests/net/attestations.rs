//! Who published a file: attestations of an instance of Sigstore that the test runs, good ones and forged ones.

use monowheel_net::attestation::{Publisher, publishers};
use serde_json::{Value, json};

use super::sigstore::{Run, Sigstore};
use super::*;

fn check(sigstore: &Sigstore, provenance: &Value) -> Result<Vec<Publisher>> {
    publishers(provenance.to_string().as_bytes(), FILE, &sha256(b"wheel"), &sigstore.trusted())
}

fn refused(sigstore: &Sigstore, provenance: &Value) -> String {
    said(check(sigstore, provenance))
}

fn good(sigstore: &Sigstore, run: &Run) -> Value {
    sigstore.provenance(run, FILE, &sha256(b"wheel"))
}

#[test]
fn a_valid_attestation_says_who_published_the_file() {
    let (sigstore, run) = (Sigstore::new(), Run::of("me/demo"));
    let found = check(&sigstore, &good(&sigstore, &run)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].to_string(), "GitHub, repository me/demo, workflow release.yml");
}

#[test]
fn an_attestation_of_other_bytes_or_another_file_is_not_valid() {
    let (sigstore, run) = (Sigstore::new(), Run::of("me/demo"));
    let other = sigstore.provenance(&run, FILE, &sha256(b"other"));
    assert!(refused(&sigstore, &other).contains("a file with the SHA-256"));
    let other = sigstore.provenance(&run, "demo-2.0-py3-none-any.whl", &sha256(b"wheel"));
    assert!(refused(&sigstore, &other).contains("about another file: demo-2.0"));
    let build = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [{"name": FILE, "digest": {"sha256": sha256(b"wheel")}}],
    });
    let mut provenance = good(&sigstore, &run);
    provenance["attestation_bundles"][0]["attestations"][0] = sigstore.signed(&run, &build);
    assert!(refused(&sigstore, &provenance).contains("not about publishing"));
}

#[test]
fn an_index_that_names_another_publisher_than_the_certificate_is_not_believed() {
    let (sigstore, run) = (Sigstore::new(), Run::of("thief/demo"));
    let mut provenance = good(&sigstore, &run);
    provenance["attestation_bundles"][0]["publisher"] = Run::of("me/demo").publisher();
    let said = refused(&sigstore, &provenance);
    assert!(said.contains("is for https://github.com/thief/demo") && said.contains("me/demo"), "{said}");
    let mut run = Run::of("me/demo");
    run.workflow = "anything.yml".to_owned();
    let mut provenance = good(&sigstore, &run);
    provenance["attestation_bundles"][0]["publisher"] = Run::of("me/demo").publisher();
    assert!(refused(&sigstore, &provenance).contains("anything.yml"));
    // A CI of somebody's own whose tokens have the same words.
    let run = Run { issuer: "https://ci.example", ..Run::of("me/demo") };
    assert!(refused(&sigstore, &good(&sigstore, &run)).contains("an identity of https://ci.example"));
}

#[test]
fn a_certificate_has_to_be_of_sigstore_for_code_and_valid_when_it_signed() {
    let (sigstore, run) = (Sigstore::new(), Run::of("me/demo"));
    assert!(refused(&Sigstore::new(), &good(&sigstore, &run)).contains("its log is not Sigstore's"));
    for run in [Run { is_for_code: false, ..run.clone() }, Run { year: 2025, ..run.clone() }, Run { year: 2027, ..run }]
    {
        let said = refused(&sigstore, &good(&sigstore, &run));
        assert!(said.contains("is not from Sigstore, or was not valid"), "{run:?}: {said}");
    }
}

#[test]
fn a_certificate_has_to_be_in_the_public_log_of_certificates() {
    let (sigstore, run) = (Sigstore::new(), Run { is_logged: false, ..Run::of("me/demo") });
    assert!(refused(&sigstore, &good(&sigstore, &run)).contains("not in the certificate transparency log"));
}

#[test]
fn what_is_signed_once_cannot_be_put_together_anew() {
    let (sigstore, run) = (Sigstore::new(), Run::of("me/demo"));
    let (one, two) = (good(&sigstore, &run), good(&sigstore, &run));
    for part in ["/verification_material/certificate", "/verification_material/transparency_entries", "/envelope"] {
        let path = format!("/attestation_bundles/0/attestations/0{part}");
        let mut mixed = one.clone();
        *mixed.pointer_mut(&path).unwrap() = two.pointer(&path).unwrap().clone();
        assert!(refused(&sigstore, &mixed).contains("for a different signature"), "{part}");
    }
}

#[test]
fn a_document_of_another_form_is_refused() {
    let sigstore = Sigstore::new();
    for document in ["", "{", "[]", "null", r#"{"version": 1}"#, r#"{"version": 1, "attestation_bundles": [1]}"#] {
        let said = said(publishers(document.as_bytes(), FILE, &sha256(b"wheel"), &sigstore.trusted()));
        assert!(said.contains("not a provenance document (PEP 740)"), "{document}: {said}");
    }
    let said = refused(&sigstore, &json!({"version": 2, "attestation_bundles": []}));
    assert!(said.contains("unknown version 2"), "{said}");
    assert!(refused(&sigstore, &json!({"version": 1, "attestation_bundles": []})).contains("no attestation in it"));
    let bundle = json!({"publisher": {}, "attestations": []});
    let said = refused(&sigstore, &json!({"version": 1, "attestation_bundles": [bundle]}));
    assert!(said.contains("has no kind"), "{said}");
}
