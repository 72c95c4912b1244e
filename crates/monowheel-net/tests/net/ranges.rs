//! Files on servers that know ranges, or say so.

use super::*;

type Refuses = fn(&Request) -> bool;
/// Makes a lie of an answer about a file of these bytes.
type Lie = fn(Reply, &[u8]) -> Reply;

#[test]
fn only_what_is_read_is_fetched() {
    let bytes = noise(3 << 20);
    let server = Server::of_file(&bytes);
    let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
    assert!(source.is_remote());
    assert_eq!(source.size(), 3 << 20);
    let read = |from: usize, length: usize| {
        let mut buffer = vec![0; length];
        source.read_at(from as u64, &mut buffer).unwrap();
        assert_eq!(buffer, bytes[from..from + length], "{from}+{length}");
    };
    let end = 3 << 20;
    // The directory in small steps, a member by its header, a member as a whole.
    (0..100).for_each(|step| read(end - 65_000 + step * 46, 46));
    assert_eq!(server.ranges(), ["bytes=-65536"]);
    read(100, 30);
    read(130, 1000);
    assert_eq!(server.ranges().len(), 2);
    read(1_000_000, 1 << 20);
    assert_eq!(server.ranges()[2..], ["bytes=1000000-2048575"]);
    assert!(server.sent() < (1 << 20) + (200 << 10));
    // Across what is kept and what is not, up to the last byte.
    read(0, end);
    read(end - 70_000, 70_000);
    read(end - 1, 1);
    read(end, 0);
    assert!(source.read_at(end as u64, &mut [0]).is_err());
    assert!(source.read_at(u64::MAX, &mut [0]).is_err());
}

#[test]
fn any_read_gives_the_bytes_of_the_file() {
    let bytes = noise(900_001);
    let server = Server::of_file(&bytes);
    // A cache that forgets at once, and one that forgets nothing.
    for cache in [0, 16 << 20] {
        let limits = Limits { cache, ..options().limits };
        let source = open(&server.url(&format!("/f/{FILE}")), None, &IndexOptions { limits, ..options() }).unwrap();
        let places = noise(600);
        for place in places.chunks(3) {
            let from = usize::from(place[0]) * 3529;
            let length = (usize::from(place[1]) * usize::from(place[2]) * 5).min(bytes.len() - from);
            let mut buffer = vec![0; length];
            source.read_at(from as u64, &mut buffer).unwrap();
            assert!(buffer == bytes[from..from + length], "{from}+{length}");
        }
    }
}

#[test]
fn a_steady_reader_needs_few_requests() {
    let bytes = noise(8 << 20);
    let server = Server::of_file(&bytes);
    let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
    let mut buffer = vec![0; 32 << 10];
    for (step, expected) in bytes.chunks(32 << 10).enumerate() {
        source.read_at((step * (32 << 10)) as u64, &mut buffer).unwrap();
        assert!(buffer == expected);
    }
    assert!(server.seen().len() < 15, "{:?}", server.ranges());
}

#[test]
fn many_threads_may_read_one_file() {
    let bytes = noise(1 << 20);
    let server = Server::of_file(&bytes);
    let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (source, bytes) = (&source, &bytes);
            scope.spawn(move || {
                let mut buffer = vec![0; 10_000];
                source.read_at(thread * 100_000, &mut buffer).unwrap();
                let from = usize::try_from(thread).unwrap() * 100_000;
                assert!(buffer == bytes[from..from + 10_000]);
            });
        }
    });
}

#[test]
fn a_small_file_is_fetched_whole_and_checked() {
    let bytes = noise(50_000);
    let server = Server::of_file(&bytes);
    let url = server.url(&format!("/f/{FILE}"));
    // Its size is not known, but its tail is all of it.
    let source = open(&url, Some(&bytes), &options()).unwrap();
    assert!(!source.is_remote());
    assert_eq!(all(&*source).unwrap(), *bytes);
    assert_eq!(server.ranges(), ["bytes=-65536"]);
    assert!(said(open(&url, Some(b"other"), &options())).contains("does not have the expected SHA-256"));
}

#[test]
fn a_server_without_ranges_is_read_whole() {
    let bytes = noise(300_000);
    let refusals: [(u16, Refuses); 4] = [
        (200, |_| false),
        (416, |request| request.headers.contains_key("range")),
        (501, |request| request.headers.contains_key("range")),
        (400, |request| request.headers.contains_key("range")),
    ];
    for (status, refuses) in refusals {
        let served = Arc::clone(&bytes);
        let server = Server::start(
            move |request| {
                if refuses(request) { Reply::new(status, "no") } else { Reply::new(200, &*served) }
            },
        );
        let url = server.url(&format!("/f/{FILE}"));
        let source = open(&url, Some(&bytes), &options()).unwrap();
        assert!(!source.is_remote());
        assert_eq!(all(&*source).unwrap(), *bytes, "{status}");
        assert!(server.seen().len() <= 2, "{status}");
        assert!(
            said(open(&url, Some(b"other"), &options())).contains("does not have the expected SHA-256"),
            "{status}"
        );
    }
}

#[test]
fn a_server_that_cannot_count_from_the_end_is_asked_for_places() {
    let bytes = noise(300_000);
    let served = Arc::clone(&bytes);
    let server = Server::start(move |request| {
        let from_the_end = request.headers.get("range").is_some_and(|range| range.contains("=-"));
        let whole = Reply::new(200, &*served).header("Accept-Ranges", "bytes");
        if from_the_end { whole } else { Reply::file(request, &served, "\"1\"") }
    });
    let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
    assert!(source.is_remote());
    assert_eq!(all(&*source).unwrap(), *bytes);
}

#[test]
fn lies_about_the_first_part_lead_to_the_whole() {
    let bytes = noise(300_000);
    let lies: [fn(Reply) -> Reply; 5] = [
        |reply| reply.header("Content-Range", "bytes 0-65535/300000"),
        |reply| reply.header("Content-Range", "bytes 234464-299999/*"),
        |reply| reply.header("Content-Range", "nonsense"),
        |reply| Reply { headers: Vec::new(), ..reply },
        |reply| reply.header("Content-Encoding", "gzip"),
    ];
    for lie in lies {
        let served = Arc::clone(&bytes);
        let server = Server::start(move |request| {
            let reply = Reply::file(request, &served, "\"1\"");
            if reply.status == 206 { lie(reply) } else { reply }
        });
        let source = open(&server.url(&format!("/f/{FILE}")), Some(&bytes), &options()).unwrap();
        assert!(!source.is_remote());
        assert_eq!(all(&*source).unwrap(), *bytes);
    }
}

#[test]
fn later_lies_are_errors() {
    let bytes = noise(300_000);
    let lies: [(&str, Lie); 7] = [
        ("a different part", |_, bytes| Reply::part(bytes, 7..107)),
        ("a different part", |reply, _| reply.header("Content-Range", "bytes 0-9/300000")),
        ("a different part", |reply, _| reply.header("Content-Encoding", "gzip")),
        ("changed", |reply, _| reply.header("ETag", "\"2\"")),
        ("changed", |_, bytes| Reply::new(200, bytes)),
        ("changed", |_, bytes| Reply::part(&bytes[..200_000], 0..100)),
        ("404", |_, _| Reply::new(404, "")),
    ];
    for (expected, lie) in lies {
        let served = Arc::clone(&bytes);
        let server = Server::start(move |request| {
            let reply = Reply::file(request, &served, "\"1\"");
            if request.nth == 1 { reply } else { lie(reply, &served) }
        });
        let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
        let mut buffer = [0; 100];
        let said = said(source.read_at(0, &mut buffer));
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn a_file_that_changes_is_noticed_by_the_condition() {
    let bytes = noise(300_000);
    let served = Arc::clone(&bytes);
    let server =
        Server::start(move |request| Reply::file(request, &served, if request.nth == 1 { "\"1\"" } else { "\"2\"" }));
    let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
    assert!(said(source.read_at(0, &mut [0; 10])).contains("changed while it was read"));
    assert_eq!(server.seen()[1].headers["if-range"], "\"1\"");
}

#[test]
fn a_broken_read_goes_on_where_it_broke() {
    let bytes = noise(3 << 20);
    for manner in [Manner::Cut(500_000), Manner::Reset(500_000), Manner::Stall(500_000)] {
        let served = Arc::clone(&bytes);
        let server = Server::start(move |request| {
            let reply = Reply::file(request, &served, "\"1\"");
            if request.nth == 2 { reply.manner(manner) } else { reply }
        });
        let source = open(&server.url(&format!("/f/{FILE}")), None, &hasty(options())).unwrap();
        let mut buffer = vec![0; 2 << 20];
        source.read_at(10, &mut buffer).unwrap();
        assert!(buffer == bytes[10..10 + (2 << 20)], "{manner:?}");
        // What was on its way when the connection died may be lost.
        match manner {
            Manner::Cut(_) => assert_eq!(server.ranges()[2..], ["bytes=500010-2097161"]),
            _ => assert!(server.seen().len() > 2, "{manner:?}"),
        }
    }
}

#[test]
fn a_connection_that_always_breaks_is_given_up() {
    let bytes = noise(3 << 20);
    let served = Arc::clone(&bytes);
    let server = Server::start(move |request| {
        let reply = Reply::file(request, &served, "\"1\"");
        if request.nth == 1 { reply } else { reply.manner(Manner::Cut(1)) }
    });
    let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
    assert!(said(source.read_at(0, &mut vec![0; 1 << 20])).contains("keeps getting interrupted"));
    assert_eq!(server.seen().len(), 5);
}

#[test]
fn a_server_that_sends_crumbs_is_given_up() {
    let bytes = noise(3 << 20);
    let served = Arc::clone(&bytes);
    let server = Server::start(move |request| {
        let span = server::span(&request.headers["range"], served.len()).unwrap();
        let end = if request.nth == 1 { span.end } else { span.start + 1 };
        Reply::part(&served, span.start..end)
    });
    let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
    assert!(said(source.read_at(0, &mut vec![0; 1 << 20])).contains("keeps getting interrupted"));
    assert!(server.seen().len() < 9);
}

#[test]
fn sizes_are_bounded_and_compared() {
    let bytes = noise(300_000);
    let served = Arc::clone(&bytes);
    // A total that no file of the index has.
    let server = Server::start(move |_| {
        Reply::new(206, &served[..65_536]).header("Content-Range", "bytes 5368643584-5368709119/5368709120")
    });
    let said_ = said(open(&server.url(&format!("/f/{FILE}")), None, &options()));
    assert!(said_.contains("longer than 4294967296 bytes"), "{said_}");

    // A total of 4 GB that is not there: the reads fail, and nothing of that size is made.
    let served = Arc::clone(&bytes);
    let server = Server::start(move |request| {
        if request.nth == 1 {
            Reply::new(206, &served[..65_536]).header("Content-Range", "bytes 3999934464-3999999999/4000000000")
        } else {
            Reply::new(416, "")
        }
    });
    let source = open(&server.url(&format!("/f/{FILE}")), None, &options()).unwrap();
    assert_eq!(source.size(), 4_000_000_000);
    assert!(source.read_at(0, &mut [0; 100]).is_err());
}
