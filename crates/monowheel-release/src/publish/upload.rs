//! Runs twine on a copy of the checked files, and interprets its output.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use monowheel_build::held::Held;
use monowheel_error::text::brief;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, last_lines};
use monowheel_system::hash::sha256_file;
use monowheel_system::python;

use crate::publish::credentials::{Ambient, Secret};
use crate::publish::place::Place;
use crate::publish::{Attest, Event, not_here};

/// Time limit for signing: one exchange with Sigstore for each file.
const SIGNING: Duration = Duration::from_secs(600);

/// Copies of the files in a temporary directory: the uploaded files are those that were checked, even if dist/
/// changes meanwhile, and no attestation is left there.
#[derive(Debug)]
pub(super) struct Staging {
    folder: tempfile::TempDir,
    /// The name and the SHA-256 of each.
    files: Vec<(String, String)>,
    signed: Vec<String>,
}

/// The result of one run of twine.
#[derive(Debug)]
pub(super) struct Sent {
    /// The files that the index accepted.
    pub(super) done: Vec<String>,
    /// Why it ended before all were uploaded.
    pub(super) failure: Option<Failure>,
}

/// Why a file was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The token or password was refused (401, 403).
    Denied(String),
    /// A temporary failure (429, 5xx, a broken connection).
    Busy(String),
    /// The file was rejected.
    Refused(String),
}

/// The index to upload to, and the credentials.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    pub(super) place: &'a Place,
    pub(super) python: &'a Path,
    pub(super) user: &'a str,
    pub(super) password: &'a Secret,
    pub(super) attested: bool,
}

impl Staging {
    /// Writes the bytes that were audited.
    ///
    /// # Errors
    /// When the disk is full.
    pub(super) fn of(held: &[Arc<Held>]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("monowheel-publish-").tempdir()?;
        let mut files = Vec::new();
        for one in held {
            one.save(&folder.path().join(one.name()))?;
            files.push((one.name(), one.sha256().to_owned()));
        }
        Ok(Self { folder, files, signed: Vec::new() })
    }

    /// Makes sure that these files are still the bytes that were audited.
    fn check(&self, files: &[String]) -> Result<()> {
        let is_other = |(file, sha256): &&(String, String)| {
            files.contains(file) && sha256_file(&self.folder.path().join(file)).ok().as_ref() != Some(sha256)
        };
        match self.files.iter().find(is_other) {
            None => Ok(()),
            Some((file, _)) => Err(Error::new(ErrorKind::Project, format!("{file} changed after it was audited"))
                .at(self.folder.path().display())
                .next("find out what writes there before you publish; nothing of it was uploaded")),
        }
    }

    /// Makes sure that an attestation is of the file that was audited: of this name and this hash alone.
    fn check_attestation(&self, file: &str) -> Result<()> {
        let sha256 = self.files.iter().find(|(known, _)| known == file).map(|(_, sha256)| sha256.as_str());
        let path = self.folder.path().join(format!("{file}.publish.attestation"));
        let expected = serde_json::json!([{ "name": file, "digest": { "sha256": sha256 } }]);
        match subject(&fs_err::read(&path)?) {
            Some(subject) if subject == expected => Ok(()),
            _ => Err(Error::new(ErrorKind::Tool, format!("the attestation is not for the audited {file}"))
                .at(path.display())
                .next("pip install --upgrade pypi-attestations, or check what signs here; nothing of it was uploaded")),
        }
    }

    /// Signs an attestation for each of these files that has none.
    ///
    /// # Errors
    /// When `pypi-attestations` is not installed or cannot sign.
    pub(super) fn sign(
        &mut self,
        files: &[String],
        attest: Attest,
        ambient: Option<&Ambient>,
        python: &Path,
        stop: &CancelToken,
        told: &mut dyn FnMut(&Event),
    ) -> Result<()> {
        let module = match attest {
            Attest::No => return Ok(()),
            Attest::Sigstore => "pypi_attestations",
            Attest::Rehearsal => "monowheel.rehearsal",
        };
        let new: Vec<&String> = files.iter().filter(|file| !self.signed.contains(file)).collect();
        if new.is_empty() {
            return Ok(());
        }
        told(&Event::Signing(new.len()));
        let call = python::module(python, module).args(["sign", "--"]).args(&new).dir(self.folder.path());
        let call = match ambient {
            Some(ambient) => ambient.tell(call),
            None => call,
        };
        let ended = call.capture(SIGNING, stop)?;
        let lacking = new.iter().find(|file| !self.folder.path().join(format!("{file}.publish.attestation")).is_file());
        if ended.status.success() && lacking.is_none() {
            new.iter().try_for_each(|file| self.check_attestation(file))?;
            self.signed.extend(new.into_iter().cloned());
            return Ok(());
        }
        Err(if ended.stderr.contains("No module named") {
            not_here(&format!("the signing tool ({})", words(&ended.stderr, 1)), python)
        } else {
            Error::new(ErrorKind::Tool, format!("could not sign the files\n{}", words(&ended.stderr, 6))).next(
                "run the same command again; see https://status.sigstore.dev for Sigstore's status; \
                 to publish without attestations, use --no-attestations",
            )
        })
    }

    /// Uploads the files, in this order, until one is not accepted.
    ///
    /// # Errors
    /// When twine is not installed; after Ctrl-C.
    pub(super) fn send(
        &self,
        files: &[String],
        sender: Sender<'_>,
        stop: &CancelToken,
        told: &mut dyn FnMut(&Event),
    ) -> Result<Sent> {
        self.check(files)?;
        let mut call = python::module(sender.python, "twine")
            .args(["--no-color", "upload", "--non-interactive", "--disable-progress-bar", "--verbose"])
            .args(["--repository-url", &sender.place.upload.request()])
            .env("TWINE_USERNAME", sender.user)
            .secret("TWINE_PASSWORD", sender.password.reveal())
            // Its lines are parsed here: none may be wrapped.
            .env("COLUMNS", "1000")
            .env("NO_COLOR", "1")
            .without_env("FORCE_COLOR")
            .dir(self.folder.path());
        if sender.attested {
            call = call.arg("--attestations");
        }
        call = call.arg("--");
        for file in files {
            call = call.arg(file);
            if sender.attested {
                call = call.arg(format!("{file}.publish.attestation"));
            }
        }
        let mut begun = Vec::new();
        let mut log = Vec::new();
        let status = call.logged(&mut log, stop, &mut |line| {
            if let Some(file) =
                line.trim().strip_prefix("Uploading ").filter(|file| files.iter().any(|one| one == file))
            {
                // twine prints it again when it retries a file.
                if begun.last().is_none_or(|last| last != file) {
                    begun.push(file.to_owned());
                    told(&Event::Uploading(file.to_owned(), begun.len(), files.len()));
                }
            }
        })?;
        if status.success() {
            return Ok(Sent { done: files.to_vec(), failure: None });
        }
        let log = String::from_utf8_lossy(&log);
        if log.contains("No module named twine") {
            return Err(not_here("twine", sender.python));
        }
        begun.pop();
        Ok(Sent { done: begun, failure: Some(failure(&sender.password.hidden(sender.user, &log))) })
    }
}

/// The subject of an attestation's statement (PEP 740, in-toto).
fn subject(attestation: &[u8]) -> Option<serde_json::Value> {
    let attestation: serde_json::Value = serde_json::from_slice(attestation).ok()?;
    let statement = attestation.get("envelope")?.get("statement")?.as_str()?;
    let statement = base64::engine::general_purpose::STANDARD.decode(statement).ok()?;
    serde_json::from_slice::<serde_json::Value>(&statement).ok()?.get("subject").cloned()
}

/// Interprets twine's output: `HTTPError: 403 Forbidden from URL`, or the exception that ended it.
fn failure(log: &str) -> Failure {
    let status = log.rsplit("HTTPError: ").next().filter(|rest| rest.len() < log.len());
    let status: Option<u16> = status.and_then(|rest| rest.get(..3)?.parse().ok());
    match status {
        Some(401 | 403) => Failure::Denied(answer(log)),
        Some(429 | 500..) => Failure::Busy(answer(log)),
        Some(_) => Failure::Refused(answer(log)),
        None if ["ConnectionError", "Timeout", "ConnectionReset", "ChunkedEncodingError", "SSLError", "ProxyError"]
            .iter()
            .any(|name| log.contains(name)) =>
        {
            Failure::Busy(words(log, 1))
        }
        None => Failure::Refused(words(log, 6)),
    }
}

/// The index's answer to the last file, without its markup.
fn answer(log: &str) -> String {
    let said = log.rsplit("Response from ").next().unwrap_or(log);
    let lines: Vec<&str> = said
        .lines()
        .skip(1)
        .map(|line| line.trim().trim_start_matches("INFO").trim())
        .filter(|line| !line.is_empty() && !line.starts_with('<') && !line.starts_with("ERROR"))
        .take(6)
        .collect();
    if lines.is_empty() { words(log, 3) } else { words(&lines.join("\n"), 6) }
}

/// The last lines, safe for a terminal.
fn words(text: &str, count: usize) -> String {
    last_lines(text, count).lines().map(|line| brief(line.trim())).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_twine_are_understood() {
        let said = |status: &str| {
            failure(&format!(
                "Uploading a-1.whl\nINFO     Response from https://h/legacy/:\n         {status}\nINFO     <html>\n\
                 INFO     File already exists\nERROR    HTTPError: {status} from https://h/legacy/\n         x"
            ))
        };
        assert!(matches!(said("403 Forbidden"), Failure::Denied(words) if words.contains("File already exists")));
        assert!(matches!(said("503 Service Unavailable"), Failure::Busy(_)));
        assert!(matches!(said("400 Bad Request"), Failure::Refused(words) if words.starts_with("400 Bad Request")));
        let broken = failure("Traceback\nrequests.exceptions.ConnectionError: ('Connection aborted.')");
        assert!(matches!(broken, Failure::Busy(_)));
        assert!(matches!(failure("ERROR InvalidDistribution: no metadata"), Failure::Refused(_)));
    }

    #[test]
    fn a_file_that_is_not_the_one_that_was_checked_is_not_sent() {
        let staging = staged();
        let name = ["a.whl".to_owned()];
        staging.check(&name).unwrap();
        fs_err::write(staging.folder.path().join("a.whl"), "evil").unwrap();
        assert!(staging.check(&name).is_err_and(|error| error.kind() == ErrorKind::Project));
    }

    /// One file, which is replaced after it was audited.
    fn staged() -> Staging {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.whl");
        fs_err::write(&path, "audited").unwrap();
        let held = Arc::new(Held::of(&path).unwrap());
        fs_err::write(&path, "evil").unwrap();
        Staging::of(&[held]).unwrap()
    }

    #[test]
    fn a_wheel_that_is_swapped_between_audit_and_upload_is_sent_as_it_was_audited() {
        let staging = staged();
        assert_eq!(fs_err::read_to_string(staging.folder.path().join("a.whl")).unwrap(), "audited");
    }

    #[test]
    fn an_attestation_of_other_bytes_is_not_sent() {
        let staging = staged();
        let write = |name: &str, sha256: &str| {
            let statement = serde_json::json!({ "subject": [{ "name": name, "digest": { "sha256": sha256 } }] });
            let statement = base64::engine::general_purpose::STANDARD.encode(statement.to_string());
            let text = serde_json::json!({ "envelope": { "statement": statement } }).to_string();
            fs_err::write(staging.folder.path().join("a.whl.publish.attestation"), text).unwrap();
        };
        let good = monowheel_system::hash::sha256(b"audited");
        write("a.whl", &good);
        staging.check_attestation("a.whl").unwrap();
        for (name, sha256) in [("a.whl", monowheel_system::hash::sha256(b"evil")), ("b.whl", good)] {
            write(name, &sha256);
            assert!(staging.check_attestation("a.whl").is_err(), "{name}");
        }
        fs_err::write(staging.folder.path().join("a.whl.publish.attestation"), "{}").unwrap();
        assert!(staging.check_attestation("a.whl").is_err());
    }
}
