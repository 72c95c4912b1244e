//! One HTTP client for all threads: time limits, retries, redirects, proxies and certificates.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use ureq::config::Config;
use ureq::http::{HeaderMap, Response, header};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, Proxy};

use crate::address::Address;
use crate::answer::{Answer, Ask, Paced};
use crate::limits::Limits;
use crate::options::IndexOptions;
use crate::plaintext::InsecureHosts;
use crate::roots;
use crate::semaphore::{Permit, Semaphore};

/// The proxy variables that `ureq` reads, beside `NO_PROXY`.
const PROXIES: [&str; 6] = ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// Maximum number of redirects in a row.
const REDIRECTS: usize = 10;

/// Sends requests; one for all threads.
pub(super) struct Client {
    agent: Agent,
    /// Without a proxy, for this machine: local requests do not leave it.
    direct: Agent,
    insecure: InsecureHosts,
    pub(super) limits: Limits,
    pub(super) stop: CancelToken,
    semaphore: Arc<Semaphore>,
    /// When the next request may start.
    next: Mutex<Instant>,
}

impl Client {
    /// A client with the limits and the environment of these options.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a certificate file named in the environment cannot be used.
    pub(super) fn new(options: &IndexOptions) -> Result<Arc<Self>> {
        let IndexOptions { limits, stop, .. } = options.clone();
        let tls = roots::tls(options)?;
        let is_behind_proxy = PROXIES.iter().any(|name| options.variable(name).is_some());
        let proxy = is_behind_proxy.then(Proxy::try_from_env).flatten();
        let agent = |proxy: Option<Proxy>| Agent::new_with_config(config(&limits, tls.clone(), proxy));
        let (agent, direct) = (agent(proxy), agent(None));
        let insecure = InsecureHosts::of(options);
        let semaphore = Arc::new(Semaphore::new(limits.requests));
        let next = Mutex::new(Instant::now() + limits.interval);
        Ok(Arc::new(Self { agent, direct, insecure, limits, stop, semaphore, next }))
    }

    /// Checks that a file may be downloaded from the URL on the index's page.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when an index that is queried over TLS links to a file without TLS.
    pub(super) fn check_link(&self, page: Option<&Address>, link: &Address) -> Result<()> {
        page.map_or(Ok(()), |page| self.insecure.check_link(page, link))
    }

    /// Sends a request until the head of a response arrives. Any status is a response, except that
    /// redirects are followed, and a busy server and a broken connection are retried.
    ///
    /// # Errors
    /// When the host cannot be found or reached, redirects too often, or Ctrl-C ended the wait.
    pub(super) fn get(&self, address: &Address, ask: &Ask) -> Result<Answer> {
        let mut here = address.clone();
        for _ in 0..=REDIRECTS {
            self.insecure.check(&here)?;
            let answer = self.get_here(&here, ask)?;
            let location = answer.header(header::LOCATION).filter(|_| matches!(answer.status, 301..=303 | 307 | 308));
            let Some(location) = location else { return Ok(answer) };
            let next = here.join(location).map_err(|_| unreachable(&here, "it redirects to an invalid URL"))?;
            // A request over TLS is not redirected to a URL without TLS.
            if here.is_https() && !next.is_https() {
                return Err(unreachable(&here, "it redirects from https to http"));
            }
            here = next;
        }
        Err(unreachable(address, "too many redirects"))
    }

    fn get_here(&self, address: &Address, ask: &Ask) -> Result<Answer> {
        let mut attempt = 1;
        loop {
            self.stop.check()?;
            let permit = self.semaphore.take();
            self.stop.wait(self.turn())?;
            let may_retry = attempt < self.limits.attempts;
            let wait = match self.send(address, ask)? {
                Ok(response) if may_retry && is_busy(response.status().as_u16()) => {
                    retry_after(response.headers()).unwrap_or_else(|| self.pause(attempt))
                }
                Ok(response) => return self.answer(address.clone(), response, permit),
                Err(error) if may_retry && is_passing(&error) => self.pause(attempt),
                Err(error) => return Err(unreachable(address, &why(&error))),
            };
            drop(permit);
            self.stop.wait(wait.min(self.limits.longest_pause))?;
            attempt += 1;
        }
    }

    /// How long to wait before the next request may start, as [`Limits::interval`] demands.
    fn turn(&self) -> Duration {
        if self.limits.interval.is_zero() {
            return Duration::ZERO;
        }
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let start = now.max(*next);
        *next = start + self.limits.interval;
        start - now
    }

    /// How long to wait after this many failed attempts.
    pub(super) fn pause(&self, attempt: u32) -> Duration {
        self.limits.pause.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(self.limits.longest_pause)
    }

    fn send(&self, address: &Address, ask: &Ask) -> Result<Result<Response<Body>, ureq::Error>> {
        let coding = if ask.gzip { "gzip" } else { "identity" };
        let mut request = self.agent(address).get(address.request()).header(header::ACCEPT_ENCODING, coding);
        if let Some(accept) = ask.accept {
            request = request.header(header::ACCEPT, accept);
        }
        if let Some(authorization) = address.authorization() {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if let Some(part) = &ask.part {
            request = request.header(header::RANGE, part.header());
            if let Some(version) = &ask.version {
                request = request.header(header::IF_RANGE, version);
            }
        }
        self.stop.until(move || request.call())
    }

    /// Sends a JSON document, once. Any status is a response; redirects are not followed.
    ///
    /// # Errors
    /// When the host cannot be found or reached.
    pub(super) fn post(&self, address: &Address, json: String) -> Result<Answer> {
        self.insecure.check(address)?;
        self.stop.check()?;
        let permit = self.semaphore.take();
        let request = (self.agent(address).post(address.request()))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json");
        match self.stop.until(move || request.send(json))? {
            Ok(response) => self.answer(address.clone(), response, permit),
            Err(error) => Err(unreachable(address, &why(&error))),
        }
    }

    fn agent(&self, address: &Address) -> &Agent {
        if address.is_loopback() { &self.direct } else { &self.agent }
    }

    fn answer(&self, address: Address, response: Response<Body>, permit: Permit) -> Result<Answer> {
        let (head, body) = response.into_parts();
        let body = Paced::new(body.into_reader(), &self.limits, &self.stop)?;
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, address, body, _permit: permit })
    }
}

fn config(limits: &Limits, tls: TlsConfig, proxy: Option<Proxy>) -> Config {
    Agent::config_builder()
        .http_status_as_error(false)
        .tls_config(tls)
        .proxy(proxy)
        .user_agent(format!("monowheel/{}", monowheel_error::VERSION))
        // Redirects are followed here: only an `Address` knows which hosts may see its credentials.
        .max_redirects(0)
        .max_idle_connections_per_host(limits.requests)
        .timeout_resolve(Some(limits.connect))
        .timeout_connect(Some(limits.connect))
        .timeout_send_request(Some(limits.stall))
        .timeout_recv_response(Some(limits.stall))
        .timeout_per_read(Some(limits.stall))
        .build()
}

fn is_busy(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

fn is_passing(error: &ureq::Error) -> bool {
    use io::ErrorKind as Io;
    match error {
        ureq::Error::Timeout(_) => true,
        ureq::Error::Io(error) => matches!(
            error.kind(),
            Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe | Io::UnexpectedEof | Io::TimedOut
        ),
        _ => false,
    }
}

/// `Retry-After` in seconds; the rare form with a date is ignored.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Why a request failed, without any URL: one may contain a key.
fn why(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "no such host".to_owned(),
        ureq::Error::BadUri(_) => "invalid URL".to_owned(),
        ureq::Error::ConnectProxyFailed(_) => "the proxy refused the connection".to_owned(),
        other => other.to_string(),
    }
}

fn unreachable(address: &Address, why: &str) -> Error {
    let next = if why.contains("certificate") {
        "set your certificate authorities: SSL_CERT_FILE=/path/to/ca-certificates.crt"
    } else {
        "check the URL, the network and, behind a proxy, HTTPS_PROXY"
    };
    Error::new(ErrorKind::Io, format!("could not query the index: {why}")).at(address).next(next)
}
