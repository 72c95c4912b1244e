//! Shared libraries of every platform in one vocabulary. Knows nothing of wheels.

use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::{FileKind, Object as _};

use crate::error::{Error, ErrorKind, Result};

/// One architecture's part of a binary: a universal2 Mach-O has several, every other file one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The architecture as the binary names it: `x86_64`, `aarch64`, …
    pub arch: String,
    /// The names it exports, Mach-O's leading underscore removed, sorted.
    pub exports: Vec<String>,
}

/// Reads a shared library.
///
/// # Errors
/// [`ErrorKind::Format`] when it is no ELF, Mach-O or PE file, or is damaged.
pub fn slices(bytes: &[u8]) -> Result<Vec<Slice>> {
    match FileKind::parse(bytes).map_err(|error| unreadable(&error))? {
        FileKind::MachOFat32 => {
            let fat = MachOFatFile32::parse(bytes).map_err(|error| unreadable(&error))?;
            fat.arches().iter().map(|arch| slice(arch.data(bytes).map_err(|error| unreadable(&error))?)).collect()
        }
        FileKind::MachOFat64 => {
            let fat = MachOFatFile64::parse(bytes).map_err(|error| unreadable(&error))?;
            fat.arches().iter().map(|arch| slice(arch.data(bytes).map_err(|error| unreadable(&error))?)).collect()
        }
        _ => Ok(vec![slice(bytes)?]),
    }
}

fn slice(bytes: &[u8]) -> Result<Slice> {
    let file = object::File::parse(bytes).map_err(|error| unreadable(&error))?;
    let is_macho = file.format() == object::BinaryFormat::MachO;
    let mut exports = Vec::new();
    for export in file.exports().map_err(|error| unreadable(&error))? {
        let export = export.map_err(|error| unreadable(&error))?;
        let name = export.name();
        let Some(name) = name.name().map(String::from_utf8_lossy) else { continue };
        exports.push(name.strip_prefix('_').filter(|_| is_macho).unwrap_or(&name).to_owned());
    }
    exports.sort();
    exports.dedup();
    Ok(Slice { arch: format!("{:?}", file.architecture()).to_ascii_lowercase(), exports })
}

fn unreadable(error: &object::Error) -> Error {
    Error::new(ErrorKind::Format, format!("not a readable shared library: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_library_is_refused() {
        for bytes in [&b""[..], b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe\xff\xff\xff\xff", b"hello"] {
            assert!(slices(bytes).is_err_and(|error| error.kind() == ErrorKind::Format), "{bytes:?}");
        }
    }
}
