//! One requirement that names one release: `name[extra]==version` (PEP 508, PEP 440), or one file by URL.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::names::normalized_name;
use monowheel_wheel::requirement::Requirement;
use pep440_rs::VersionSpecifier;

use crate::address::Address;
use crate::simple::{RemoteFile, sha256_of};

/// A release: a project and its version.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    /// The project's normalized name (PEP 503).
    pub name: String,
    /// `==VERSION`; a local version (`+cu118`) that it does not name matches too.
    pub version: VersionSpecifier,
    /// The only allowed files, by SHA-256; all if empty.
    pub sha256: Vec<String>,
}

/// What a requirement names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Named {
    Release(Pin),
    File(Box<RemoteFile>),
}

/// A requirement without comments; ignored parts are added to `notes`.
///
/// # Errors
/// [`ErrorKind::Usage`] when it does not pin a release; without the place, which the caller knows.
pub(super) fn parse(text: &str, notes: &mut Vec<String>) -> Result<Named> {
    let (requirement, sha256) = hashes(text, notes)?;
    if requirement.starts_with("https://") || requirement.starts_with("http://") {
        let address = Address::parse(requirement.split_whitespace().next().unwrap_or_default())?;
        return file(address, &sha256);
    }
    let parsed = Requirement::parse(requirement).map_err(|why| match requirement.contains("://") {
        // A URL may hold a password.
        true => Error::new(ErrorKind::Usage, "a requirement with an invalid URL").next(ONE),
        false => unpinned(requirement, &why),
    })?;
    if let Some(url) = parsed.url {
        return file(Address::parse(url)?, &sha256);
    }
    if let Some(marker) = parsed.marker {
        notes.push(format!("{}: included regardless of its marker (`{marker}`)", parsed.name));
    }
    let version = parsed.pin().ok_or_else(|| unpinned(requirement, "no version is pinned"))?;
    Ok(Named::Release(Pin { name: normalized_name(parsed.name), version, sha256 }))
}

/// Splits off `--hash=sha256:…`.
fn hashes<'a>(text: &'a str, notes: &mut Vec<String>) -> Result<(&'a str, Vec<String>)> {
    let (requirement, options) = match text.find(" --") {
        Some(start) => text.split_at(start),
        None => (text, ""),
    };
    let mut sha256 = Vec::new();
    let mut words = options.split_whitespace();
    while let Some(word) = words.next() {
        let hash = match word.strip_prefix("--hash") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None if word.starts_with("--") => continue,
            // The value of an option that does not matter here.
            None => continue,
        };
        match hash.and_then(|hash| hash.split_once(':')) {
            Some(("sha256", hash)) => {
                sha256.push(
                    sha256_of(hash).ok_or_else(|| Error::new(ErrorKind::Usage, format!("not a SHA-256: {hash}")))?,
                );
            }
            Some((algorithm, _)) => notes.push(format!("{}: a {algorithm} hash is not compared", requirement.trim())),
            None => return Err(Error::new(ErrorKind::Usage, format!("not in the form --hash=sha256:…: {word}"))),
        }
    }
    Ok((requirement.trim(), sha256))
}

/// A requirement that is a URL.
fn file(address: Address, sha256: &[String]) -> Result<Named> {
    let file = RemoteFile::at(address);
    if !file.name.ends_with(".whl") {
        return Err(Error::new(ErrorKind::Usage, format!("not a wheel: {}", file.address)));
    }
    let sha256 = match sha256 {
        [] => file.sha256.clone(),
        [one] => Some(one.clone()),
        _ => return Err(Error::new(ErrorKind::Usage, format!("several hashes for one file: {}", file.address))),
    };
    Ok(Named::File(Box::new(RemoteFile { sha256, ..file })))
}

fn unpinned(requirement: &str, why: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("{why}: {requirement}")).next(ONE)
}

const ONE: &str = "pin one release: NAME==VERSION";

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Result<Pin> {
        match parse(text, &mut Vec::new())? {
            Named::Release(pin) => Ok(pin),
            Named::File(file) => panic!("a file: {file:?}"),
        }
    }

    fn refusal(text: &str) -> String {
        parse(text, &mut Vec::new()).err().map(|error| error.what().to_owned()).unwrap_or_default()
    }

    #[test]
    fn pins_are_read() -> Result<()> {
        for (text, name, version) in [
            ("nh3==0.3.7", "nh3", "==0.3.7"),
            ("Typing.Extensions [a, b] == 1.0rc1 ; python_version < '3.9'", "typing-extensions", "==1.0rc1"),
            ("x (==1)", "x", "==1"),
            ("x===1.0", "x", "===1.0"),
            ("x>=1,==1.2", "x", "==1.2"),
            ("torch==2.1+cu118", "torch", "==2.1+cu118"),
        ] {
            let pin = pin(text)?;
            assert_eq!((pin.name.as_str(), pin.version.to_string().as_str()), (name, version), "{text}");
        }
        Ok(())
    }

    #[test]
    fn hashes_are_kept_and_markers_noted() -> Result<()> {
        let hash = "AB".repeat(32);
        let mut notes = Vec::new();
        let text = format!(
            "x==1; os_name == 'nt' --hash=sha256:{hash} --hash sha256:{hash} --hash=sha512:00 --config-settings a=b"
        );
        let Named::Release(pin) = parse(&text, &mut notes)? else { panic!("no release") };
        assert_eq!(pin.sha256, [hash.to_lowercase(), hash.to_lowercase()]);
        assert_eq!(notes.len(), 2);
        assert!(refusal("x==1 --hash=sha256:zz").contains("not a SHA-256"));
        assert!(refusal("x==1 --hash").contains("--hash=sha256"));
        Ok(())
    }

    #[test]
    fn what_is_not_pinned_is_refused() {
        for text in [
            "x",
            "x>=1",
            "x==1.*",
            "x~=1.0",
            "x!=1",
            "",
            "-x==1",
            "x[a==1",
            "x==nonsense",
            "./x.whl",
            "x ==",
            "x==1; a",
        ] {
            assert!(!refusal(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_url_names_a_wheel() -> Result<()> {
        let hash = "ab".repeat(32);
        for text in [
            format!("x @ https://h/x-1-py3-none-any.whl#sha256={hash} ; os_name == 'nt'"),
            format!("https://h/x-1-py3-none-any.whl --hash=sha256:{hash}"),
        ] {
            let Named::File(file) = parse(&text, &mut Vec::new())? else { panic!("no file: {text}") };
            assert_eq!((file.name.as_str(), file.sha256.as_deref()), ("x-1-py3-none-any.whl", Some(hash.as_str())));
        }
        assert!(!refusal("x @ https://u:sec ret@h/x.whl").contains("ret@h"));
        assert!(refusal("x @ https://u:secret@h/x.tar.gz").contains("not a wheel"));
        assert!(!refusal("x @ https://u:secret@h/x.tar.gz").contains("secret"));
        assert!(!refusal("x @ git+https://u:secret@h/x").contains("secret"));
        Ok(())
    }
}
