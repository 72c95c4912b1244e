//! Debian packages of any suite and processor, independent of the system's package manager.
//!
//! A separate apt state (`shared/apt/<suite>-<arch>`): its lists, its cache, an empty status, and only
//! our configuration. apt checks the mirror's signature by Debian's keyring, and each file by its
//! hash. Packages are extracted, never installed: no maintainer script runs, and root is not needed.

mod conf;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) use conf::mirror;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;
use monowheel_system::exec::Call;
use monowheel_system::hash::{is_hex, sha256_file};

use super::Site;
use super::fetched::{Fetch, differs};

/// Debian's keyring, as installed by Debian and Ubuntu.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// Time limit for a query of the lists.
const LIMIT: Duration = Duration::from_secs(120);
/// Maximum age of lists. If a file is gone from the mirror, newer lists are downloaded at once.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// An apt state for one suite and processor.
pub(super) struct Apt {
    folder: PathBuf,
    suite: &'static str,
}

/// A package of a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deb {
    /// The package's name.
    pub(super) name: String,
    /// Its version, with Debian's revision.
    pub(super) version: String,
    /// The file.
    file: PathBuf,
}

/// A line of `apt-get --print-uris`.
#[derive(Debug, PartialEq, Eq)]
struct Uri<'a> {
    file: &'a str,
    bytes: u64,
    sha256: &'a str,
}

impl Apt {
    /// The state for `suite` (`sid`, `trixie`) and Debian's name of a processor (`amd64`, `arm64`), with
    /// the suite's lists.
    ///
    /// # Errors
    /// When Debian's keys are missing, or the lists cannot be downloaded.
    pub(super) fn open(site: &Site<'_>, suite: &'static str, arch: &'static str) -> Result<Self> {
        let line = format!("deb [arch={arch} signed-by={KEYRING}]");
        Self::state(site, suite, arch, &line)
    }

    /// The state for the sources of `suite`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(super) fn sources(site: &Site<'_>, suite: &'static str) -> Result<Self> {
        Self::state(site, suite, "source", &format!("deb-src [signed-by={KEYRING}]"))
    }

    fn state(site: &Site<'_>, suite: &'static str, name: &str, line: &str) -> Result<Self> {
        if !Path::new(KEYRING).is_file() {
            return Err(Error::new(
                ErrorKind::Toolchain,
                "Debian's keyring is missing, which is needed to verify its packages",
            )
            .at(KEYRING)
            .next("apt-get install debian-archive-keyring"));
        }
        let folder = site.lab.root().join("shared/apt").join(format!("{suite}-{name}"));
        for part in ["state/lists/partial", "archives/partial", "etc/sources.list.d", "etc/preferences.d"] {
            fs_err::create_dir_all(folder.join(part))?;
        }
        let mirror = mirror();
        fs_err::write(folder.join("status"), "")?;
        atomic_write::write(&folder.join("etc/sources.list"), format!("{line} {mirror} {suite} main\n"))?;
        let machine = Call::new("apt-config").arg("dump").stdout(LIMIT, site.stop)?;
        atomic_write::write(
            &folder.join("apt.conf"),
            conf::text(&folder, if name == "source" { "amd64" } else { name }, &machine, site.allow_outdated),
        )?;
        let apt = Self { folder, suite };
        if !apt.is_fresh(&stamp(&mirror, site.allow_outdated)) {
            apt.update(site, &mirror)?;
        }
        Ok(apt)
    }

    /// The newest version of a package.
    ///
    /// # Errors
    /// When the suite has none.
    pub(super) fn version(&self, site: &Site<'_>, package: &str) -> Result<String> {
        let said = self.call("apt-cache").args(["policy", package]).stdout(LIMIT, site.stop)?;
        let version = said.lines().find_map(|line| line.trim().strip_prefix("Candidate:")).map(str::trim);
        version.filter(|version| *version != "(none)").map(str::to_owned).ok_or_else(|| {
            Error::new(ErrorKind::Tool, format!("Debian {} has no package {package}", self.suite))
                .at(self.folder.display())
                .next("try a newer monowheel, which may know its new location")
        })
    }

    /// Downloads `packages` and all their dependencies, down to the C library.
    ///
    /// # Errors
    /// When they cannot be resolved or downloaded, or do not match the lists.
    pub(super) fn fetch_all(&self, site: &Site<'_>, packages: &[&str]) -> Result<Vec<Deb>> {
        self.fetch(site, &["install", "--download-only"], packages)
    }

    /// Downloads only `packages`.
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all).
    pub(super) fn fetch_only(&self, site: &Site<'_>, packages: &[&str]) -> Result<Vec<Deb>> {
        self.fetch(site, &["download"], packages)
    }

    /// Downloads the upstream tarball of a source package; returns its version too.
    ///
    /// # Errors
    /// When there is none, or it cannot be downloaded.
    pub(super) fn tarball(&self, site: &Site<'_>, package: &str) -> Result<(PathBuf, String)> {
        let sums = ["-o", "Acquire::ForceHash=SHA256", "--print-uris"];
        let apt = self.call("apt-get").args(["source", "-q", "--download-only", "--tar-only"]).dir(site.downloads()?);
        let asked = apt.clone().args(sums).arg(package).stdout(LIMIT, site.stop)?;
        let found = uris(&asked)?.into_iter().find(|uri| uri.file.contains(".orig.tar."));
        let Some(found) = found else {
            let what = format!("Debian {} has no upstream source of {package}", self.suite);
            return Err(Error::new(ErrorKind::Tool, what).at(self.folder.display()));
        };
        let file = site.downloads()?.join(found.file);
        if let Fetch::Gone(error) =
            site.fetch(&apt.arg(package), &format!("could not download the source of {package}"))?
        {
            return Err(error);
        }
        compared(&file, &found)?;
        let version = found.file.split_once(".orig.tar.").map_or("", |(name, _)| name);
        let version = version.split_once('_').map_or(version, |(_, version)| version).to_owned();
        Ok((file, version))
    }

    fn fetch(&self, site: &Site<'_>, command: &[&str], packages: &[&str]) -> Result<Vec<Deb>> {
        for package in packages {
            self.version(site, package)?;
        }
        // A mirror that was updated since the lists were downloaded has newer files instead of the old ones.
        if let Ok(debs) = self.fetch_once(site, command, packages)? {
            return Ok(debs);
        }
        self.update(site, &mirror())?;
        self.fetch_once(site, command, packages)?
    }

    /// A file that is gone from the mirror is the inner error.
    fn fetch_once(&self, site: &Site<'_>, command: &[&str], packages: &[&str]) -> Result<Result<Vec<Deb>>> {
        let archives = self.folder.join("archives");
        let apt = self.call("apt-get").args(command).args(["-y", "-q", "--no-install-recommends"]).dir(&archives);
        // Cached files are not listed, so the query uses an empty directory. The default hash would be MD5.
        let nothing = self.folder.join("nothing");
        fs_err::create_dir_all(nothing.join("partial"))?;
        let ask = apt.clone().args(["-o", "Acquire::ForceHash=SHA256", "--print-uris", "-o"]).dir(&nothing);
        let ask = ask.arg(format!("Dir::Cache::archives={}", nothing.display()));
        let asked = ask.args(packages).stdout(LIMIT, site.stop)?;
        let uris = uris(&asked)?;
        let is_there =
            |uri: &&Uri<'_>| fs_err::metadata(archives.join(uri.file)).is_ok_and(|file| file.len() == uri.bytes);
        let missing: u64 = uris.iter().filter(|uri| !is_there(uri)).map(|uri| uri.bytes).sum();
        if missing > 0 {
            site.say(&format!("downloading {} MB from Debian {}", missing.div_ceil(1_000_000), self.suite));
            let what = format!("could not download Debian {}'s {}", self.suite, packages.join(", "));
            if let Fetch::Gone(error) = site.fetch(&apt.args(packages), &what)? {
                return Ok(Err(error));
            }
        }
        let mut debs = Vec::new();
        for uri in &uris {
            let file = archives.join(uri.file);
            compared(&file, uri)?;
            debs.push(deb(file, uri.file));
        }
        match packages.iter().find(|package| !debs.iter().any(|deb| deb.name == **package)) {
            None => Ok(Ok(debs)),
            Some(package) => Err(Error::new(ErrorKind::Tool, format!("apt lists no file of {package}"))
                .at(self.folder.display())
                .next("run monowheel lab remove --all, then run the command again")),
        }
    }

    /// Fetches the lists.
    fn update(&self, site: &Site<'_>, mirror: &str) -> Result<()> {
        site.say(&format!("downloading the package lists of Debian {}", self.suite));
        let updated = self.folder.join("updated");
        let _ = fs_err::remove_file(&updated);
        // A missing list is an error, not a warning: apt exits with 0 for some of them.
        let call = self.call("apt-get").args(["update", "-q", "--error-on=any"]);
        let what = format!("could not download the package lists of Debian {} from {mirror}", self.suite);
        if let Fetch::Gone(error) = site.fetch(&call, &what)? {
            return Err(error);
        }
        atomic_write::write(&updated, stamp(mirror, site.allow_outdated))
    }

    fn is_fresh(&self, stamp: &str) -> bool {
        let updated = self.folder.join("updated");
        let age = fs_err::metadata(&updated).and_then(|data| data.modified()).ok().and_then(|when| when.elapsed().ok());
        age.is_some_and(|age| age < FRESH) && fs_err::read_to_string(&updated).is_ok_and(|from| from == stamp)
    }

    fn call(&self, program: &str) -> Call {
        Call::new(program).env("APT_CONFIG", self.folder.join("apt.conf")).env("LC_ALL", "C.UTF-8")
    }
}

/// Extracts packages into one directory.
///
/// # Errors
/// When a package cannot be extracted.
pub(super) fn extract(site: &Site<'_>, debs: &[Deb], into: &Path) -> Result<()> {
    fs_err::create_dir_all(into)?;
    for deb in debs {
        let call = Call::new("dpkg-deb").arg("--extract").arg(&deb.file).arg(into);
        site.run(&call, &format!("could not extract {}", deb.name))?;
    }
    Ok(())
}

/// Removes files that need not be extracted twice.
///
/// # Errors
/// When one cannot be removed.
pub(super) fn forget(debs: &[Deb]) -> Result<()> {
    for deb in debs {
        fs_err::remove_file(&deb.file)?;
    }
    Ok(())
}

/// The version of the package `name` among `debs`.
pub(super) fn version_of<'a>(debs: &'a [Deb], name: &str) -> &'a str {
    debs.iter().find(|deb| deb.name == name).map_or("of unknown version", |deb| deb.version.as_str())
}

/// `NAME_VERSION_ARCH.deb`, in which a colon is written `%3a`.
fn deb(file: PathBuf, name: &str) -> Deb {
    let mut words = name.split('_');
    let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    Deb { name: name.to_owned(), version: version.replace("%3a", ":"), file }
}

/// The source of lists. Outdated lists are used only by runs that allow them.
fn stamp(mirror: &str, outdated: bool) -> String {
    if outdated { format!("{mirror}\nout of date or not") } else { mirror.to_owned() }
}

/// Checks that a file matches the signed lists. Otherwise it is removed.
fn compared(file: &Path, uri: &Uri<'_>) -> Result<()> {
    if fs_err::symlink_metadata(file)?.is_file()
        && fs_err::metadata(file)?.len() == uri.bytes
        && sha256_file(file)? == uri.sha256
    {
        return Ok(());
    }
    fs_err::remove_file(file)?;
    Err(differs(&format!("{} does not match Debian's signed lists, and was removed", uri.file)).at(file.display()))
}

/// The files that `apt-get --print-uris` names.
///
/// # Errors
/// When one of them has no SHA-256, or an invalid name: it could not be verified, and must not be skipped.
fn uris(said: &str) -> Result<Vec<Uri<'_>>> {
    let lines = said.lines().filter(|line| line.starts_with('\''));
    let odd = |line: &str| {
        let what = format!("apt lists a file without a SHA-256: {line}");
        Error::new(ErrorKind::Format, what).next("use another mirror in /etc/apt; every Debian mirror has them")
    };
    lines.map(|line| uri(line).ok_or_else(|| odd(line))).collect()
}

/// `'http://…' FILE BYTES SHA256:HASH`.
fn uri(line: &str) -> Option<Uri<'_>> {
    let mut words = line.strip_prefix('\'')?.split_once("' ")?.1.split_whitespace();
    let (file, bytes, hash) = (words.next()?, words.next()?, words.next()?);
    let sha256 = hash.strip_prefix("SHA256:").filter(|hash| hash.len() == 64 && is_hex(hash))?;
    let is_plain = !file.starts_with('.') && !file.contains(['/', '\\']);
    is_plain.then_some(Uri { file, bytes: bytes.parse().ok()?, sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_apt_names_file_size_and_hash() {
        let hash = "33".repeat(32);
        let line = format!(
            "'http://deb.debian.org/debian/pool/main/q/qemu/qemu-user_10.0.2%2bds-2_amd64.deb' qemu-user_1%3a10.0.2+ds-2_amd64.deb 944972 SHA256:{hash}"
        );
        let found = uri(&line).map(|uri| (uri.bytes, uri.sha256, deb(PathBuf::new(), uri.file)));
        let deb = Deb { name: "qemu-user".into(), version: "1:10.0.2+ds-2".into(), file: PathBuf::new() };
        assert_eq!(found, Some((944_972, hash.as_str(), deb)));
        assert_eq!(uri("Reading package lists..."), None);
        assert_eq!(uri("'http://x/y.deb' y.deb 1 MD5Sum:76"), None);
    }

    #[test]
    fn a_file_without_a_hash_or_with_a_path_for_a_name_is_an_error_and_not_passed_over() {
        let hash = "a".repeat(64);
        let good = format!("Reading package lists...\n'http://x/y.deb' y.deb 1 SHA256:{hash}\n");
        assert_eq!(uris(&good).map(|found| found.len()).ok(), Some(1));
        for line in [
            "'http://x/z.deb' z.deb 1 MD5Sum:76".to_owned(),
            "'http://x/z.deb' z.deb 1 ".to_owned(),
            "'http://x/z.deb' z.deb 1 SHA256:".to_owned(),
            format!("'http://x/z.deb' ../z.deb 1 SHA256:{hash}"),
            format!("'http://x/z.deb' z.deb many SHA256:{hash}"),
        ] {
            assert!(uris(&format!("{good}{line}")).is_err(), "{line}");
        }
    }

    #[test]
    fn a_file_that_differs_in_size_or_hash_or_is_a_link_is_removed_and_fatal() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let file = dir.path().join("y.deb");
        let sha256 = monowheel_system::hash::sha256(b"promised");
        let uri = Uri { file: "y.deb", bytes: 8, sha256: &sha256 };
        fs_err::write(&file, "promised")?;
        compared(&file, &uri)?;
        for bytes in ["Promised", "promise", "promised, and more", ""] {
            fs_err::write(&file, bytes)?;
            assert!(compared(&file, &uri).is_err_and(|error| error.kind() == ErrorKind::Format), "{bytes}");
            assert!(!file.exists(), "{bytes}");
        }
        #[cfg(unix)]
        {
            fs_err::write(dir.path().join("elsewhere"), "promised")?;
            crate::lab::qemu::link(Path::new("elsewhere"), &file)?;
            assert!(compared(&file, &uri).is_err());
            assert!(dir.path().join("elsewhere").exists() && fs_err::symlink_metadata(&file).is_err());
        }
        Ok(())
    }

    #[test]
    fn lists_that_are_out_of_date_serve_only_who_wanted_them() {
        assert_ne!(stamp("http://m/debian", true), stamp("http://m/debian", false));
    }
}
