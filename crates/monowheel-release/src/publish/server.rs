//! The rehearsal's index: a child process that ends with the value.

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use monowheel_error::text::brief;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use monowheel_system::python;
use monowheel_system::threads;
use serde::Deserialize;

/// How long it may take to start: it imports many packages.
const LIMIT: Duration = Duration::from_secs(60);

/// A running index.
#[derive(Debug)]
pub(super) struct Server {
    /// Its base URL, without a final slash.
    pub(super) url: String,
    /// The token that its CI identity service requires.
    pub(super) identity: String,
    halt: CancelToken,
    thread: Option<JoinHandle<()>>,
}

#[derive(Deserialize)]
struct Where {
    url: String,
    identity: String,
}

impl Server {
    /// Starts it for a directory, with or without a fault.
    ///
    /// # Errors
    /// [`ErrorKind::Toolchain`] when its packages are not installed.
    pub(super) fn start(python: &Path, folder: &Path, fault: Option<&str>, stop: &CancelToken) -> Result<Self> {
        let mut call = python::module(python, "monowheel.rehearsal").args(["serve", "."]).dir(folder);
        if let Some(fault) = fault {
            call = call.args(["--fault", fault]);
        }
        let halt = stop.below();
        let (sender, lines) = mpsc::channel::<String>();
        let halted = halt.clone();
        let thread = threads::spawn(move || {
            let _ = call.logged(&mut std::io::sink(), &halted, &mut |line| {
                let _ = sender.send(line.to_owned());
            });
        })?;
        let mut server = Self { url: String::new(), identity: String::new(), halt, thread: Some(thread) };
        let began = Instant::now();
        let mut said: Vec<String> = Vec::new();
        while began.elapsed() < LIMIT {
            stop.check()?;
            match lines.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => {
                    if let Ok(place) = serde_json::from_str::<Where>(&line) {
                        (server.url, server.identity) = (place.url, place.identity);
                        return Ok(server);
                    }
                    said.push(line);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        let last = said.last().map_or_else(|| "without a message".to_owned(), |line| brief(line));
        Err(Error::new(ErrorKind::Toolchain, format!("the rehearsal's index did not start: {last}"))
            .at(python.display())
            .next("pip install 'monowheel[release]' (its packages need CPython 3.10 or later)"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.halt.set();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
