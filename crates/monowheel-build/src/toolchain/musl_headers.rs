//! Headers of BSD that glibc has and musl does not, and that C code for Linux includes: `sys/queue.h` and `sys/cdefs.h`.
//!
//! Alpine has them in a package of their own (bsd-compat-headers), which images for musllinux wheels install. They are
//! macros alone, and searched after all other headers.

use std::path::Path;

use monowheel_error::Result;
use monowheel_system::atomic_write;

use super::windows_headers::library;

/// The directory, in that of the linkers.
pub(super) const FOLDER: &str = "musl-headers";

/// glibc's `sys/queue.h` below zig's library. It includes nothing.
const QUEUE: &str = "libc/include/generic-glibc/sys/queue.h";

/// `sys/cdefs.h`: what programs use of it.
const CDEFS: &str = "\
#ifndef _SYS_CDEFS_H
#define _SYS_CDEFS_H
#ifdef __cplusplus
#define __BEGIN_DECLS extern \"C\" {
#define __END_DECLS }
#else
#define __BEGIN_DECLS
#define __END_DECLS
#endif
#define __P(args) args
#define __CONCAT(x, y) x ## y
#define __STRING(x) #x
#define __THROW
#endif
";

/// Writes them into the directory of the linkers.
///
/// # Errors
/// When a file cannot be read or written.
pub(super) fn write(zig: &Path, folder: &Path) -> Result<()> {
    let folder = folder.join(FOLDER);
    fs_err::create_dir_all(folder.join("sys"))?;
    atomic_write::write(&folder.join("sys/cdefs.h"), CDEFS)?;
    if let Some(queue) = library(zig, QUEUE) {
        atomic_write::write(&folder.join("sys/queue.h"), fs_err::read(queue)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_written_as_far_as_zig_has_them() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let zig = dir.path().join("zig");
        fs_err::write(&zig, "")?;
        write(&zig, dir.path())?;
        let sys = dir.path().join(FOLDER).join("sys");
        assert!(sys.join("cdefs.h").is_file() && !sys.join("queue.h").exists());
        let queue = dir.path().join("lib").join(QUEUE);
        fs_err::create_dir_all(queue.parent().unwrap())?;
        fs_err::write(&queue, "#define _SYS_QUEUE_H_\n")?;
        write(&zig, dir.path())?;
        assert_eq!(fs_err::read(sys.join("queue.h"))?, fs_err::read(queue)?);
        Ok(())
    }
}
