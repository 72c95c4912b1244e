//! The files with line tables where debuggers look for them.
//!
//! `buildid/ID/debuginfo` is how a debuginfod server names what it serves
//! (debuginfod(8): "Web API"). gdb and lldb ask the servers in
//! `DEBUGINFOD_URLS`; any server for static files will do.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;

use crate::symbols::folder::SymbolFile;

/// Writes the ELF files among `files` below `out`, and returns how many there are. Files that exist are replaced.
///
/// # Errors
/// When a file cannot be read or written, or none of them is ELF.
pub fn debuginfod(files: &[SymbolFile], out: &Path) -> Result<usize> {
    let mut count = 0;
    for file in files {
        let bytes = file.read()?;
        if bytes.starts_with(b"\x7fELF") {
            let folder = out.join("buildid").join(file.id.to_lowercase());
            fs_err::create_dir_all(&folder)?;
            atomic_write::write(&folder.join("debuginfo"), bytes)?;
            count += 1;
        }
    }
    if count == 0 {
        return Err(Error::new(ErrorKind::Usage, "none of these line tables is for Linux, where debuginfod is used")
            .next("give the directory with the line tables of Linux wheels"));
    }
    Ok(count)
}
