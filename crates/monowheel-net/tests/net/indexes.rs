//! Which of several indexes a project comes from, and which may be asked at all.

use monowheel_net::IndexStrategy;

use super::pages::{OTHER, html, index};
use super::*;

/// A private index with one wheel of demo 1.0, and a public one where somebody else has registered the name and serves
/// a wheel that installers prefer.
fn two() -> (Server, Server) {
    let bytes = noise(10);
    let private = index(&bytes, |_, _| Reply::new(200, "<a href='/f/demo-1.0-py3-none-any.whl'>"));
    let public = index(&bytes, |_, hash| Reply::new(200, html("/f/", hash)));
    (private, public)
}

fn asked(server: &Server) -> bool {
    !server.seen().is_empty()
}

fn with_extra(default: &Server, extra: &Server) -> IndexOptions {
    IndexOptions { extra_index_urls: vec![extra.url("/simple")], ..indexed(default) }
}

#[test]
fn a_project_comes_from_the_first_index_that_has_it_and_no_other_is_asked() {
    let (private, public) = two();
    let offer = offer("demo==1.0", &with_extra(&public, &private)).unwrap();
    assert_eq!(places(&offer.subjects), ["demo-1.0-py3-none-any.whl"]);
    assert!(!asked(&public));
}

#[test]
fn the_first_index_counts_also_where_it_has_no_such_release() {
    let (private, public) = two();
    let said = said(offer("demo==2.0", &with_extra(&public, &private)));
    assert!(said.contains("no index has demo==2.0"), "{said}");
    assert!(!asked(&public));
    let options = IndexOptions { strategy: Some(IndexStrategy::UnsafeFirstMatch), ..with_extra(&public, &private) };
    assert_eq!(places(&offer("demo==2.0", &options).unwrap().subjects), ["demo-2.0-py3-none-any.whl"]);
    assert_eq!(places(&offer("demo==1.0", &options).unwrap().subjects), ["demo-1.0-py3-none-any.whl"]);
}

#[test]
fn a_project_that_the_first_index_does_not_have_comes_from_the_next() {
    let bytes = noise(10);
    let empty = index(&bytes, |_, _| Reply::new(404, ""));
    let (_, public) = two();
    let offer = offer("demo==1.0", &with_extra(&public, &empty)).unwrap();
    assert_eq!(places(&offer.subjects), [FILE, OTHER]);
}

#[test]
fn an_index_that_cannot_be_asked_is_not_passed_over_for_the_next() {
    let bytes = noise(10);
    for status in [401, 403, 500] {
        let broken = index(&bytes, move |_, _| Reply::new(status, "no"));
        let (_, public) = two();
        let said = said(offer("demo==1.0", &with_extra(&public, &broken)));
        assert!(said.contains(&status.to_string()), "{said}");
        assert!(!asked(&public));
    }
}

#[test]
fn files_of_several_indexes_mix_only_when_that_is_asked_for() {
    let (private, public) = two();
    let options = IndexOptions { strategy: Some(IndexStrategy::UnsafeBestMatch), ..with_extra(&public, &private) };
    let found = offer("demo==1.0", &options).unwrap();
    assert_eq!(places(&found.subjects), [FILE, OTHER, "demo-1.0-py3-none-any.whl"]);
    // Of two files with one name, the first index's counts.
    let found = offer("demo==1.0", &IndexOptions { extra_index_urls: vec![public.url("/simple")], ..options });
    assert!(found.unwrap().subjects.iter().all(|subject| subject.place.starts_with(&public.url("/"))));
}

#[test]
fn plain_http_to_another_machine_is_refused_before_anything_is_sent() {
    let index_url = Some("http://user:s3cret@index.invalid/simple/".to_owned());
    let options = IndexOptions { index_url, ..options() };
    let refused = said(offer("demo==1.0", &options));
    assert!(refused.contains("index.invalid would be accessed without encryption"), "{refused}");
    assert!(refused.contains("--allow-insecure-host index.invalid") && !refused.contains("s3cret"), "{refused}");
    // With the opt-in it is asked, and there is no such host.
    let options = IndexOptions { insecure_hosts: vec!["index.invalid".to_owned()], ..options };
    assert!(said(offer("demo==1.0", &options)).contains("could not query"));
}

#[test]
fn a_redirect_to_plain_http_elsewhere_is_refused() {
    let bytes = noise(10);
    let server = index(&bytes, |_, _| Reply::new(302, "").header("Location", "http://index.invalid/simple/demo/"));
    let said = said(offer("demo==1.0", &indexed(&server)));
    assert!(said.contains("index.invalid would be accessed without encryption"), "{said}");
}

#[test]
fn a_file_on_plain_http_elsewhere_is_refused() {
    let bytes = noise(10);
    let server = index(&bytes, |_, hash| Reply::new(200, html("http://files.invalid/f/", hash)));
    let offer = offer("demo==1.0", &indexed(&server)).unwrap();
    let said = said((offer.subjects[0].open)());
    assert!(said.contains("files.invalid would be accessed without encryption"), "{said}");
}

#[test]
fn no_credentials_are_in_any_error_of_an_index() {
    let bytes = noise(10);
    let replies: [fn() -> Reply; 5] = [
        || Reply::new(403, "no"),
        || Reply::new(302, "").header("Location", "ftp://user:s3cret@index.invalid/"),
        || Reply::new(200, "x").header("Content-Type", "application/pdf"),
        || Reply::new(200, "{").header("Content-Type", "application/json"),
        || Reply::new(200, ""),
    ];
    for reply in replies {
        let server = index(&bytes, move |_, _| reply());
        let index_url = Some(server.url("/simple/").replace("http://", "http://user:s3cret@"));
        let options = IndexOptions { index_url, ..options() };
        for requirement in ["demo==1.0", "other==1.0"] {
            let mut requirements = Requirements::default();
            requirements.add(requirement).unwrap();
            let error = subjects(&requirements, &options).err().unwrap();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
            assert!(server.seen().iter().all(|request| request.headers.contains_key("authorization")));
        }
    }
}
