//! A quick check whether a server can be reached, to decide whether to download at all.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use monowheel_system::threads;

use crate::indexes::Indexes;
use crate::options::IndexOptions;
use crate::requirements::Requirements;

/// The variables that name a proxy for https.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Whether a connection to the server of `url`, or to its proxy, can be opened in this time. Nothing is sent.
/// A `file:` URL needs no connection.
#[must_use]
pub fn is_reachable(url: &str, limit: Duration) -> bool {
    if url.starts_with("file:") {
        return true;
    }
    let proxy = PROXIES.iter().find_map(|name| std::env::var(name).ok().filter(|proxy| !proxy.is_empty()));
    let Some((host, port)) = host_and_port(proxy.as_deref().unwrap_or(url)) else { return false };
    let (sender, done) = channel();
    // A resolver cannot be interrupted: its thread is left behind until it gives up.
    let work = move || {
        let start = Instant::now();
        let addresses = (host.as_str(), port).to_socket_addrs().into_iter().flatten();
        let is_open = addresses.into_iter().any(|address| {
            let left = limit.saturating_sub(start.elapsed());
            !left.is_zero() && TcpStream::connect_timeout(&address, left).is_ok()
        });
        // The receiver is gone if it took too long.
        let _ = sender.send(is_open);
    };
    threads::spawn(work).is_ok() && done.recv_timeout(limit).unwrap_or(false)
}

/// Whether a connection to one of the indexes can be opened, each in this time.
#[must_use]
pub fn is_index_reachable(options: &IndexOptions, limit: Duration) -> bool {
    let indexes = Indexes::of(&Requirements::default(), options).map(|indexes| indexes.shown()).unwrap_or_default();
    indexes.iter().any(|url| is_reachable(url, limit))
}

/// The host of a URL, and its port.
fn host_and_port(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?;
    let usual = match scheme {
        "https" => 443,
        "socks5" | "socks5h" | "socks4" => 1080,
        _ => 80,
    };
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return Some((host.to_owned(), rest.strip_prefix(':').map_or(Some(usual), |port| port.parse().ok())?));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, usual),
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn the_host_and_the_port_of_a_url() {
        for (url, found) in [
            ("https://static.rust-lang.org", Some(("static.rust-lang.org", 443))),
            ("http://user:pass@mirror.example:8080/rust?x", Some(("mirror.example", 8080))),
            ("https://[::1]:9/x", Some(("::1", 9))),
            ("proxy.example:3128", Some(("proxy.example", 3128))),
            ("https://:443", None),
            ("https://x:port", None),
        ] {
            assert_eq!(host_and_port(url), found.map(|(host, port)| (host.to_owned(), port)), "{url}");
        }
    }

    #[test]
    fn a_server_is_reached_and_a_closed_port_is_not() -> std::io::Result<()> {
        let server = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", server.local_addr()?);
        let limit = Duration::from_secs(5);
        if PROXIES.iter().all(|name| std::env::var_os(name).is_none()) {
            assert!(is_reachable(&url, limit));
            drop(server);
            assert!(!is_reachable(&url, limit));
        }
        assert!(is_reachable("file:///srv/rust", limit) && !is_reachable("https://", limit));
        Ok(())
    }
}
