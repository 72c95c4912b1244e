//! Debian's packages of any suite and processor, without the system's package manager knowing of it.
//!
//! An apt state of our own (`shared/apt/<suite>-<arch>`): its lists, its cache, an empty status, no
//! configuration but ours. apt checks the mirror's signature by Debian's keyring, and each file by its
//! hash. Packages are extracted, never installed: no maintainer script runs, and root is not needed.

mod conf;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) use conf::mirror;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;
use monowheel_system::exec::Call;
use monowheel_system::hash::sha256_file;

use super::Site;

/// Debian's keys, where Debian and Ubuntu install them.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// How long a look into the lists may take.
const LIMIT: Duration = Duration::from_secs(120);
/// How old lists may be. Where a file is gone from the mirror, newer ones are fetched at once.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// An apt state for one suite and processor.
pub(super) struct Apt {
    folder: PathBuf,
    suite: &'static str,
}

/// A package as a suite has it now.
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
    /// When Debian's keys are not there, or the lists cannot be fetched.
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
                "Debian's keys are missing, by which its packages are checked",
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
            conf::text(&folder, if name == "source" { "amd64" } else { name }, &machine),
        )?;
        let apt = Self { folder, suite };
        if !apt.is_fresh(&mirror) {
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
                .next("a newer monowheel may know where it is now")
        })
    }

    /// Fetches `packages` and all that they depend on, down to the C library.
    ///
    /// # Errors
    /// When they cannot be resolved, fetched or are not what the lists say.
    pub(super) fn fetch_all(&self, site: &Site<'_>, packages: &[&str]) -> Result<Vec<Deb>> {
        self.fetch(site, &["install", "--download-only"], packages)
    }

    /// Fetches `packages` alone.
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all).
    pub(super) fn fetch_only(&self, site: &Site<'_>, packages: &[&str]) -> Result<Vec<Deb>> {
        self.fetch(site, &["download"], packages)
    }

    /// Fetches the upstream tarball of a source package; with its version.
    ///
    /// # Errors
    /// When there is none, or it cannot be fetched.
    pub(super) fn tarball(&self, site: &Site<'_>, package: &str) -> Result<(PathBuf, String)> {
        let sums = ["-o", "Acquire::ForceHash=SHA256", "--print-uris"];
        let apt = self.call("apt-get").args(["source", "-q", "--download-only", "--tar-only"]).dir(site.downloads()?);
        let asked = apt.clone().args(sums).arg(package).stdout(LIMIT, site.stop)?;
        let found = asked.lines().filter_map(uri).find(|uri| uri.file.contains(".orig.tar."));
        let Some(found) = found else {
            let what = format!("Debian {} has no upstream source of {package}", self.suite);
            return Err(Error::new(ErrorKind::Tool, what).at(self.folder.display()));
        };
        site.run(&apt.arg(package), &format!("the source of {package} could not be fetched"))?;
        let file = site.downloads()?.join(found.file);
        if sha256_file(&file)? != found.sha256 {
            fs_err::remove_file(&file)?;
            let what = format!("{} is not what Debian's lists say it is", found.file);
            return Err(Error::new(ErrorKind::Tool, what)
                .at(file.display())
                .next("it was removed; run the command again"));
        }
        let version = found.file.split_once(".orig.tar.").map_or("", |(name, _)| name);
        let version = version.split_once('_').map_or(version, |(_, version)| version).to_owned();
        Ok((file, version))
    }

    fn fetch(&self, site: &Site<'_>, command: &[&str], packages: &[&str]) -> Result<Vec<Deb>> {
        for package in packages {
            self.version(site, package)?;
        }
        match self.fetch_once(site, command, packages) {
            // A mirror that went on since the lists were fetched has newer files.
            Err(error) if error.kind() == ErrorKind::Tool => {
                self.update(site, &mirror())?;
                self.fetch_once(site, command, packages)
            }
            fetched => fetched,
        }
    }

    fn fetch_once(&self, site: &Site<'_>, command: &[&str], packages: &[&str]) -> Result<Vec<Deb>> {
        let archives = self.folder.join("archives");
        let apt = self.call("apt-get").args(command).args(["-y", "-q", "--no-install-recommends"]).dir(&archives);
        // What is in the cache is not listed, so the question goes beside it. The hash shown would be MD5.
        let nothing = self.folder.join("nothing");
        fs_err::create_dir_all(nothing.join("partial"))?;
        let ask = apt.clone().args(["-o", "Acquire::ForceHash=SHA256", "--print-uris", "-o"]).dir(&nothing);
        let ask = ask.arg(format!("Dir::Cache::archives={}", nothing.display()));
        let asked = ask.args(packages).stdout(LIMIT, site.stop)?;
        let uris: Vec<Uri<'_>> = asked.lines().filter_map(uri).collect();
        let is_there =
            |uri: &&Uri<'_>| fs_err::metadata(archives.join(uri.file)).is_ok_and(|file| file.len() == uri.bytes);
        let missing: u64 = uris.iter().filter(|uri| !is_there(uri)).map(|uri| uri.bytes).sum();
        if missing > 0 {
            site.say(&format!("fetching {} MB from Debian {}", missing.div_ceil(1_000_000), self.suite));
            site.run(
                &apt.args(packages),
                &format!("Debian {}'s {} could not be fetched", self.suite, packages.join(", ")),
            )?;
        }
        let mut debs = Vec::new();
        for uri in &uris {
            let file = archives.join(uri.file);
            if sha256_file(&file)? != uri.sha256 {
                fs_err::remove_file(&file)?;
                return Err(Error::new(ErrorKind::Tool, format!("{} is not what Debian's lists say it is", uri.file))
                    .at(file.display())
                    .next("it was removed; run the command again"));
            }
            debs.push(deb(file, uri.file));
        }
        Ok(debs)
    }

    /// Fetches the lists.
    fn update(&self, site: &Site<'_>, mirror: &str) -> Result<()> {
        site.say(&format!("fetching the package lists of Debian {}", self.suite));
        let stamp = self.folder.join("updated");
        let _ = fs_err::remove_file(&stamp);
        // A list that is missing is an error, not a warning: apt ends with 0 for some of them.
        let call = self.call("apt-get").args(["update", "-q", "--error-on=any"]);
        site.run(&call, &format!("the package lists of Debian {} could not be fetched from {mirror}", self.suite))?;
        atomic_write::write(&stamp, mirror)
    }

    fn is_fresh(&self, mirror: &str) -> bool {
        let stamp = self.folder.join("updated");
        let age = fs_err::metadata(&stamp).and_then(|data| data.modified()).ok().and_then(|when| when.elapsed().ok());
        age.is_some_and(|age| age < FRESH) && fs_err::read_to_string(&stamp).is_ok_and(|from| from == mirror)
    }

    fn call(&self, program: &str) -> Call {
        Call::new(program).env("APT_CONFIG", self.folder.join("apt.conf")).env("LC_ALL", "C.UTF-8")
    }
}

/// Extracts packages into a folder, one over the other.
///
/// # Errors
/// When a package cannot be extracted.
pub(super) fn extract(site: &Site<'_>, debs: &[Deb], into: &Path) -> Result<()> {
    fs_err::create_dir_all(into)?;
    for deb in debs {
        let call = Call::new("dpkg-deb").arg("--extract").arg(&deb.file).arg(into);
        site.run(&call, &format!("{} could not be extracted", deb.name))?;
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

/// `'http://…' FILE BYTES SHA256:HASH`.
fn uri(line: &str) -> Option<Uri<'_>> {
    let mut words = line.strip_prefix('\'')?.split_once("' ")?.1.split_whitespace();
    let (file, bytes, hash) = (words.next()?, words.next()?, words.next()?);
    Some(Uri { file, bytes: bytes.parse().ok()?, sha256: hash.strip_prefix("SHA256:")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_apt_names_file_size_and_hash() {
        let line = "'http://deb.debian.org/debian/pool/main/q/qemu/qemu-user_10.0.2%2bds-2_amd64.deb' qemu-user_1%3a10.0.2+ds-2_amd64.deb 944972 SHA256:33b2";
        let found = uri(line).map(|uri| (uri.bytes, uri.sha256, deb(PathBuf::new(), uri.file)));
        let deb = Deb { name: "qemu-user".into(), version: "1:10.0.2+ds-2".into(), file: PathBuf::new() };
        assert_eq!(found, Some((944_972, "33b2", deb)));
        assert_eq!(uri("Reading package lists..."), None);
        assert_eq!(uri("'http://x/y.deb' y.deb 1 MD5Sum:76"), None);
    }
}
