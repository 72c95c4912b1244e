//! Listings of many projects, and files that another machine found.

use std::time::Instant;

use monowheel_net::{Address, RemoteFile, listing, subjects_at};

use super::*;

/// An index with two versions of `demo`, and with a project that it cannot show.
fn index() -> Server {
    Server::start(|request| match request.path.as_str() {
        "/simple/demo/" => Reply::new(
            200,
            "<a href='/f/demo-1.0-py3-none-any.whl'><a href='/f/demo-2.0-py3-none-any.whl'><a href='/f/demo-2.0.tar.gz'>",
        ),
        "/simple/broken/" => Reply::new(403, "no"),
        _ => Reply::new(404, ""),
    })
}

fn names(files: &[RemoteFile]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn a_project_that_cannot_be_listed_does_not_end_the_listing() {
    let server = index();
    let mut requirements = Requirements::default();
    requirements.add("demo==1.0").unwrap();
    requirements.add("gone==1.0").unwrap();
    let projects = ["Demo".to_owned(), "broken".to_owned(), "absent".to_owned()];
    let found = listing(&requirements, &projects, &indexed(&server)).unwrap();
    let both = ["demo-1.0-py3-none-any.whl", "demo-2.0-py3-none-any.whl"];
    assert_eq!(names(&found.wheels), [&both[..1], &both].concat());
    assert_eq!(names(&found.sdists), ["demo-2.0.tar.gz"]);
    let failed: Vec<&str> = found.failures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(failed, ["gone==1.0", "broken", "absent"]);
    assert!(found.failures[1].1.to_string().contains("403"), "{}", found.failures[1].1);
}

#[test]
fn every_version_comes_from_the_first_index_that_has_the_project() {
    let (first, second) = (index(), index());
    let options = IndexOptions { extra_index_urls: vec![first.url("/simple/")], ..indexed(&second) };
    let found = listing(&Requirements::default(), &["demo".to_owned()], &options).unwrap();
    assert!(found.wheels.iter().all(|file| file.address.request().starts_with(&first.url("/"))));
    assert!(second.seen().is_empty());
}

#[test]
fn credentials_are_sent_to_the_server_of_the_index_only() {
    let bytes = noise(100);
    let (ours, other) = (Server::of_file(&bytes), Server::of_file(&bytes));
    let with_login = ours.url("/simple/").replace("http://", "http://me:s3cret@");
    let options = IndexOptions { index_url: Some(with_login), ..options() };
    let file = |server: &Server| RemoteFile::at(Address::parse(&server.url(&format!("/{FILE}"))).unwrap());
    for subject in subjects_at(vec![file(&ours), file(&other)], &options).unwrap() {
        assert_eq!((subject.open)().unwrap().size(), 100);
    }
    assert!(ours.seen().iter().all(|request| request.headers.contains_key("authorization")));
    assert!(!other.seen().is_empty());
    assert!(other.seen().iter().all(|request| !request.headers.contains_key("authorization")));
}

#[test]
fn a_file_without_a_hash_is_downloaded_completely() {
    let bytes = noise(300_000);
    let server = Server::of_file(&bytes);
    let file = RemoteFile::at(Address::parse(&server.url(&format!("/{FILE}"))).unwrap());
    let known = RemoteFile { sha256: Some(sha256(&bytes)), ..file.clone() };
    let subjects = subjects_at(vec![file, known], &options()).unwrap();
    assert!(!(subjects[0].open)().unwrap().is_remote());
    assert!((subjects[1].open)().unwrap().is_remote());
}

#[test]
fn requests_are_no_closer_than_the_interval() {
    let server = index();
    let interval = Duration::from_millis(40);
    let options = indexed(&server);
    let options = IndexOptions { limits: Limits { interval, ..options.limits }, ..options };
    let began = Instant::now();
    let projects: Vec<String> = (0..5).map(|number| format!("p{number}")).collect();
    listing(&Requirements::default(), &projects, &options).unwrap();
    assert_eq!(server.seen().len(), 5);
    assert!(began.elapsed() >= interval * 5);
}
