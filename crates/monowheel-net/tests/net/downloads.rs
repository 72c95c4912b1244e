//! Files that are fetched whole.

use std::time::Instant;

use super::*;

fn whole() -> IndexOptions {
    IndexOptions { whole: true, ..options() }
}

#[test]
fn a_whole_file_is_compared_to_its_hash() {
    let bytes = noise(700_000);
    let server = Server::of_file(&bytes);
    let url = server.url(&format!("/f/{FILE}"));
    for small in [0, 1 << 20] {
        let options = IndexOptions { limits: Limits { small, ..whole().limits }, ..whole() };
        let source = open(&url, Some(&bytes), &options).unwrap();
        assert!(!source.is_remote());
        assert_eq!(all(&*source).unwrap(), *bytes);
    }
    assert_eq!(server.ranges(), ["", ""]);
    let said = said(open(&url, Some(b"other"), &whole()));
    assert!(said.contains(&sha256(&bytes)) && said.contains(&sha256(b"other")), "{said}");
}

#[test]
fn a_broken_download_goes_on_where_it_broke() {
    let bytes = noise(700_000);
    for manner in [Manner::Cut(300_000), Manner::Reset(300_000), Manner::Stall(300_000)] {
        let served = Arc::clone(&bytes);
        let server = Server::start(move |request| {
            let reply = Reply::file(request, &served, "\"1\"");
            if request.nth == 1 { reply.manner(manner) } else { reply }
        });
        let source = open(&server.url(&format!("/f/{FILE}")), Some(&bytes), &hasty(whole())).unwrap();
        assert_eq!(all(&*source).unwrap(), *bytes);
        match manner {
            Manner::Cut(_) => assert_eq!(server.ranges(), ["", "bytes=300000-"]),
            _ => assert!(server.seen().len() > 1, "{manner:?}"),
        }
    }
}

#[test]
fn a_file_that_changed_meanwhile_begins_again() {
    let (old, new) = (noise(700_000), noise(600_000));
    let served = Arc::clone(&new);
    let server = Server::start(move |request| match request.nth {
        1 => Reply::file(request, &old, "\"1\"").manner(Manner::Cut(300_000)),
        _ => Reply::file(request, &served, "\"2\""),
    });
    let source = open(&server.url(&format!("/f/{FILE}")), Some(&new), &whole()).unwrap();
    assert_eq!(all(&*source).unwrap(), *new);
}

#[test]
fn without_versions_a_broken_download_begins_again() {
    let bytes = noise(700_000);
    let served = Arc::clone(&bytes);
    let server = Server::start(move |request| {
        let reply = Reply::new(200, &*served);
        if request.nth < 3 { reply.manner(Manner::Cut(300_000)) } else { reply }
    });
    let source = open(&server.url(&format!("/f/{FILE}")), Some(&bytes), &whole()).unwrap();
    assert_eq!(all(&*source).unwrap(), *bytes);
    assert_eq!(server.ranges(), ["", "", ""]);
}

#[test]
fn a_truncated_file_is_no_file() {
    let bytes = noise(700_000);
    let served = Arc::clone(&bytes);
    let server = Server::start(move |_| Reply::new(200, &*served).manner(Manner::Cut(300_000)));
    assert!(said(open(&server.url(&format!("/f/{FILE}")), None, &whole())).contains("keeps getting interrupted"));
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn a_body_that_the_connection_ends_is_compared() {
    let bytes = noise(700_000);
    let served = Arc::clone(&bytes);
    let server = Server::start(move |_| Reply::new(200, &served[..600_000]).manner(Manner::UntilClosed));
    let url = server.url(&format!("/f/{FILE}"));
    assert!(said(open(&url, Some(&bytes), &whole())).contains("does not have the expected SHA-256"));
    let source = open(&url, Some(&bytes[..600_000]), &whole()).unwrap();
    assert_eq!(source.size(), 600_000);
}

#[test]
fn an_endless_body_is_bounded() {
    let server = Server::start(|_| Reply::new(200, noise(1 << 16).to_vec()).manner(Manner::Endless));
    let limits = Limits { file: 5 << 20, ..options().limits };
    let options = IndexOptions { limits, ..options() };
    let said = said(open(&server.url(&format!("/f/{FILE}")), None, &options));
    assert!(said.contains("longer than 5242880 bytes"), "{said}");
    // What the sockets hold comes on top.
    assert!(server.sent() < 40 << 20, "{}", server.sent());
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_length_beyond_the_bound_is_refused_at_once() {
    let server = Server::start(|_| Reply::new(200, noise(1 << 20).to_vec()));
    let limits = Limits { file: 1 << 19, ..options().limits };
    let said = said(open(&server.url(&format!("/f/{FILE}")), None, &IndexOptions { limits, ..options() }));
    assert!(said.contains("longer than 524288 bytes"), "{said}");
}

#[test]
fn a_silent_server_is_given_up_in_time() {
    let bytes = noise(100_000);
    let limits = Limits { attempts: 2, ..whole().limits };
    let options = hasty(IndexOptions { limits, ..whole() });
    let began = Instant::now();
    let served = Arc::clone(&bytes);
    let server = Server::start(move |_| Reply::new(200, &*served).manner(Manner::Stall(0)));
    assert!(!said(open(&server.url(&format!("/f/{FILE}")), None, &options)).is_empty());
    // It does not even send a head.
    let server = Server::start(|_| {
        std::thread::sleep(Duration::from_secs(2));
        Reply::new(200, "")
    });
    let said = said(open(&server.url(&format!("/f/{FILE}")), None, &options));
    assert!(said.contains("timeout"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[test]
fn a_trickle_is_given_up() {
    let bytes = noise(100_000);
    let server = Server::start(move |_| Reply::new(200, &*bytes).manner(Manner::Trickle(Duration::from_millis(20))));
    let limits = Limits { attempts: 1, slowest: 1 << 20, ..options().limits };
    let began = Instant::now();
    let options = hasty(IndexOptions { limits, ..whole() });
    let said = said(open(&server.url(&format!("/f/{FILE}")), None, &options));
    assert!(said.contains("too slow"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_compressed_file_is_refused_and_not_asked_for() {
    let bytes = noise(100_000);
    let server = Server::start(move |_| Reply::new(200, &*bytes).header("Content-Encoding", "gzip"));
    assert!(said(open(&server.url(&format!("/f/{FILE}")), None, &whole())).contains("compressed"));
    assert_eq!(server.seen()[0].headers["accept-encoding"], "identity");
}

#[test]
fn ctrl_c_ends_a_wait() {
    let server = Server::start(|_| Reply::new(503, "").header("Retry-After", "3600"));
    let limits = Limits { longest_pause: Duration::from_secs(60), ..options().limits };
    let options = IndexOptions { limits, ..whole() };
    let stop = options.stop.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        stop.set();
    });
    let began = Instant::now();
    assert_eq!(said(open(&server.url(&format!("/f/{FILE}")), None, &options)), "stopped");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn what_a_release_has_is_saved_under_its_name() {
    let bytes = noise(2_500_000);
    let page = format!(
        "<a href=\"/f/{FILE}#sha256={hash}\">{FILE}</a><a href=\"/f/demo-1.0.tar.gz#sha256={other}\">demo-1.0.tar.gz</a>",
        hash = sha256(&bytes),
        other = sha256(b"another")
    );
    let body = Arc::clone(&bytes);
    let server = Server::start(move |request| match request.path.as_str() {
        "/simple/demo/" => Reply::new(200, page.as_str()).header("Content-Type", "text/html"),
        _ => Reply::file(request, &body, "\"1\""),
    });
    let mut requirements = Requirements::default();
    requirements.add("demo==1.0").unwrap();
    let found = served(&requirements, &indexed(&server)).unwrap();
    let dir = tempfile::Builder::new().prefix("with a space").tempdir().unwrap();
    let saved = found.save(&found.wheels[0], &dir.path().join("new")).unwrap();
    assert_eq!(saved, dir.path().join("new").join(FILE));
    assert_eq!(fs_err::read(saved).unwrap(), *bytes);
    // What is not as promised never gets there.
    let error = found.save(&found.sdists[0], dir.path()).unwrap_err().to_string();
    assert!(error.contains(&sha256(&bytes)) && error.contains(&sha256(b"another")), "{error}");
    assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn an_escaped_separator_leads_to_no_other_folder() {
    let bytes = noise(10);
    let body = Arc::clone(&bytes);
    let server = Server::start(move |request| Reply::file(request, &body, "\"1\""));
    let mut requirements = Requirements::default();
    requirements.add(&server.url("/f/..%2F..%2Fx-1-py3-none-any.whl")).unwrap();
    let found = served(&requirements, &options()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let saved = found.save(&found.wheels[0], &dir.path().join("in/here")).unwrap();
    assert_eq!(saved, dir.path().join("in/here/x-1-py3-none-any.whl"));
}
