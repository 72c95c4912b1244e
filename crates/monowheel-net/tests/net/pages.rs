//! Pages of an index.

use std::io::Write as _;

use super::*;

pub(super) const OTHER: &str = "demo-1.0-cp38-abi3-win_amd64.whl";
const JSON: &str = "application/vnd.pypi.simple.v1+json";

/// What the page of the project is answered with, given the hash of its file.
type Page = Box<dyn Fn(&Request, &str) -> Reply + Send + Sync>;

pub(super) fn html(prefix: &str, hash: &str) -> String {
    format!(
        "<html><body><a href=\"{prefix}{FILE}#sha256={hash}\">{FILE}</a>\n\
         <a href=\"{prefix}{OTHER}\" data-yanked=\"it fails\">{OTHER}</a>\n\
         <a href=\"{prefix}demo-1.0.tar.gz\">demo-1.0.tar.gz</a><a href=\"{prefix}demo-2.0-py3-none-any.whl\">2</a>"
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// An index of one project, whose files lie under `/f/`.
pub(super) fn index(file: &Arc<[u8]>, page: impl Fn(&Request, &str) -> Reply + Send + Sync + 'static) -> Server {
    let file = Arc::clone(file);
    Server::start(move |request| match request.path.as_str() {
        "/simple/demo/" => page(request, &sha256(&file)),
        path if path.starts_with("/f/") => Reply::file(request, &file, "\"1\""),
        _ => Reply::new(404, "nothing"),
    })
}

#[test]
fn pages_in_html_and_json_list_a_release() {
    let bytes = noise(300_000);
    let forms: [fn(&Request, &str) -> Reply; 3] = [
        |_, hash| Reply::new(200, html("../../f/", hash)).header("Content-Type", "text/html; charset=utf-8"),
        |_, hash| Reply::new(200, gzip(html("/f/", hash).as_bytes())).header("Content-Encoding", "gzip"),
        |_, hash| {
            let page = serde_json::json!({"meta": {"api-version": "1.1"}, "name": "demo", "files": [
                {"filename": OTHER, "url": format!("/f/{OTHER}"), "hashes": {}, "yanked": "it fails", "size": 300_000},
                {"filename": FILE, "url": format!("../../f/{FILE}"), "hashes": {"sha256": hash}, "size": 300_000},
                {"filename": "demo-1.0.tar.gz", "url": "x", "hashes": {}},
                {"filename": "demo-2.0-py3-none-any.whl", "url": "x", "hashes": {}}]});
            Reply::new(200, page.to_string()).header("Content-Type", JSON)
        },
    ];
    for form in forms {
        let server = index(&bytes, form);
        let offer = offer("Demo == 1.0", &indexed(&server)).unwrap();
        assert_eq!(places(&offer.subjects), [FILE, OTHER]);
        assert_eq!(offer.subjects[0].place, server.url(&format!("/f/{FILE}")));
        assert_eq!(offer.sdists, ["demo-1.0.tar.gz"]);
        assert_eq!(offer.notes, ["yanked: 1 of 2 wheels of demo==1.0: it fails"]);
        let source = (offer.subjects[0].open)().unwrap();
        assert!(source.is_remote());
        assert_eq!(all(&*source).unwrap(), *bytes);
        let asked = &server.seen()[0].headers;
        assert!(asked["accept"].starts_with(JSON));
        assert_eq!(asked["user-agent"], format!("monowheel/{}", monowheel_error::VERSION));
    }
}

#[test]
fn a_size_that_the_index_tells_is_compared() {
    let bytes = noise(300_000);
    let server = index(&bytes, |_, hash| {
        let page = serde_json::json!({"files": [
            {"filename": FILE, "url": format!("/f/{FILE}"), "hashes": {"sha256": hash}, "size": 300_001}]});
        Reply::new(200, page.to_string()).header("Content-Type", JSON)
    });
    for whole in [false, true] {
        let offer = offer("demo==1.0", &IndexOptions { whole, ..indexed(&server) }).unwrap();
        let said = said((offer.subjects[0].open)());
        assert!(said.contains("300000 bytes, expected 300001"), "{said}");
    }
}

#[test]
fn a_missing_project_release_or_wheel_is_named() {
    let bytes = noise(10);
    let server = index(&bytes, |_, hash| Reply::new(200, html("/f/", hash)));
    assert!(said(offer("nothing==1", &indexed(&server))).contains("no index has a project nothing"));
    let said_ = said(offer("demo==3", &indexed(&server)));
    assert!(said_.contains("no index has demo==3") && said_.contains("2.0, 1.0"), "{said_}");
    let server = index(&bytes, |_, _| Reply::new(200, "<a href='demo-1.0.tar.gz'>"));
    assert!(said(offer("demo==1.0", &indexed(&server))).contains("only demo-1.0.tar.gz"));
}

#[test]
fn a_busy_server_is_asked_again() {
    let bytes = noise(10);
    for status in [429, 500, 502, 503, 504] {
        let server = index(&bytes, move |request, hash| match request.nth {
            1 | 2 => Reply::new(status, "busy").header("Retry-After", "0"),
            _ => Reply::new(200, html("/f/", hash)),
        });
        assert_eq!(offer("demo==1.0", &indexed(&server)).unwrap().subjects.len(), 2);
        assert_eq!(server.seen().len(), 3);
    }
    let server = index(&bytes, |_, _| Reply::new(503, "busy"));
    assert!(said(offer("demo==1.0", &indexed(&server))).contains("503"));
    assert_eq!(server.seen().len(), 4);
    let server = index(&bytes, |_, _| Reply::new(403, "no"));
    assert!(said(offer("demo==1.0", &indexed(&server))).contains("403"));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_broken_page_is_asked_for_again() {
    let bytes = noise(10);
    for manner in [Manner::Cut(20), Manner::Reset(0), Manner::Stall(3)] {
        let server = index(&bytes, move |request, hash| {
            let reply = Reply::new(200, html("/f/", hash));
            if request.nth == 1 { reply.manner(manner) } else { reply }
        });
        assert_eq!(offer("demo==1.0", &hasty(indexed(&server))).unwrap().subjects.len(), 2, "{manner:?}");
        assert!(server.seen().len() >= 2, "{manner:?}");
    }
    let server = index(&bytes, |_, hash| {
        Reply::new(200, &gzip(html("/f/", hash).as_bytes())[..50]).header("Content-Encoding", "gzip")
    });
    assert!(said(offer("demo==1.0", &indexed(&server))).contains("interrupted"));
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn redirects_are_followed_and_circles_end() {
    let bytes = noise(10);
    let server = Server::start(move |request| match request.path.as_str() {
        "/simple/demo/" => Reply::new(301, "").header("Location", "/elsewhere/deep/demo/"),
        "/elsewhere/deep/demo/" => Reply::new(200, html("../../f/", "00")),
        path if path.starts_with("/elsewhere/f/") => Reply::new(302, "").header("Location", "/moved/x?key=1"),
        "/moved/x?key=1" => Reply::file(request, &bytes, "\"1\""),
        _ => Reply::new(302, "").header("Location", request.path.clone()),
    });
    let found = offer("demo==1.0", &indexed(&server)).unwrap();
    assert_eq!(found.subjects[0].place, server.url(&format!("/elsewhere/f/{FILE}")));
    assert_eq!((found.subjects[0].open)().unwrap().size(), 10);
    let before = server.seen().len();
    assert!(said(offer("circle==1", &indexed(&server))).contains("too many redirects"));
    assert!(server.seen().len() < before + 15);
}

#[test]
fn pages_are_bounded() {
    let bytes = noise(10);
    let limits = Limits { page: 1 << 20, ..options().limits };
    let small_bomb = gzip(&vec![b' '; 2 << 20]);
    // A gzip header, and blocks of no bytes: input without end, and no output.
    let nothing = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255][..], &[0, 0, 0, 255, 255].repeat(300_000)].concat();
    let endless: [Page; 3] = [
        Box::new(|_, _| Reply::new(200, vec![b' '; 1 << 16]).manner(Manner::Endless)),
        Box::new(move |_, _| Reply::new(200, small_bomb.clone()).header("Content-Encoding", "gzip")),
        Box::new(move |_, _| {
            Reply::new(200, nothing.clone()).header("Content-Encoding", "gzip").manner(Manner::Endless)
        }),
    ];
    for page in endless {
        let server = index(&bytes, page);
        let said = said(offer("demo==1.0", &IndexOptions { limits: limits.clone(), ..indexed(&server) }));
        assert!(said.contains("longer than 1048576 bytes"), "{said}");
        assert_eq!(server.seen().len(), 1);
        assert!(server.sent() < 30 << 20);
    }
}

#[test]
fn what_is_no_index_is_named() {
    let bytes = noise(10);
    let server = index(&bytes, |_, _| Reply::new(200, "%PDF").header("Content-Type", "application/pdf"));
    assert!(said(offer("demo==1.0", &indexed(&server))).contains("application/pdf"));
    let server = index(&bytes, |_, _| Reply::new(200, "{").header("Content-Type", JSON));
    assert!(said(offer("demo==1.0", &indexed(&server))).contains("PEP 691"));
    let server = index(&bytes, |_, _| Reply::new(200, "").header("Content-Encoding", "br"));
    assert!(said(offer("demo==1.0", &indexed(&server))).contains("Content-Encoding"));
}

#[test]
fn nobody_there_is_said_at_once() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let index_url = Some(format!("http://user:secret@127.0.0.1:{port}/simple/"));
    let said = said(offer("demo==1.0", &IndexOptions { index_url, ..options() }));
    assert!(said.contains("could not query") && said.contains("127.0.0.1"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn credentials_go_to_their_host_only_and_into_no_message() {
    let bytes = noise(300_000);
    let files = Server::of_file(&bytes);
    let elsewhere = files.url("/f/");
    let server = index(&bytes, move |request, hash| match request.headers.get("authorization") {
        // user:p@ss
        Some(basic) if basic == "Basic dXNlcjpwQHNz" => {
            let here = format!("<a href='/f/{OTHER}'></a>");
            Reply::new(200, format!("<a href='{elsewhere}{FILE}#sha256={hash}'></a>{here}"))
        }
        _ => Reply::new(401, "who?"),
    });
    assert!(said(offer("demo==1.0", &indexed(&server))).contains("https://USER:TOKEN@HOST"));
    let index_url = server.url("/simple/").replace("http://", "http://user:p%40ss@");
    let found = offer("demo==1.0", &IndexOptions { index_url: Some(index_url.clone()), ..options() }).unwrap();
    for subject in &found.subjects {
        (subject.open)().unwrap();
        assert!(!subject.place.contains("user"), "{}", subject.place);
    }
    assert!(files.seen().iter().all(|request| !request.headers.contains_key("authorization")));
    assert!(server.seen()[1..].iter().all(|request| request.headers.contains_key("authorization")));
    let said = said(offer("other==1", &IndexOptions { index_url: Some(index_url), ..options() }));
    assert!(!said.is_empty() && !said.contains("p%40ss") && !said.contains("p@ss"), "{said}");
}

#[test]
fn a_redirect_takes_no_credentials_elsewhere() {
    let bytes = noise(10);
    let thief = index(&bytes, |_, hash| Reply::new(200, html("/f/", hash)));
    let target = thief.url("/simple/demo/");
    let server = index(&bytes, move |_, _| Reply::new(302, "").header("Location", target.clone()));
    let index_url = server.url("/simple/").replace("http://", "http://user:secret@");
    offer("demo==1.0", &IndexOptions { index_url: Some(index_url), ..options() }).unwrap();
    assert!(server.seen()[0].headers.contains_key("authorization"));
    assert!(!thief.seen()[0].headers.contains_key("authorization"));
}

#[test]
fn many_releases_keep_their_order_and_the_server_its_peace() {
    let (now, most) =
        (Arc::new(std::sync::atomic::AtomicUsize::new(0)), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let order = std::sync::atomic::Ordering::SeqCst;
    let (here, peak) = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::start(move |request| {
        peak.fetch_max(here.fetch_add(1, order) + 1, order);
        std::thread::sleep(Duration::from_millis(20));
        here.fetch_sub(1, order);
        let name = request.path.split('/').nth(2).unwrap().to_owned();
        Reply::new(200, format!("<a href='{name}-1-py3-none-any.whl'>"))
    });
    let mut requirements = Requirements::default();
    (0..40).for_each(|number| requirements.add(&format!("p{number}==1")).unwrap());
    let limits = Limits { requests: 4, ..options().limits };
    let offer = subjects(&requirements, &IndexOptions { limits, ..indexed(&server) }).unwrap();
    let expected: Vec<String> = (0..40).map(|number| format!("p{number}-1-py3-none-any.whl")).collect();
    assert_eq!(places(&offer.subjects), expected);
    assert!((2..=4).contains(&most.load(order)), "{}", most.load(order));
}

#[test]
fn an_unusable_certificate_file_is_named() {
    let environment: fn(&str) -> Option<String> =
        |name| (name == "REQUESTS_CA_BUNDLE").then(|| "/no/such/file.pem".to_owned());
    let said = said(offer("demo==1.0", &IndexOptions { environment, ..options() }));
    assert!(said.contains("REQUESTS_CA_BUNDLE does not name a certificate file"), "{said}");
}
