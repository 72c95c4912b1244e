//! What the client does with indexes and files on a loopback server, good ones and bad ones.
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the line it happened on")]

mod attestations;
mod audits;
mod downloads;
mod encrypted;
use monowheel_forge as forge;
mod indexes;
mod listing;
mod pages;
mod ranges;
mod sdists;
mod server;
mod sigstore;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use monowheel_audit::audit::Subject;
use monowheel_error::{Error, Result};
use monowheel_net::{IndexOptions, Limits, Offer, Requirements, served, subjects};
use monowheel_system::hash::sha256;
use monowheel_wheel::source::ReadAt;
use server::{Manner, Reply, Request, Server};

const FILE: &str = "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl";

/// No proxy and no certificates of whoever runs the tests, and short waits.
fn options() -> IndexOptions {
    let limits = Limits {
        connect: Duration::from_secs(10),
        stall: Duration::from_secs(10),
        pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(50),
        small: 0,
        ..Limits::default()
    };
    IndexOptions { environment: |_| None, limits, ..IndexOptions::default() }
}

/// The same with little patience, for servers that fall silent.
fn hasty(options: IndexOptions) -> IndexOptions {
    IndexOptions { limits: Limits { stall: Duration::from_millis(400), ..options.limits }, ..options }
}

/// `options` with the simple index of `server`.
fn indexed(server: &Server) -> IndexOptions {
    IndexOptions { index_url: Some(server.url("/simple/")), ..options() }
}

/// Bytes that differ from place to place and cannot be compressed.
fn noise(length: usize) -> Arc<[u8]> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn offer(requirement: &str, options: &IndexOptions) -> Result<Offer> {
    let mut requirements = Requirements::default();
    requirements.add(requirement)?;
    subjects(&requirements, options)
}

/// Opens the one wheel at a URL, with the hash of `bytes` if there are any.
fn open(url: &str, bytes: Option<&[u8]>, options: &IndexOptions) -> Result<Box<dyn ReadAt>> {
    let hash = bytes.map(|bytes| format!("#sha256={}", sha256(bytes))).unwrap_or_default();
    let offer = offer(&format!("{url}{hash}"), options)?;
    (offer.subjects[0].open)()
}

/// The whole of it.
fn all(source: &dyn ReadAt) -> Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(source.size()).unwrap()];
    source.read_at(0, &mut bytes).map(|()| bytes)
}

fn said<T>(result: Result<T>) -> String {
    result.err().map(|error: Error| error.to_string()).unwrap_or_default()
}

fn places(subjects: &[Subject]) -> Vec<&str> {
    subjects.iter().map(|subject| subject.place.rsplit('/').next().unwrap()).collect()
}

#[test]
fn a_lock_file_is_audited_from_disk_and_index() {
    let bytes = noise(100_000);
    let server = Server::of_file(&bytes);
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("x-1-py3-none-any.whl"), &bytes).unwrap();
    let lock = |local: &str| {
        format!(
            "lock-version = '1.0'\n[[packages]]\nname = 'demo'\nwheels = [\n\
             {{ url = '{}', size = {}, hashes = {{ sha256 = '{}' }} }},\n\
             {{ path = 'x-1-py3-none-any.whl', hashes = {{ sha256 = '{local}' }} }}]\n",
            server.url(&format!("/f/{FILE}")),
            bytes.len(),
            sha256(&bytes),
        )
    };
    let read = |text: String| -> Result<Offer> {
        let path = dir.path().join("pylock.toml");
        fs_err::write(&path, text).unwrap();
        let mut requirements = Requirements::default();
        requirements.read(Path::new(&path))?;
        subjects(&requirements, &options())
    };
    let offer = read(lock(&sha256(&bytes))).unwrap();
    assert_eq!(
        places(&offer.subjects),
        [FILE, dir.path().join("x-1-py3-none-any.whl").to_str().unwrap().rsplit('/').next().unwrap()]
    );
    for subject in &offer.subjects {
        assert_eq!(all(&*(subject.open)().unwrap()).unwrap(), *bytes);
    }
    let offer = read(lock(&"0".repeat(64))).unwrap();
    assert!(said((offer.subjects[1].open)()).contains("does not have the expected SHA-256"));
}
