//! Small programs put first on a build's PATH.
//!
//! maturin and cargo-zigbuild call `cargo` and `rustc` by name in some places and by `$CARGO` and
//! `$RUSTC` in others (maturin 1.16: `cargo metadata`, `rustc --print deployment-target`). A folder
//! with both names makes every call reach the toolchain that the plan chose, with its sysroot.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::exec::quoted;
use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;

/// The `cargo` and `rustc` of a build.
#[derive(Clone, Debug)]
pub struct Shims {
    /// The folder to put first on PATH.
    pub folder: PathBuf,
    /// For `RUSTC`.
    pub rustc: PathBuf,
    /// For `CARGO`.
    pub cargo: PathBuf,
}

impl Shims {
    /// Writes the shims into `folder`; `sysroot` replaces the toolchain's own, and `remap` names folders in
    /// what is compiled. Unlike flags in the environment, those of a shim reach every crate and change no
    /// setting of the project's.
    ///
    /// # Errors
    /// When the folder cannot be written.
    #[cfg(unix)]
    pub fn write(folder: &Path, toolchain: &Toolchain, sysroot: Option<&Path>, remap: &Remap) -> Result<Self> {
        fs_err::create_dir_all(folder)?;
        let names: String = remap.flags().iter().map(|flag| format!(" {}", quoted(flag))).collect();
        let sysroot = sysroot.map(|sysroot| format!(" --sysroot {}", quoted(sysroot))).unwrap_or_default();
        let (rustc, cargo) = (folder.join("rustc"), folder.join("cargo"));
        // cargo keeps what a compiler told of itself by its file's time: a toolchain that was updated
        // in place has to look like another file.
        let version = toolchain.verbose_version.lines().fold(String::new(), |text, line| text + "# " + line + "\n");
        let script = |tool: String| format!("#!/bin/sh\n{version}exec {tool} \"$@\"\n");
        write_script(&rustc, &script(quoted(&toolchain.rustc) + &sysroot + &names))?;
        write_script(&cargo, &script(quoted(&toolchain.cargo)))?;
        // rustc strips macOS libraries with it, looks for it in the sysroot (which may be ours) and on PATH,
        // and stops where there is none (Debian's Rust). One that fails is a warning: symbols stay.
        let host = toolchain.verbose_version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
        let own = toolchain.sysroot.join("lib/rustlib").join(host).join("bin/rust-objcopy");
        let objcopy = if own.is_file() {
            script(quoted(&own))
        } else {
            "#!/bin/sh\necho 'this Rust has no rust-objcopy: the library keeps its symbols' >&2\nexit 127\n".to_owned()
        };
        write_script(&folder.join("rust-objcopy"), &objcopy)?;
        Ok(Self { folder: folder.to_path_buf(), rustc, cargo })
    }

    /// Elsewhere the toolchain's own folder serves; standard libraries from source are for Unix.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn write(_folder: &Path, toolchain: &Toolchain, _sysroot: Option<&Path>, _remap: &Remap) -> Result<Self> {
        let folder = toolchain.rustc.parent().unwrap_or(Path::new(".")).to_path_buf();
        Ok(Self { folder, rustc: toolchain.rustc.clone(), cargo: toolchain.cargo.clone() })
    }

    /// Writes the linker of a `*-windows-gnullvm` target: zig, given the exports that rustc lists.
    ///
    /// cargo-zigbuild drops rustc's own list, and maturin 1.16 gives the linker a `.def` file that
    /// always names `PyInit_<module-name>`: wrong for abi3t (`PyModExport_*`) and for a module inside
    /// a package (`PyInit_pkg._mod`). The linker writes the true list into that file first.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn windows_linker(&self, folder: &Path, triple: &str, maturin: &Path) -> Result<PathBuf> {
        let arch = match triple.split('-').next().unwrap_or_default() {
            "i686" => "x86",
            arch => arch,
        };
        let path = folder.join(format!("link-{triple}"));
        let script = format!(
            "#!/bin/sh\n\
             list= def=\n\
             for arg in \"$@\"; do\n\
             \x20 case $arg in\n\
             \x20   -Wl,*/list.def) list=${{arg#-Wl,}} ;;\n\
             \x20   */maturin/*.def) def=$arg ;;\n\
             \x20 esac\n\
             done\n\
             if [ -n \"$list\" ] && [ -n \"$def\" ]; then cp \"$list\" \"$def\" || exit 1; fi\n\
             exec {} zig cc -- -g -fno-sanitize=all -target {arch}-windows-gnu \"$@\"\n",
            quoted(maturin)
        );
        write_script(&path, &script)?;
        Ok(path)
    }

    /// Writes the linker of a `*-apple-darwin` target: zig, given what rustc exports as the only symbols that
    /// are not private (`build::link`). `python` runs monowheel, `level` is the deployment target.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn macos_linker(
        &self,
        folder: &Path,
        triple: &str,
        level: &str,
        maturin: &Path,
        python: &Path,
    ) -> Result<PathBuf> {
        let arch = triple.split('-').next().unwrap_or_default();
        let path = folder.join(format!("link-{triple}"));
        let script = format!(
            "#!/bin/sh\nexec {} -m monowheel link {} {arch}-macos.{level}-none \"$@\"\n",
            quoted(python),
            quoted(maturin)
        );
        write_script(&path, &script)?;
        Ok(path)
    }
}

/// Writes an executable script, unless it is there already: two builds may share the folder, and a
/// file that is being executed cannot be overwritten.
fn write_script(path: &Path, text: &str) -> Result<()> {
    if fs_err::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder)?;
    fs_err::write(file.path(), text)?;
    #[cfg(unix)]
    std::fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::exec::{Call, Stop};
    use crate::toolchain::rust::tests::toolchain;

    #[test]
    fn the_compiler_gets_the_sysroot_even_with_spaces() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let fake = dir.path().join("a rustc");
        write_script(&fake, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        let mut toolchain = toolchain("x", "1.96.0", &[], false, false);
        toolchain.rustc = fake;
        let mut remap = Remap::default();
        remap.add(Path::new("/my home"), "/cargo");
        let shims = Shims::write(&dir.path().join("bin dir"), &toolchain, Some(Path::new("/sys root")), &remap)?;
        let printed = Call::new(&shims.rustc)
            .args(["-vV", "a b"])
            .stdout(std::time::Duration::from_secs(10), &Stop::default())?;
        assert_eq!(printed, "--sysroot|/sys root|--remap-path-prefix=/my home=/cargo|-vV|a b|");
        Ok(())
    }

    #[test]
    fn the_macos_linker_calls_us_with_everything() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let python = dir.path().join("a python");
        write_script(&python, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        let shims = Shims::write(dir.path(), &toolchain("x", "1.96.0", &[], false, false), None, &Remap::default())?;
        let linker =
            shims.macos_linker(dir.path(), "aarch64-apple-darwin", "11.0", Path::new("/my tools/maturin"), &python)?;
        let call = Call::new(&linker).args(["-o", "a b", "-Wl,-dead_strip"]);
        let printed = call.stdout(std::time::Duration::from_secs(10), &Stop::default())?;
        assert_eq!(printed, "-m|monowheel|link|/my tools/maturin|aarch64-macos.11.0-none|-o|a b|-Wl,-dead_strip|");
        Ok(())
    }

    #[test]
    fn the_windows_linker_hands_on_what_rustc_exports() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let maturin = dir.path().join("maturin");
        write_script(&maturin, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        let shims = Shims::write(dir.path(), &toolchain("x", "1.96.0", &[], false, false), None, &Remap::default())?;
        let linker = shims.windows_linker(dir.path(), "i686-pc-windows-gnullvm", &maturin)?;
        let (list, def) = (dir.path().join("list.def"), dir.path().join("maturin2/maturin/pkg._mod.def"));
        fs_err::create_dir_all(def.parent().unwrap_or(dir.path()))?;
        fs_err::write(&list, "EXPORTS\n  \"PyModExport__mod\"\n")?;
        fs_err::write(&def, "EXPORTS\n    PyInit_pkg._mod\n")?;
        let call = Call::new(&linker).arg(format!("-Wl,{}", list.display())).arg(&def);
        let printed = call.stdout(std::time::Duration::from_secs(10), &Stop::default())?;
        assert!(printed.starts_with("zig|cc|--|-g|-fno-sanitize=all|-target|x86-windows-gnu|"), "{printed}");
        assert_eq!(fs_err::read_to_string(&def)?, fs_err::read_to_string(&list)?);
        Ok(())
    }
}
