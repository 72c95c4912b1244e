//! The source distribution: built by maturin, unpacked by monowheel, its dependencies fetched once.
//!
//! Every wheel is built from the unpacked sdist, so that the published source is the one that was built: a file
//! missing in the sdist fails the build here and not at a user's `pip install`.

mod edit;
mod fetch;
mod origin;
pub(crate) mod repacked;

use std::path::{Path, PathBuf};

pub use crate::unpack::{PackedSdist, Unpacked};
pub use fetch::{Fetched, Fetcher, Locked, Needs, fetch};
pub use origin::Origin;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_system::exec::{Call, CancelToken};
use monowheel_system::foreign_file;
use monowheel_system::regular_file;

use crate::diagnose::packing;
use crate::dist::file_ending;
use crate::lockfile;
use edit::{Committed, Extra, edit};

/// Leaves `folder` existing and empty.
///
/// # Errors
/// When it cannot be emptied or created.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs_err::remove_dir_all(folder)?;
    }
    Ok(fs_err::create_dir_all(folder)?)
}

/// Builds the sdist of a project and returns its path inside `folder`, which is empty before: `maturin` is the
/// call that packs it.
///
/// cargo includes every file in a package that git does not ignore, and without git every file, even the wheels
/// of the last build and the reports on them. Files that monowheel wrote are left out, or each build would pack the one
/// before; `left_out` is called with the names of the reports among them. In git, the sdist records the commit.
///
/// # Errors
/// When maturin fails; the log has its output.
pub(crate) fn create(
    maturin: Call,
    project: &Project,
    out: &Path,
    folder: &Path,
    log: &Path,
    stop: &CancelToken,
    left_out: &mut dyn FnMut(&[String]),
) -> Result<PathBuf> {
    let root = &project.root;
    let names = project.import_names()?;
    let mut file = fs_err::File::create(log)?;
    let mut printed = String::new();
    let status = maturin.logged(&mut file, stop, &mut |line| {
        printed.push_str(line);
        printed.push('\n');
    })?;
    let made = file_ending(folder, ".tar.gz");
    match made {
        Some(path) if status.success() => {
            foreign_file::check(&path)?;
            let (out, root) = (fs_err::canonicalize(out)?, fs_err::canonicalize(root)?);
            let lock = match regular_file::read(&root.join(lockfile::FILE), regular_file::MOST_TEXT) {
                Ok(lock) => Some(lock),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            };
            let extra = Extra { lock, origin: Origin::of(&root, &out, stop), names };
            let committed = Committed::of(&root, stop);
            let reports = edit(&path, out.strip_prefix(&root).ok(), &committed, &extra)?;
            if !reports.is_empty() {
                left_out(&reports);
            }
            Ok(path)
        }
        _ => {
            let (cause, next) = packing::cause(&printed);
            let what = format!("maturin could not build the sdist\n{cause}");
            Err(Error::new(ErrorKind::Project, what).at(log.display()).next(next))
        }
    }
}
