//! A real attestation against Sigstore's own keys. It is of a conda package (the crate sigstore-verify, Apache-2.0, has
//! it among its tests), and so says nothing of publication on an index; everything else is the same.

use super::*;

const GITHUB: &str = include_str!("data/github.json");

fn attestation() -> Attestation {
    serde_json::from_str(GITHUB).unwrap()
}

fn said(attestation: &Attestation) -> String {
    signed(attestation, &TrustedRoot::sigstore().unwrap()).err().map(|error| error.to_string()).unwrap_or_default()
}

fn publisher(fields: &[(&str, &str)]) -> Publisher {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    Publisher::of(&fields).unwrap()
}

#[test]
fn a_real_signature_is_valid_and_says_which_workflow_made_it() {
    let certificate = signed(&attestation(), &TrustedRoot::sigstore().unwrap()).unwrap();
    let run = certificate.claim(certificate::Claim::BuildConfig).unwrap();
    let (repository, workflow) = run.split_once("/.github/workflows/").unwrap();
    let repository = repository.strip_prefix("https://github.com/").unwrap();
    let workflow = workflow.split('@').next().unwrap();
    let of = |repository: &str, workflow: &str| {
        publisher(&[("kind", "GitHub"), ("repository", repository), ("workflow", workflow)]).check(&certificate)
    };
    assert!(of(repository, workflow).is_ok());
    for (repository, workflow) in [
        ("somebody/else", workflow),
        (&repository[1..], workflow),
        (repository, "other.yml"),
        (repository, &workflow[1..]),
        (repository, ""),
    ] {
        assert!(of(repository, workflow).is_err(), "{repository} {workflow}");
    }
    let gitlab = publisher(&[("kind", "GitLab"), ("repository", repository), ("workflow_filepath", ".gitlab-ci.yml")]);
    assert!(gitlab.check(&certificate).is_err());
    let google = publisher(&[("kind", "Google"), ("email", "x@example.org")]);
    assert!(google.check(&certificate).is_err());
    let said = publisher(&[("kind", "Other")]).check(&certificate).err().unwrap().to_string();
    assert!(said.contains("unknown kind of publisher: Other"), "{said}");
}

#[test]
fn a_real_attestation_of_something_else_is_no_publication() {
    let read = attestation();
    let (name, hash) = ("signed-package-2.1.0-hb0f4dca_0.conda", "0".repeat(64));
    let said = envelope::check_statement(&read.envelope, name, &hash).err().unwrap().to_string();
    assert!(said.contains("is not about publishing the file"), "{said}");
}

#[test]
fn every_byte_that_is_signed_counts() {
    let change = |what: &str, change: fn(&mut Attestation)| {
        let mut attestation = attestation();
        change(&mut attestation);
        assert!(!said(&attestation).is_empty(), "{what}");
    };
    assert_eq!(said(&attestation()), "");
    change("the statement", |it| it.envelope.statement.0[30] ^= 1);
    change("the signature", |it| it.envelope.signature.0[20] ^= 1);
    change("the certificate", |it| it.verification_material.certificate.0[200] ^= 1);
    change("the certificate's own signature", |it| {
        let last = it.verification_material.certificate.0.len() - 1;
        it.verification_material.certificate.0[last] ^= 1;
    });
    change("the time", |it| first(it).integrated_time = Some(model::Number(1_756_728_840)));
    change("the index", |it| first(it).log_index.0 += 1);
    change("the promise", |it| first(it).inclusion_promise.as_mut().unwrap().signed_entry_timestamp.0[20] ^= 1);
    change("no promise", |it| first(it).inclusion_promise = None);
    change("the body", |it| first(it).canonicalized_body.0[100] ^= 1);
    change("the place in the tree", |it| first(it).inclusion_proof.log_index.0 ^= 1);
    change("the tree's size", |it| first(it).inclusion_proof.tree_size.0 += 1);
    change("a hash of the tree", |it| first(it).inclusion_proof.hashes[1].0[0] ^= 1);
    change("a hash less", |it| {
        first(it).inclusion_proof.hashes.pop();
    });
    change("a hash more", |it| {
        let one = first(it).inclusion_proof.hashes[0].clone();
        first(it).inclusion_proof.hashes.push(one);
    });
    change("the root", |it| first(it).inclusion_proof.root_hash.0[0] ^= 1);
    change("the checkpoint", |it| first(it).inclusion_proof.checkpoint.envelope.insert(0, 'x'));
    change("another log", |it| first(it).log_id.key_id.0[0] ^= 1);
    change("no entry", |it| it.verification_material.transparency_entries.clear());
}

fn first(attestation: &mut Attestation) -> &mut model::Entry {
    &mut attestation.verification_material.transparency_entries[0]
}
