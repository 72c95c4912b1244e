//! A pin that checks the publishers of its files, and detects changes.

use monowheel_release::pin::Previous;
use monowheel_release::pin::judge::Kind;

use super::*;
use crate::sigstore::{Run, Sigstore};

/// The usual index, whose files this run published.
fn published(sigstore: &Sigstore, run: &Run) -> Index {
    let index = Index::usual();
    index.change(|files| files.iter_mut().for_each(|file| publish(sigstore, run, file)));
    index
}

fn publish(sigstore: &Sigstore, run: &Run, file: &mut Served) {
    file.provenance = Some(sigstore.provenance(run, &file.name, &sha256(&file.bytes)));
}

fn trusting(sigstore: &Sigstore, options: IndexOptions) -> IndexOptions {
    IndexOptions { sigstore: Some(Arc::new(sigstore.trusted())), ..options }
}

fn request(sigstore: &Sigstore, index: &Index) -> Request {
    Request { attestations: true, index: trusting(sigstore, index.options()), ..index.request() }
}

fn checked(sigstore: &Sigstore, index: &Index, file: &Path, attestations: bool) -> Report {
    let options = trusting(sigstore, index.options());
    check(&check::Request { file: file.to_owned(), attestations, index: options, ..check::Request::default() }).unwrap()
}

fn kinds(report: &Report) -> Vec<Kind> {
    report.releases[0].findings.iter().map(|finding| finding.kind).collect()
}

#[test]
fn a_pin_with_attestations_records_who_published_it() {
    let (sigstore, run) = (Sigstore::new(), Run::of("me/demo"));
    let index = published(&sigstore, &run);
    let pinned = pin(&request(&sigstore, &index)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let [requirements, lock] = written(&pinned, dir.path());
    let text = fs_err::read_to_string(&lock).unwrap();
    let table = "[[packages.attestation-identities]]\nkind = \"GitHub\"\nrepository = \"me/demo\"\nworkflow = \"release.yml\"\n";
    assert!(text.contains(table), "{text}");
    let text = fs_err::read_to_string(&requirements).unwrap();
    let comment =
        "    # publisher of demo: {\"kind\":\"GitHub\",\"repository\":\"me/demo\",\"workflow\":\"release.yml\"}\n";
    assert!(text.contains(comment), "{text}");
    for file in [&requirements, &lock] {
        assert!(checked(&sigstore, &index, file, false).holds);
    }
}

#[test]
fn a_file_without_an_attestation_is_not_pinned() {
    let (sigstore, run) = (Sigstore::new(), Run::of("me/demo"));
    let index = published(&sigstore, &run);
    index.change(|files| files[1].provenance = None);
    let said = refusal(pin(&request(&sigstore, &index)));
    assert!(said.contains("win_amd64.whl has no attestation"), "{said}");
    // Nor is it an attestation for another file.
    index.change(|files| files[1].provenance = files[0].provenance.clone());
    let said = refusal(pin(&request(&sigstore, &index)));
    assert!(said.contains("the attestation is not valid"), "{said}");
    // Keys that are not trusted.
    index.change(|files| publish(&Sigstore::new(), &run, &mut files[1]));
    assert!(refusal(pin(&request(&sigstore, &index))).contains("its log is not Sigstore's"));
    // Attestations of an sdist that is not pinned are not needed.
    index.change(|files| {
        publish(&sigstore, &run, &mut files[1]);
        files[2].provenance = None;
    });
    assert!(pin(&request(&sigstore, &index)).is_ok());
    let said = refusal(pin(&Request { sdist: true, ..request(&sigstore, &index) }));
    assert!(said.contains("demo-1.0.tar.gz has no attestation"), "{said}");
}

#[test]
fn a_publisher_that_changed_is_an_error_until_it_is_accepted() {
    let (sigstore, dir) = (Sigstore::new(), tempfile::tempdir().unwrap());
    let index = published(&sigstore, &Run::of("me/demo"));
    let files = written(&pin(&request(&sigstore, &index)).unwrap(), dir.path());
    for change in [Run::of("thief/demo"), Run { workflow: "other.yml".to_owned(), ..Run::of("me/demo") }] {
        index.change(|files| files.iter_mut().for_each(|file| publish(&sigstore, &change, file)));
        for file in &files {
            let previous = Previous::read([file.as_path()]).unwrap();
            // The requirements of the previous pin apply, whether or not they are repeated.
            for attestations in [true, false] {
                let request = Request { attestations, previous: previous.clone(), ..request(&sigstore, &index) };
                let said = refusal(pin(&request));
                assert!(said.contains("the publisher of demo has changed"), "{said}");
                assert!(said.contains("pinned is GitHub, repository me/demo, workflow release.yml"), "{said}");
                assert!(said.contains("--accept-publisher-change"), "{said}");
                let accepted = pin(&Request { other_publisher: true, ..request }).unwrap();
                assert_eq!(accepted.releases[0].publishers[0].fields()["repository"], change.repository);
            }
            let report = checked(&sigstore, &index, file, false);
            assert_eq!(kinds(&report), [Kind::PublisherChanged]);
            assert_eq!(report.releases[0].findings[0].files.len(), 2);
        }
    }
}

#[test]
fn a_pin_that_records_publishers_is_not_pinned_again_without_them() {
    let (sigstore, dir) = (Sigstore::new(), tempfile::tempdir().unwrap());
    let index = published(&sigstore, &Run::of("me/demo"));
    let files = written(&pin(&request(&sigstore, &index)).unwrap(), dir.path());
    index.change(|files| files.iter_mut().for_each(|file| file.provenance = None));
    for file in &files {
        let previous = Previous::read([file.as_path()]).unwrap();
        let said = refusal(pin(&Request { attestations: false, previous, ..request(&sigstore, &index) }));
        assert!(said.contains("has no attestation") && said.contains("write to a new file"), "{said}");
        assert_eq!(kinds(&checked(&sigstore, &index, file, false)), [Kind::NotAttested, Kind::NotAttested]);
    }
    // A file whose recorded publishers are unclear.
    fs_err::write(&files[0], "demo==1.0 --hash=sha256:00\n# publisher of demo: me\n").unwrap();
    fs_err::write(&files[1], "[[packages.attestation-identities]]\n").unwrap();
    for file in &files {
        assert!(Previous::read([file.as_path()]).is_err());
    }
    assert!(Previous::read([dir.path().join("no such file").as_path()]).is_ok());
}

#[test]
fn a_check_can_ask_for_attestations_that_the_pin_does_not_record() {
    let (sigstore, dir) = (Sigstore::new(), tempfile::tempdir().unwrap());
    let index = published(&sigstore, &Run::of("me/demo"));
    let files = written(&index.pin().unwrap(), dir.path());
    for file in &files {
        assert!(checked(&sigstore, &index, file, true).holds);
    }
    index.change(|files| files[0].provenance = None);
    for file in &files {
        assert!(checked(&sigstore, &index, file, false).holds);
        assert_eq!(kinds(&checked(&sigstore, &index, file, true)), [Kind::NotAttested]);
    }
}

#[test]
fn wheels_on_disk_have_no_publishers() {
    let dist = dist(&[Wheel::abi3(LINUX)]);
    let request = Request { subjects: vec![dist.path().to_owned()], attestations: true, ..Request::default() };
    assert!(refusal(pin(&request)).contains("have no attestations"));
}
