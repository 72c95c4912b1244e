//! A FIFO, a device or a directory in place of each file that a command reads: it is refused at once, and not waited
//! for. Nobody writes into these FIFOs, so a command that waits would wait forever.
#![cfg(unix)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use monowheel_forge::wheel::Wheel;

use crate::said::{Ended, ran};

/// So long that no machine is too slow.
const FOR_EVER: Duration = Duration::from_secs(60);

fn fifo(path: &Path) {
    rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).unwrap();
}

/// The output of a command for such a file; it must not wait.
#[track_caller]
fn ended(words: &[&str], path: &Path) -> Ended {
    let argv: Vec<OsString> = words
        .iter()
        .map(|word| if *word == "FILE" { path.as_os_str().to_owned() } else { OsString::from(word) })
        .collect();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || send.send(ran(&argv)));
    receive.recv_timeout(FOR_EVER).unwrap_or_else(|_| panic!("{words:?} waits for {}", path.display()))
}

#[track_caller]
fn refused(words: &[&str], path: &Path) -> Ended {
    let ended = ended(words, path);
    assert_ne!(ended.code, 0, "{words:?}: {}{}", ended.out, ended.err);
    ended
}

#[track_caller]
fn says(words: &[&str], path: &Path, what: &str) {
    let Ended { out, err, .. } = refused(words, path);
    let said = format!("{out}{err}");
    assert!(said.contains(what) && said.contains("only regular files are read"), "{words:?}: {said}");
}

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn fifo(&self, name: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fifo(&path);
        path
    }

    fn wheel(&self) -> String {
        let wheel = Wheel::abi3("manylinux_2_17_x86_64");
        let path = self.dir.path().join(&wheel.file);
        fs_err::write(&path, wheel.bytes()).unwrap();
        path.display().to_string()
    }
}

#[test]
fn a_fifo_in_the_place_of_a_wheel() {
    let place = Place::new();
    let beside = Place::new();
    let other = beside.wheel();
    let wheel = place.fifo("demo-1.0-cp38-abi3-linux_x86_64.whl");
    says(&["audit", "FILE"], &wheel, "is a FIFO");
    says(&["compare", "FILE", &other], &wheel, "is a FIFO");
    says(&["compare", &other, "FILE"], &wheel, "is a FIFO");
    refused(&["test", "FILE"], &wheel);
    // In a directory too.
    says(&["audit", "FILE"], place.dir.path(), "is a FIFO");
}

#[test]
fn a_device_in_the_place_of_a_wheel() {
    let place = Place::new();
    for (name, to) in [("zero.whl", "/dev/zero"), ("stdin.whl", "/dev/stdin"), ("null.whl", "/dev/null")] {
        let path = place.dir.path().join(name);
        fs_err::os::unix::fs::symlink(to, &path).unwrap();
        let Ended { out, err, .. } = refused(&["audit", "FILE"], &path);
        // Standard input of a test may be a regular file.
        let is_refused = format!("{out}{err}").contains("only regular files are read");
        assert!(is_refused || to == "/dev/stdin", "{to}: {out}{err}");
    }
}

#[test]
fn a_fifo_in_the_place_of_an_sdist() {
    let place = Place::new();
    let sdist = place.fifo("demo-1.0.tar.gz");
    for command in ["plan", "build"] {
        says(&[command, "FILE"], &sdist, "is a FIFO");
    }
    says(&["compare", "FILE", "FILE"], &sdist, "is a FIFO");
    let plain = place.fifo("demo");
    refused(&["plan", "FILE"], &plain);
}

#[test]
fn a_fifo_in_the_place_of_a_requirements_or_lock_file() {
    let place = Place::new();
    for name in ["requirements.txt", "pylock.toml"] {
        let file = place.fifo(name);
        says(&["pin", "--check", "FILE"], &file, "is a FIFO");
        says(&["audit", "-r", "FILE"], &file, "is a FIFO");
    }
    let nested = place.dir.path().join("outer.txt");
    fs_err::write(&nested, "-r requirements.txt\n").unwrap();
    says(&["audit", "-r", "FILE"], &nested, "is a FIFO");
}

#[test]
fn a_fifo_in_the_place_of_a_configuration() {
    let place = Place::new();
    let wheel = place.wheel();
    let config = place.fifo("pyproject.toml");
    says(&["audit", "--config", "FILE", &wheel], &config, "is a FIFO");
    for command in [&["plan", "FILE"][..], &["build", "FILE"], &["release", "check", "FILE"]] {
        says(command, place.dir.path(), "is a FIFO");
    }
}

#[test]
fn a_fifo_in_the_place_of_a_manifest_or_a_source() {
    let place = Place::new();
    fifo(&place.dir.path().join("Cargo.toml"));
    refused(&["lint", "FILE"], place.dir.path());
    place.fifo("lib.rs");
    let ended = refused(&["lint", "--fail-on", "warning", "FILE"], place.dir.path());
    assert!(ended.out.contains("it is not a regular file"), "{}{}", ended.out, ended.err);
}

#[test]
fn a_fifo_in_the_place_of_a_test_report() {
    let place = Place::new();
    place.wheel();
    place.fifo(monowheel_audit::test_report::FILE);
    // The wheel is audited without it.
    let Ended { out, err, .. } = ended(&["audit", "FILE"], place.dir.path());
    assert!(format!("{out}{err}").contains("is a FIFO"), "{out}{err}");
}
