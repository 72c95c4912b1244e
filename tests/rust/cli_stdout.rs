//! A stdout that cannot be written: the result is lost, and the exit code reports it.

use std::ffi::OsString;
use std::io::{Error, ErrorKind, Write};

use crate::said::{Ended, ran_into};

/// Every write fails with this error.
struct Broken(ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(Error::from(self.0))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn ended(words: &[&str], out: impl Write + Send + 'static) -> Ended {
    ran_into(&words.iter().map(OsString::from).collect::<Vec<_>>(), Box::new(out))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() -> std::io::Result<()> {
    let dir = tempfile::tempdir()?;
    let wheel = dir.path().join("demo-1.0-py3-none-any.whl");
    fs_err::write(&wheel, "this is no archive")?;
    let wheel = wheel.to_string_lossy();
    let project = env!("CARGO_MANIFEST_DIR").to_owned() + "/examples/hello_world";
    for words in [
        &["rules"][..],
        &["explain", "unreadable"],
        &["rules", "--json"],
        &["--help"],
        &["--version"],
        &["completions", "bash"],
        &["man"],
        &["schema"],
        &["cache", "dir"],
        &["audit", &wheel],
        &["audit", &wheel, "--json"],
        &["audit", &wheel, "--format", "sarif"],
        &["audit", &wheel, "--format", "github"],
        &["audit", &wheel, "--format", "html"],
        &["compare", &wheel, &wheel],
        &["compare", &wheel, &wheel, "--json"],
        &["lint", &project],
        &["lint", &project, "--json"],
        &["lint", &project, "--format", "sarif"],
        &["lint", &project, "--format", "html"],
        &["lab", "list"],
        &["lab", "list", "--json"],
    ] {
        let full = fs_err::OpenOptions::new().write(true).open("/dev/full")?;
        let Ended { code, err, .. } = ended(words, full);
        assert_eq!(code, 3, "{words:?}: {err}");
        assert!(err.starts_with("error: stdout could not be written: "), "{words:?}: {err}");
        assert_eq!(err.matches("error: ").count(), 1, "{words:?}: {err}");
        assert!(err.contains("\n  next: free some space"), "{words:?}: {err}");
    }
    Ok(())
}

#[test]
fn a_reader_that_went_away_is_none() {
    for words in [&["rules"][..], &["rules", "--json"], &["completions", "zsh"], &["--help"]] {
        let Ended { code, err, .. } = ended(words, Broken(ErrorKind::BrokenPipe));
        assert_eq!((code, err.as_str()), (0, ""), "{words:?}");
        assert_eq!(ended(words, Broken(ErrorKind::PermissionDenied)).code, 3, "{words:?}");
    }
}

/// Simulates a bug: writing to it panics.
struct Panics;

impl Write for Panics {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        panic!("nobody thought of this")
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_is_exit_3_with_a_report_and_never_a_finding() {
    for words in [&["rules"][..], &["completions", "bash"], &["--help"]] {
        let Ended { code, err, .. } = ended(words, Panics);
        assert_eq!(code, 3, "{words:?}: {err}");
        assert!(err.starts_with("error: monowheel itself failed: nobody thought of this\n  at: "), "{err}");
        let path = err.split(" with ").nth(1).and_then(|rest| rest.split(", which says").next()).unwrap();
        let report = fs_err::read_to_string(path).unwrap();
        fs_err::remove_file(path).unwrap();
        assert!(report.starts_with("monowheel ") && report.contains("panic: nobody thought of this"), "{report}");
        assert!(report.contains(&format!("command: {words:?}")), "{report}");
    }
}
