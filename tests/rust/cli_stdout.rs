//! A stdout that cannot be written: the result is not where it was wanted, and the exit code says so.

use std::ffi::OsString;
use std::io::{Error, ErrorKind, Write};

use crate::said::{Ended, ran_into};

/// Every write fails in this way.
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
    for words in [&["rules"][..], &["explain", "unreadable"], &["rules", "--json"], &["--help"], &["--version"]] {
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
    let Ended { code, err, .. } = ended(&["rules"], Broken(ErrorKind::BrokenPipe));
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(ended(&["rules"], Broken(ErrorKind::PermissionDenied)).code, 3);
}
