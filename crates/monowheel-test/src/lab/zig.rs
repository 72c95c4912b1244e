//! zig as the compiler of a configure script.

use std::path::PathBuf;

use monowheel_build::toolchain::tools::{self, Tool};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, quoted};

use super::bench::Bench;
use super::{Site, qemu};

/// The zig of this machine, which is needed `for_what`.
///
/// # Errors
/// When there is none.
pub(super) fn found(site: &Site<'_>, for_what: &str) -> Result<Tool> {
    let zig = tools::zig(site.python, site.stop);
    site.stop.check()?;
    zig.ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, format!("zig is not installed, which is needed {for_what}"))
            .next("pip install ziglang")
    })
}

/// zig, under names of a compiler, an archiver and an indexer: configure scripts take paths, not commands of two words.
pub(super) struct Tools {
    folder: PathBuf,
    /// The first part of the names.
    kind: &'static str,
}

impl Tools {
    /// Writes them: `compiler` is the script of the first.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn write(bench: &Bench, kind: &'static str, zig: &Tool, compiler: &str) -> Result<Self> {
        let tools = Self { folder: bench.path.join("tools"), kind };
        fs_err::create_dir_all(&tools.folder)?;
        let zig = quoted(&zig.path);
        qemu::executable(&tools.compiler(), compiler)?;
        for tool in ["ar", "ranlib"] {
            qemu::executable(&tools.path(tool), &format!("#!/bin/sh\nexec {zig} {tool} \"$@\"\n"))?;
        }
        Ok(tools)
    }

    /// The call with all three.
    pub(super) fn given_to(&self, call: Call) -> Call {
        call.env("CC", self.compiler()).env("AR", self.path("ar")).env("RANLIB", self.path("ranlib"))
    }

    pub(super) fn compiler(&self) -> PathBuf {
        self.path("cc")
    }

    /// Copies them into the entry, whose sysconfig names the compiler of extension modules: their directory, and the
    /// one that replaces it there.
    ///
    /// # Errors
    /// When they cannot be copied.
    pub(super) fn keep(&self, site: &Site<'_>) -> Result<[String; 2]> {
        let kept = site.work.join("tools");
        fs_err::create_dir_all(&kept)?;
        for tool in ["cc", "ar", "ranlib"] {
            let path = self.path(tool);
            fs_err::copy(&path, kept.join(path.file_name().unwrap_or_default()))?;
        }
        Ok([self.folder.display().to_string(), site.home.join("tools").display().to_string()])
    }

    fn path(&self, tool: &str) -> PathBuf {
        self.folder.join(format!("{}-{tool}", self.kind))
    }
}
