//! An sdist is fetched by its hash, and kept under it.

use std::path::Path;

use monowheel_net::{Sdist, sdist};

use super::*;

const NAME: &str = "demo-1.0.tar.gz";

/// An index with these links on demo's page, all of which lead to the same bytes.
fn index_of(links: String, bytes: &'static [u8]) -> Server {
    Server::start(move |request| match request.path.as_str() {
        "/simple/demo/" => Reply::new(200, links.clone()),
        path if path.starts_with("/f/") => Reply::new(200, bytes),
        _ => Reply::new(404, ""),
    })
}

fn link(name: &str, bytes: &[u8]) -> String {
    format!("<a href='/f/{name}#sha256={}'>", sha256(bytes))
}

fn fetched(requirement: &str, cache: &Path, server: &Server) -> Result<Sdist> {
    sdist(requirement, cache, &indexed(server))
}

#[test]
fn an_sdist_is_fetched_once_and_kept_under_its_hash() {
    let (cache, server) = (tempfile::tempdir().unwrap(), index_of(link(NAME, b"first"), b"first"));
    for _ in 0..2 {
        let found = fetched("demo==1.0", cache.path(), &server).unwrap();
        assert_eq!(found.path, cache.path().join(sha256(b"first")).join(NAME));
        assert_eq!((fs_err::read(&found.path).unwrap().as_slice(), found.sha256), (&b"first"[..], sha256(b"first")));
    }
    let files = server.seen().iter().filter(|request| request.path.starts_with("/f/")).count();
    assert_eq!(files, 1);
}

#[test]
fn another_index_never_serves_the_file_of_the_first() {
    let cache = tempfile::tempdir().unwrap();
    let first = fetched("demo==1.0", cache.path(), &index_of(link(NAME, b"first"), b"first")).unwrap();
    let second = fetched("demo==1.0", cache.path(), &index_of(link(NAME, b"second"), b"second")).unwrap();
    assert_eq!(fs_err::read(first.path).unwrap(), b"first");
    assert_eq!(fs_err::read(second.path).unwrap(), b"second");
}

#[test]
fn a_kept_file_that_was_changed_is_fetched_again() {
    let (cache, server) = (tempfile::tempdir().unwrap(), index_of(link(NAME, b"first"), b"first"));
    let path = fetched("demo==1.0", cache.path(), &server).unwrap().path;
    fs_err::write(&path, "changed").unwrap();
    let by_hash = format!("demo==1.0 --hash=sha256:{}", sha256(b"first"));
    for requirement in ["demo==1.0", &by_hash] {
        fs_err::write(&path, "changed").unwrap();
        assert_eq!(fs_err::read(fetched(requirement, cache.path(), &server).unwrap().path).unwrap(), b"first");
    }
}

#[test]
fn with_its_hash_a_kept_sdist_needs_no_index() {
    let cache = tempfile::tempdir().unwrap();
    let server = index_of(link(NAME, b"first"), b"first");
    fetched("demo==1.0", cache.path(), &server).unwrap();
    drop(server);
    let nobody = IndexOptions { index_url: Some("http://127.0.0.1:9/simple/".to_owned()), ..options() };
    let by_hash = format!("Demo==1.0.0 --hash=sha256:{}", sha256(b"first"));
    assert!(sdist(&by_hash, cache.path(), &nobody).is_ok());
    assert!(said(sdist("demo==1.0", cache.path(), &nobody)).contains("could not query"));
    // Not under another name, whatever its hash.
    let other = by_hash.replace("Demo==1.0.0", "other==1.0");
    assert!(said(sdist(&other, cache.path(), &nobody)).contains("could not query"));
}

#[test]
fn an_sdist_that_is_not_what_the_index_promises_is_refused_and_not_kept() {
    let cache = tempfile::tempdir().unwrap();
    let said_ = said(fetched("demo==1.0", cache.path(), &index_of(link(NAME, b"promised"), b"served")));
    assert!(said_.contains("does not have the expected SHA-256"), "{said_}");
    assert!(!cache.path().join(sha256(b"promised")).join(NAME).exists());
    let by_hash = format!("demo==1.0 --hash=sha256:{}", sha256(b"mine"));
    let said_ = said(fetched(&by_hash, cache.path(), &index_of(link(NAME, b"first"), b"first")));
    assert!(said_.contains("no sdist of demo==1.0 has the hash"), "{said_}");
}

#[test]
fn without_a_hash_there_is_no_sdist() {
    let (cache, server) = (tempfile::tempdir().unwrap(), index_of(format!("<a href='/f/{NAME}'>"), b"first"));
    let said_ = said(fetched("demo==1.0", cache.path(), &server));
    assert!(said_.contains("no SHA-256 of demo-1.0.tar.gz") && said_.contains("--hash=sha256:"), "{said_}");
    assert_eq!(server.seen().len(), 1);
    let by_hash = |bytes| format!("demo==1.0 --hash=sha256:{}", sha256(bytes));
    assert!(fetched(&by_hash(b"first"), cache.path(), &server).is_ok());
    assert!(said(fetched(&by_hash(b"other"), cache.path(), &server)).contains("does not have the expected SHA-256"));
}

#[test]
fn what_there_is_instead_of_an_sdist_is_named() {
    let cache = tempfile::tempdir().unwrap();
    let said = |links: String| said(fetched("demo==1.0", cache.path(), &index_of(links, b"x")));
    let wheels = said(link("demo-1.0-py3-none-any.whl", b"x"));
    assert!(wheels.contains("demo==1.0 has no sdist, only wheels") && wheels.contains("/simple/"), "{wheels}");
    let zip = said(link("demo-1.0.zip", b"x"));
    assert!(zip.contains("no .tar.gz sdist, only demo-1.0.zip"), "{zip}");
    let later = said(link("demo-1.1.tar.gz", b"x") + &link("demo-0.9.tar.gz", b"x"));
    assert!(later.contains("no index has demo==1.0") && later.contains("1.1, 0.9"), "{later}");
    assert!(said_of("nothing==1", cache.path()).contains("no index has a project nothing"));
}

fn said_of(requirement: &str, cache: &Path) -> String {
    said(fetched(requirement, cache, &index_of(String::new(), b"")))
}

#[test]
fn of_several_sdists_the_one_is_taken_that_is_not_yanked_and_named_as_pep_625_says() {
    let cache = tempfile::tempdir().unwrap();
    let pick = |requirement: &str, names: &[&str]| {
        let links: String = names.iter().map(|name| link(name.trim_end_matches('!'), b"x")).collect();
        let links = names.iter().filter(|name| name.ends_with('!')).fold(links, |links, name| {
            let name = name.trim_end_matches('!');
            links.replace(&format!("href='/f/{name}#"), &format!("data-yanked='broken' href='/f/{name}#"))
        });
        let server = Server::start(move |request| match request.path.as_str() {
            "/simple/my-demo/" => Reply::new(200, links.clone()),
            _ => Reply::new(200, "x"),
        });
        let found = fetched(requirement, cache.path(), &server).unwrap();
        (found.path.file_name().unwrap().to_str().unwrap().to_owned(), found.notes)
    };
    let name = |names: &[&str]| pick("my-demo==1.0", names).0;
    assert_eq!(name(&["my-demo-1.0.tar.gz", "my_demo-1.0.tar.gz", "my_demo-1.0.zip"]), "my_demo-1.0.tar.gz");
    assert_eq!(name(&["my_demo-1.0+local.tar.gz", "my-demo-1.0.tar.gz"]), "my-demo-1.0.tar.gz");
    assert_eq!(name(&["my_demo-1.0.tar.gz!", "my-demo-1.0.tar.gz"]), "my-demo-1.0.tar.gz");
    let (_, notes) = pick("my-demo==1.0", &["my_demo-1.0.tar.gz!"]);
    assert_eq!(notes, ["yanked: my-demo==1.0: broken"]);
    assert_eq!(pick("my-demo==1.0rc1", &["my_demo-1.0rc1.tar.gz", "my_demo-1.0.tar.gz"]).0, "my_demo-1.0rc1.tar.gz");
}

#[test]
fn an_sdist_is_bounded_and_a_broken_download_is_resumed() {
    let cache = tempfile::tempdir().unwrap();
    let bytes = noise(300_000);
    let served = Arc::clone(&bytes);
    let server = Server::start(move |request| match request.path.as_str() {
        "/simple/demo/" => Reply::new(200, format!("<a href='/f/{NAME}#sha256={}'>", sha256(&served))),
        _ if request.nth == 1 => Reply::file(request, &served, "\"1\"").manner(Manner::Cut(100_000)),
        _ => Reply::file(request, &served, "\"1\""),
    });
    let small = Limits { file: 200_000, ..options().limits };
    let said = said(sdist("demo==1.0", cache.path(), &IndexOptions { limits: small, ..indexed(&server) }));
    assert!(said.contains("longer than 200000 bytes"), "{said}");
    let found = fetched("demo==1.0", cache.path(), &server).unwrap();
    assert_eq!(fs_err::read(found.path).unwrap(), *bytes);
}
