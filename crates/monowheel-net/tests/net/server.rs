//! A loopback HTTP server that does what a test says, well or badly.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request, as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Path and query.
    pub path: String,
    /// By name in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// How many requests for this path came, this one included.
    pub(crate) nth: usize,
}

/// What to answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) manner: Manner,
}

/// How to send the body.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Manner {
    /// With its length, and on to the next request.
    #[default]
    Well,
    /// Without its length; the end of the connection ends it.
    UntilClosed,
    /// With its whole length, but only so many bytes of it.
    Cut(usize),
    /// The same, and a reset instead of an end.
    Reset(usize),
    /// In chunks, again and again, until the client goes away.
    Endless,
    /// So many bytes, and then nothing while the connection stays.
    Stall(usize),
    /// One byte each time.
    Trickle(Duration),
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn manner(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    /// A file, or the part that is asked for, from a server that knows ranges (RFC 9110, 14).
    pub(crate) fn file(request: &Request, bytes: &[u8], etag: &str) -> Self {
        let whole = Self::new(200, bytes).header("Accept-Ranges", "bytes").header("ETag", etag);
        let condition = request.headers.get("if-range");
        let range = request.headers.get("range").filter(|_| condition.is_none_or(|condition| condition == etag));
        match range {
            None => whole,
            Some(range) => match span(range, bytes.len()) {
                Some(span) => Self::part(bytes, span).header("ETag", etag),
                None => Self::new(416, "").header("Content-Range", format!("bytes */{}", bytes.len())),
            },
        }
    }

    /// A part of a file.
    pub(crate) fn part(bytes: &[u8], span: Range<usize>) -> Self {
        let range = format!("bytes {}-{}/{}", span.start, span.end - 1, bytes.len());
        Self::new(206, &bytes[span]).header("Content-Range", range)
    }
}

/// The bytes that a `Range` header asks for.
pub(crate) fn span(range: &str, length: usize) -> Option<Range<usize>> {
    let (start, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let span = match (start, last) {
        ("", count) => length.saturating_sub(count.parse().ok()?)..length,
        (start, "") => start.parse().ok()?..length,
        (start, last) => start.parse().ok()?..length.min(last.parse::<usize>().ok()? + 1),
    };
    (span.start < span.end).then_some(span)
}

/// A server on a free port of the loopback interface; it ends with the value.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    sent: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            sent: Arc::default(),
            ended: Arc::default(),
        };
        let (seen, sent, ended) = (Arc::clone(&server.seen), Arc::clone(&server.sent), Arc::clone(&server.ended));
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                let (answer, seen, sent) = (Arc::clone(&answer), Arc::clone(&seen), Arc::clone(&sent));
                std::thread::spawn(move || while serve(&stream, &*answer, &seen, &sent).is_some() {});
            }
        });
        server
    }

    /// A server for one file under every path.
    pub(crate) fn of_file(bytes: &Arc<[u8]>) -> Self {
        let bytes = Arc::clone(bytes);
        Self::start(move |request| Reply::file(request, &bytes, "\"1\""))
    }

    /// The URL of a path here.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// The `Range` headers so far.
    pub(crate) fn ranges(&self) -> Vec<String> {
        self.seen().iter().map(|request| request.headers.get("range").cloned().unwrap_or_default()).collect()
    }

    /// How many bytes of bodies were sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// One request on a connection; `None` when it is over.
fn serve(
    stream: &TcpStream,
    answer: &dyn Fn(&Request) -> Reply,
    seen: &Mutex<Vec<Request>>,
    sent: &AtomicU64,
) -> Option<()> {
    let mut stream = stream;
    let head = head(stream)?;
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let request = {
        let mut seen = seen.lock().unwrap();
        let nth = seen.iter().filter(|request| request.path == path).count() + 1;
        let request = Request { path, headers, nth };
        seen.push(request.clone());
        request
    };
    let reply = answer(&request);
    let mut text = format!("HTTP/1.1 {} X\r\n", reply.status);
    for (name, value) in &reply.headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &match reply.manner {
        Manner::Endless => "Transfer-Encoding: chunked\r\n\r\n".to_owned(),
        Manner::UntilClosed => "Connection: close\r\n\r\n".to_owned(),
        _ => format!("Content-Length: {}\r\n\r\n", reply.body.len()),
    };
    stream.write_all(text.as_bytes()).ok()?;
    let send = move |bytes: &[u8]| {
        let mut stream = stream;
        sent.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        stream.write_all(bytes).ok()
    };
    match reply.manner {
        Manner::Well => send(&reply.body),
        Manner::UntilClosed => {
            send(&reply.body)?;
            // What is left of the request is taken, or the end of the connection is a reset.
            let _ = stream.read(&mut [0]);
            None
        }
        Manner::Cut(length) => {
            send(&reply.body[..length])?;
            let _ = stream.read(&mut [0]);
            None
        }
        Manner::Reset(length) => {
            send(&reply.body[..length])?;
            // What arrives together with a reset is lost.
            std::thread::sleep(Duration::from_millis(100));
            // The last byte of the request is still unread: closing now is a reset.
            None
        }
        Manner::Endless => loop {
            stream.write_all(format!("{:x}\r\n", reply.body.len()).as_bytes()).ok()?;
            send(&reply.body)?;
            stream.write_all(b"\r\n").ok()?;
        },
        Manner::Stall(length) => {
            send(&reply.body[..length])?;
            let mut rest = [0; 64];
            while stream.read(&mut rest).ok()? > 0 {}
            None
        }
        Manner::Trickle(pause) => {
            for byte in &reply.body {
                send(&[*byte])?;
                std::thread::sleep(pause);
            }
            Some(())
        }
    }
}

/// A request up to, not including, its last byte.
fn head(mut stream: &TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        // The byte that the last request left.
        if !(head.is_empty() && byte == *b"\n") {
            head.push(byte[0]);
        }
    }
    String::from_utf8(head).ok()
}
