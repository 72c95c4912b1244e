//! The outcome of a download by apt or pip: the file is here, gone from the mirror, or does not match its hash.
//!
//! A file with another hash is never a reason to try another source: the server is reported, and the command ends. The
//! same applies to lists whose signature is wrong or out of date.

use monowheel_error::{Error, ErrorKind};

/// The problems reported by the tools so far.
#[derive(Debug, Default)]
pub(super) struct Words {
    differs: bool,
    expired: bool,
    unsigned: bool,
    gone: bool,
}

/// The outcome of a download without an error.
#[derive(Debug)]
pub(super) enum Fetch {
    /// The file is here, and matches its hash.
    Done,
    /// The mirror does not have it: the error to report if no other source has it.
    Gone(Error),
}

/// Messages of apt in its C locale, and of pip.
const DIFFERS: [&str; 4] =
    ["Hash Sum mismatch", "File has unexpected size", "Hashes of expected file:", "DO NOT MATCH THE HASHES"];
const EXPIRED: [&str; 2] = ["is expired (invalid since", "is not valid yet"];
const UNSIGNED: [&str; 6] = [
    "signatures were invalid",
    "signatures couldn't be verified",
    "is not signed",
    "NO_PUBKEY",
    "Clearsigned file isn't valid",
    "Signed file isn't valid",
];
const GONE: [&str; 2] = ["404  Not Found", "File not found"];

impl Words {
    /// Takes one more line.
    pub(super) fn line(&mut self, line: &str) {
        let has = |words: &[&str]| words.iter().any(|word| line.contains(word));
        self.differs |= has(&DIFFERS);
        self.expired |= has(&EXPIRED);
        self.unsigned |= has(&UNSIGNED);
        self.gone |= has(&GONE);
    }

    /// Interprets the failure `error` of a tool.
    pub(super) fn judge(&self, what: &str, error: Error) -> Result<Fetch, Error> {
        let place = error.place().unwrap_or_default().to_owned();
        if self.differs {
            return Err(differs(&format!("{what}: the server sent a file with an unexpected hash")).at(place));
        }
        if self.unsigned {
            let what = format!("{what}: its signature is missing, or not from one of Debian's keys");
            return Err(Error::new(ErrorKind::Format, what).at(place).next(
                "use another mirror in /etc/apt, or install newer keys: apt-get install debian-archive-keyring",
            ));
        }
        if self.expired {
            let what = format!("{what}: Debian's signature has expired, or is later than this machine's clock");
            return Err(Error::new(ErrorKind::Format, what).at(place).next(format!(
                "use another mirror in /etc/apt, or accept the old lists, without later fixes: --allow-outdated-index (or \
                 {OUTDATED}=1)"
            )));
        }
        if self.gone { Ok(Fetch::Gone(error)) } else { Err(error) }
    }
}

/// The environment variable that works like `--allow-outdated-index`.
pub(super) const OUTDATED: &str = "MONOWHEEL_LAB_ALLOW_OUTDATED_INDEX";

/// The error for a file that does not have the expected SHA-256.
pub(super) fn differs(what: &str) -> Error {
    Error::new(ErrorKind::Format, what).next(
        "try another mirror in /etc/apt or another index, and report it if several serve this file; it was not used",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(said: &str) -> Result<Fetch, Error> {
        let mut words = Words::default();
        said.lines().for_each(|line| words.line(line));
        words.judge("could not download zlib", Error::new(ErrorKind::Tool, said).at("/the/log"))
    }

    /// As apt 2.6 and pip 24 print it.
    const MISMATCH: &str =
        "Err:1 http://m/zlib.tar.bz2\n  Hash Sum mismatch\n  Hashes of expected file:\n   - SHA256:81fe\n";

    #[test]
    fn a_hash_that_differs_is_never_gone_from_the_mirror() {
        for said in [
            MISMATCH,
            "  File has unexpected size (1239825 != 1000). Mirror sync in progress? [IP: 203.0.113.80 80]",
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            // A server that says both, to be taken for an old one.
            &format!("{MISMATCH}  404  Not Found [IP: 203.0.113.80 80]"),
        ] {
            let error = judged(said).err();
            let is_it = |error: &Error| error.kind() == ErrorKind::Format && error.what().contains("unexpected hash");
            assert!(error.as_ref().is_some_and(is_it), "{said}: {error:?}");
        }
    }

    #[test]
    fn only_what_the_mirror_says_it_does_not_have_is_gone() {
        assert!(matches!(judged("Err:1 http://m/x\n  404  Not Found [IP: 1 80]"), Ok(Fetch::Gone(_))));
        for said in ["Could not resolve 'm'", "503  Service Unavailable", "Connection timed out", ""] {
            assert!(judged(said).is_err_and(|error| error.kind() == ErrorKind::Tool), "{said}");
        }
    }

    #[test]
    fn a_signature_that_is_wrong_or_out_of_date_ends_it() {
        let unsigned = [
            "E: The repository 'http://m sid InRelease' is not signed.",
            "The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 6ED0",
            "The following signatures were invalid: BADSIG 6ED0",
        ];
        for said in unsigned {
            assert!(judged(said).is_err_and(|error| error.what().contains("signature")), "{said}");
        }
        let expired = "E: Release file for http://m/dists/sid/InRelease is expired (invalid since 22d 1h). Updates for this \
                       repository will not be applied.";
        let next = judged(expired).err().and_then(|error| error.next_step().map(str::to_owned)).unwrap_or_default();
        assert!(next.contains("--allow-outdated-index") && next.contains(OUTDATED), "{next}");
    }
}
