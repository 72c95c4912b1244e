//! The metadata of a release's sdists.

use std::io::Read as _;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::source::File;
use monowheel_wheel::tarball::{self, Limits};

use crate::audit::Options;
use crate::set::SdistOutline;

/// PKG-INFO in the largest real sdists is about 300 KiB.
const MOST: u64 = 4 << 20;

/// The metadata of these sdists, including those that cannot be read.
pub(super) fn read(names: &[String], options: &Options) -> Vec<SdistOutline> {
    let paths = names.iter().filter_map(|name| {
        let path = options.sdist_folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file())?;
        name.ends_with(".tar.gz").then_some((name, path))
    });
    let outline = |(name, path): (&String, std::path::PathBuf)| match pkg_info(&path) {
        Ok(bytes) => SdistOutline::of(name, &bytes),
        Err(error) => Some(SdistOutline { unread: Some(error.what().to_owned()), ..SdistOutline::named(name) }),
    };
    paths.filter_map(outline).collect()
}

/// The metadata of an sdist. Nothing else in it is read.
fn pkg_info(path: &std::path::Path) -> Result<Vec<u8>> {
    let mut found = None;
    let read = tarball::each(&File::open(path)?, &Limits::default(), &mut |member, content| {
        let path = member.shown();
        if path.split_once('/').is_some_and(|(_, rest)| rest == "PKG-INFO") {
            let mut bytes = Vec::new();
            content.take(MOST).read_to_end(&mut bytes).map_err(|error| tarball::unreadable(&error))?;
            found = Some(bytes);
            // Stops reading.
            return Err(Error::new(ErrorKind::Format, "enough"));
        }
        Ok(())
    });
    match (found, read) {
        (Some(bytes), _) => Ok(bytes),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => Err(Error::new(ErrorKind::Format, "it has no PKG-INFO")),
    }
}
