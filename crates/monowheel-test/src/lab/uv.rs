//! uv's managed Pythons, if the network is open (`NETWORK=open`) and uv is installed: they are downloaded
//! prebuilt from GitHub, which a closed network cannot reach.
//!
//! Not for musl: uv's builds need a loader in `/lib`, which a machine with glibc does not have.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;

use super::entry::{Made, Runner};
use super::recipe::{Recipe, Way};
use super::{Site, bench};
use monowheel_system::exec::executable;
use monowheel_system::exec::on_path;

/// The uv to use for a recipe: next to the Python that runs monowheel, else on PATH.
pub(super) fn serving(recipe: &Recipe, python: Option<&Path>) -> Option<PathBuf> {
    if !matches!(recipe.way, Way::Debian | Way::Source) || std::env::var_os("NETWORK").is_none_or(|how| how != "open") {
        return None;
    }
    let beside =
        python.and_then(Path::parent).map(|folder| folder.join(executable("uv"))).filter(|path| path.is_file());
    beside.or_else(|| on_path("uv"))
}

/// A Python that uv downloads.
///
/// # Errors
/// When uv cannot download it, or its layout is unknown.
pub(super) fn make(site: &Site<'_>, recipe: &Recipe, uv: &Path) -> Result<Made> {
    let name = format!("{}{}", site.minor(), if recipe.free_threaded() { "t" } else { "" });
    let fetched = site.work.join("uv");
    site.say("downloading uv's managed Python");
    site.run(&install(uv, &name, &fetched), &format!("uv could not install {name}"))?;
    let python = format!("bin/python{name}");
    let found = laid_out(&fetched, &python)?;
    let source = found.file_name().unwrap_or_default().to_string_lossy().into_owned();
    bench::aim(&found, &site.minor(), &[(&found.display().to_string(), &site.home.display().to_string())])?;
    for entry in fs_err::read_dir(&found)? {
        let entry = entry?;
        fs_err::rename(entry.path(), site.work.join(entry.file_name()))?;
    }
    super::gone(&fetched)?;
    Ok(Made {
        runner: Runner::Native,
        python: python.into(),
        launch: Vec::new(),
        shared: Vec::new(),
        source: format!("uv's {source}"),
    })
}

/// Without links in the user's `~/.local/bin`, and without uv's configuration of this directory.
fn install(uv: &Path, name: &str, into: &Path) -> Call {
    Call::new(uv).args(["python", "install", "--no-config", "--no-bin", "--install-dir"]).arg(into).arg(name)
}

/// The directory with the executable; uv creates links next to it, for the minor version.
fn laid_out(fetched: &Path, python: &str) -> Result<PathBuf> {
    let folders = fs_err::read_dir(fetched)?.flatten().map(|entry| entry.path());
    let mut real = folders.filter(|path| !path.is_symlink() && path.join(python).is_file());
    real.next().ok_or_else(|| {
        Error::new(ErrorKind::Tool, format!("uv did not install {python}"))
            .at(fetched.display())
            .next("unset NETWORK to install it from Debian's packages or from source")
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn uv_leaves_the_user_s_folders_alone() {
        let line = install(Path::new("/v/bin/uv"), "3.15t", Path::new("/my lab/uv")).shell_line();
        assert_eq!(line, "/v/bin/uv python install --no-config --no-bin --install-dir '/my lab/uv' 3.15t");
    }

    #[test]
    fn the_folder_is_taken_and_not_the_link_to_it() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let real = dir.path().join("cpython-3.15.0-linux-x86_64-gnu");
        fs_err::create_dir_all(real.join("bin"))?;
        super::super::qemu::link(&real, &dir.path().join("cpython-3.15-linux-x86_64-gnu"))?;
        assert!(laid_out(dir.path(), "bin/python3.15").is_err());
        fs_err::write(real.join("bin/python3.15"), "")?;
        assert_eq!(laid_out(dir.path(), "bin/python3.15")?, real);
        Ok(())
    }
}
