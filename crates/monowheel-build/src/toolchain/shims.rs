//! Small programs that come first on a build's PATH.
//!
//! maturin and cargo-zigbuild call `cargo` and `rustc` by name in some places and by `$CARGO` and
//! `$RUSTC` in others (maturin 1.16: `cargo metadata`, `rustc --print deployment-target`). A directory
//! with both names makes every call reach the toolchain that the plan chose, with its sysroot.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::atomic_write;
use monowheel_system::exec::quoted;

use crate::toolchain::own_cpu::WITHOUT_FOR_RUSTC;
use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;

/// The `cargo` and `rustc` of a build.
#[derive(Clone, Debug)]
pub struct Shims {
    /// The directory to put first on PATH.
    pub(crate) folder: PathBuf,
    /// For `RUSTC`.
    pub rustc: PathBuf,
    /// For `CARGO`.
    pub(crate) cargo: PathBuf,
    /// The Rust target of this machine.
    pub(crate) host: String,
}

/// Removes maturin's list of exports for Windows from the flags of all crates (`-C`, `link-arg=…/maturin/NAME.def`): it
/// is only for the last crate, for which [`Shims::windows_linker`] has a better one, and its path would be in the hash
/// that cargo gives each crate (`-C metadata`). rustc sorts its linker input by these hashes, so that another directory
/// would give other bytes if two crates have the same name, such as std's `rustc_demangle` and a project's own.
const WITHOUT_DEF: &str = r#"without_def() {
  set -f
  IFS=$(printf '\037')
  kept= held=
  for flag in $CARGO_ENCODED_RUSTFLAGS; do
    case $held$flag in -Clink-arg=*/maturin/*.def) held= && continue ;; esac
    kept=$kept${held:+${kept:+$IFS}$held}
    held=$flag
  done
  printf '%s' "$kept${held:+${kept:+$IFS}$held}"
}
if [ -n "$CARGO_ENCODED_RUSTFLAGS" ]; then
  CARGO_ENCODED_RUSTFLAGS=$(without_def)
  export CARGO_ENCODED_RUSTFLAGS
fi
"#;

/// The variable that names the directory for [`WITH_LIBRARY`].
pub(crate) const PYO3_LIBRARY: &str = "MONOWHEEL_PYO3_LIBRARY";

/// Adds the path of the import library to maturin's configuration file for `PyO3`. `PyO3`'s feature
/// `generate-import-lib` creates one if none is set, for the Pythons that its release knows: none for 3.14t before
/// python3-dll-a 0.2.15.
const WITH_LIBRARY: &str = r#"if [ -f "${PYO3_CONFIG_FILE:-}" ] && [ -n "${MONOWHEEL_PYO3_LIBRARY:-}" ]; then
  if ! grep -q '^lib_dir=' "$PYO3_CONFIG_FILE"; then
    [ -z "$(tail -c 1 "$PYO3_CONFIG_FILE")" ] || echo >>"$PYO3_CONFIG_FILE"
    printf 'lib_dir=%s\n' "$MONOWHEEL_PYO3_LIBRARY" >>"$PYO3_CONFIG_FILE"
  fi
fi
"#;

/// The variable that names the directory for [`ONE_CONFIG`].
pub(crate) const PYO3_CONFIGS: &str = "MONOWHEEL_PYO3_CONFIGS";

/// Names maturin's configuration file for `PyO3` after its content. maturin 1.16 has one for each target with the
/// target's name in it, and their content is the same for all targets of a family; but if the name changes, the build
/// scripts that read it run again, and everything that depends on them is recompiled. `PyO3` before 0.29 reads it for
/// this machine: then its procedural macros would be compiled once for each target.
const ONE_CONFIG: &str = r#"if [ -f "${PYO3_CONFIG_FILE:-}" ] && [ -d "${MONOWHEEL_PYO3_CONFIGS:-}" ]; then
  sum=$(cksum <"$PYO3_CONFIG_FILE")
  one=$MONOWHEEL_PYO3_CONFIGS/${sum%% *}-${sum##* }.txt
  if [ ! -f "$one" ]; then
    cp "$PYO3_CONFIG_FILE" "$one.$$" && mv "$one.$$" "$one"
  fi
  if [ "$(cat "$one")" = "$(cat "$PYO3_CONFIG_FILE")" ]; then
    PYO3_CONFIG_FILE=$one
    export PYO3_CONFIG_FILE
  fi
fi
"#;

/// The variable that names the marker of [`HOST_UNITS_READY`].
pub(crate) const HOST_UNITS_MARK: &str = "MONOWHEEL_HOST_UNITS_READY";

/// Writes a marker that other builds wait for: when `PyO3` is compiled for the target, its macros exist; at the latest
/// when the project's library is compiled, which depends on everything.
const HOST_UNITS_READY: &str = r#"if [ -n "${MONOWHEEL_HOST_UNITS_READY:-}" ]; then
  case "${CARGO_PRIMARY_PACKAGE:-} $* " in
    *' --crate-name pyo3 '*' --target '* | 1*' --crate-type cdylib '*)
      { true >"$MONOWHEEL_HOST_UNITS_READY"; } 2>/dev/null ;;
  esac
fi
"#;

/// rustc stops before it calls the linker for this target if a distribution left out its directory `gcc-ld` (Debian),
/// unless an option says that it is not needed.
const FOR_EMSCRIPTEN: &str = r#"case " $* " in
  *' wasm32-unknown-emscripten '*) set -- "$@" -Clink-self-contained=no ;;
esac
"#;

/// Line tables for the code of a wheel, which the linker strips: the library is the same with them and without. Where
/// the project sets its own debug information, that is what it gets. On macOS they stay in the objects until the link.
const LINE_TABLES: &str = r#"case " $* " in
  *' debuginfo='* | *' -Cdebuginfo='*) ;;
  *' --target '*)
    case " $* " in *' strip='* | *' -Cstrip='*) ;; *) set -- "$@" -Cstrip=debuginfo ;; esac
    case " $* " in *'-apple-darwin '*) set -- "$@" -Csplit-debuginfo=off ;; esac
    set -- "$@" -Cdebuginfo=line-tables-only ;;
esac
"#;

impl Shims {
    /// Writes the shims into `folder`; `sysroot` replaces the toolchain's own, and `remap` renames directories in
    /// compiled code. Unlike flags in the environment, those of a shim reach every crate and do not change
    /// the project's settings.
    ///
    /// # Errors
    /// When the directory cannot be written.
    #[cfg(unix)]
    pub fn write(folder: &Path, toolchain: &Toolchain, sysroot: Option<&Path>, remap: &Remap) -> Result<Self> {
        fs_err::create_dir_all(folder)?;
        let names: String = remap.flags().iter().map(|flag| format!(" {}", quoted(flag))).collect();
        let sysroot = sysroot.map(|sysroot| format!(" --sysroot {}", quoted(sysroot))).unwrap_or_default();
        let (rustc, cargo) = (folder.join("rustc"), folder.join("cargo"));
        // cargo caches the compiler's description by its file's time: a toolchain that was updated
        // in place has to look like another file.
        let version = toolchain.verbose_version.lines().fold(String::new(), |text, line| text + "# " + line + "\n");
        let script = |tool: String| format!("#!/bin/sh\n{version}exec {tool} \"$@\"\n");
        let line_tables = if remap.has_line_tables() { LINE_TABLES } else { "" };
        let compiler = quoted(&toolchain.rustc) + &sysroot + &names;
        write_script(
            &rustc,
            &format!(
                "#!/bin/sh\n{version}{HOST_UNITS_READY}{WITHOUT_FOR_RUSTC}{FOR_EMSCRIPTEN}{line_tables}exec {compiler} \"$@\"\n"
            ),
        )?;
        let real = quoted(&toolchain.cargo);
        write_script(
            &cargo,
            &format!("#!/bin/sh\n{version}{WITHOUT_DEF}{WITH_LIBRARY}{ONE_CONFIG}exec {real} \"$@\"\n"),
        )?;
        // rustc strips macOS libraries with it, looks for it in the sysroot (which may be ours) and on PATH,
        // and stops if there is none (Debian's Rust). If it fails, that is a warning: symbols stay.
        let own = toolchain.sysroot.join("lib/rustlib").join(toolchain.host()).join("bin/rust-objcopy");
        let objcopy = if own.is_file() {
            script(quoted(&own))
        } else {
            "#!/bin/sh\necho 'this Rust has no rust-objcopy: the library keeps its symbols' >&2\nexit 127\n".to_owned()
        };
        write_script(&folder.join("rust-objcopy"), &objcopy)?;
        Ok(Self { folder: folder.to_path_buf(), rustc, cargo, host: toolchain.host().to_owned() })
    }

    /// On other systems, the toolchain's own directory is used; standard libraries from source are for Unix.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn write(_folder: &Path, toolchain: &Toolchain, _sysroot: Option<&Path>, _remap: &Remap) -> Result<Self> {
        let folder = toolchain.rustc.parent().unwrap_or(Path::new(".")).to_path_buf();
        let host = toolchain.host().to_owned();
        Ok(Self { folder, rustc: toolchain.rustc.clone(), cargo: toolchain.cargo.clone(), host })
    }
}

/// Writes an executable script, unless it exists: two builds may share the directory, and a
/// file that is being executed cannot be overwritten.
pub(super) fn write_script(path: &Path, text: &str) -> Result<()> {
    if fs_err::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    atomic_write::write_executable(path, text)
}

#[cfg(all(test, unix))]
mod tests {
    use monowheel_system::exec::{Call, CancelToken};

    use super::*;
    use crate::toolchain::rust::tests::toolchain;

    #[test]
    fn both_compilers_are_told_to_keep_frame_pointers_where_that_is_asked_for() -> Result<()> {
        let dir = tempfile::tempdir()?;
        for kept in [false, true] {
            let remap = Remap::default().with_frame_pointers(kept);
            let shims = Shims::write(dir.path(), &toolchain("x", "1.96.0", &[], false, false), None, &remap)?;
            let rustc = fs_err::read_to_string(&shims.rustc)?;
            assert_eq!(rustc.contains(" -Cforce-frame-pointers=yes "), kept, "{rustc}");
            let zig = fs_err::read_to_string(shims.zig(Path::new("/zig"), &remap, None)?)?;
            let flags = "exec /zig \"$language\" -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer $build_id \"$@\"";
            assert_eq!(zig.contains(flags), kept, "{zig}");
        }
        Ok(())
    }

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
            .stdout(std::time::Duration::from_secs(10), &CancelToken::default())?;
        assert_eq!(printed, "--sysroot|/sys root|--remap-path-prefix=/my home=/cargo|-vV|a b|");
        Ok(())
    }

    #[test]
    fn a_list_of_exports_for_the_last_crate_is_no_flag_of_all() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let fake = dir.path().join("a cargo");
        write_script(
            &fake,
            "#!/bin/sh\nprintf '%s;' \"$@\" && printf '%s' \"$CARGO_ENCODED_RUSTFLAGS\" | tr '\\037' '|'\n",
        )?;
        let mut toolchain = toolchain("x", "1.96.0", &[], false, false);
        toolchain.cargo = fake;
        let shims = Shims::write(&dir.path().join("bin"), &toolchain, None, &Remap::default())?;
        let said = |flags: &[&str]| {
            let call =
                Call::new(&shims.cargo).args(["rustc", "a b"]).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
            call.stdout(std::time::Duration::from_secs(10), &CancelToken::default())
        };
        let def = "link-arg=/a folder/maturin/pkg._mod.def";
        assert_eq!(said(&["-C", def])?, "rustc;a b;");
        assert_eq!(said(&["-C", "a=b *", "-C", def, "--cfg", "x"])?, "rustc;a b;-C|a=b *|--cfg|x");
        assert_eq!(said(&["-C", "link-arg=/other.def"])?, "rustc;a b;-C|link-arg=/other.def");
        assert_eq!(said(&[])?, "rustc;a b;");
        Ok(())
    }

    #[test]
    fn one_configuration_of_pyo3_has_one_name() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let fake = dir.path().join("a cargo");
        write_script(&fake, "#!/bin/sh\nprintf '%s' \"$PYO3_CONFIG_FILE\"\n")?;
        let mut toolchain = toolchain("x", "1.96.0", &[], false, false);
        toolchain.cargo = fake;
        let shims = Shims::write(&dir.path().join("bin"), &toolchain, None, &Remap::default())?;
        let configs = dir.path().join("pyo3");
        let named = |file: &Path| {
            let call = Call::new(&shims.cargo).env("PYO3_CONFIG_FILE", file).env(PYO3_CONFIGS, &configs);
            call.stdout(std::time::Duration::from_secs(10), &CancelToken::default()).map(PathBuf::from)
        };
        let [linux, windows, newer] = ["linux.txt", "windows.txt", "newer.txt"].map(|name| dir.path().join(name));
        for (file, text) in [(&linux, "version=3.8"), (&windows, "version=3.8"), (&newer, "version=3.15")] {
            fs_err::write(file, text)?;
        }
        assert_eq!(named(&linux)?, linux, "without the directory the name is maturin's");
        fs_err::create_dir_all(&configs)?;
        let one = named(&linux)?;
        assert!(one.starts_with(&configs), "{}", one.display());
        assert_eq!(named(&windows)?, one);
        assert_ne!(named(&newer)?, one);
        assert_eq!(fs_err::read_to_string(&one)?, "version=3.8");
        // A name with other content is not used.
        fs_err::write(&one, "version=3.9")?;
        assert_eq!(named(&linux)?, linux);
        Ok(())
    }

    #[test]
    fn pyo3_is_told_of_an_import_library_once() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let fake = dir.path().join("a cargo");
        write_script(&fake, "#!/bin/sh\ncat \"$PYO3_CONFIG_FILE\"\n")?;
        let mut toolchain = toolchain("x", "1.96.0", &[], false, false);
        toolchain.cargo = fake;
        let shims = Shims::write(&dir.path().join("bin"), &toolchain, None, &Remap::default())?;
        let file = dir.path().join("config.txt");
        fs_err::write(&file, "version=3.14")?;
        let told = |library: &str| {
            let call = Call::new(&shims.cargo).env("PYO3_CONFIG_FILE", &file).env(PYO3_LIBRARY, library);
            call.stdout(std::time::Duration::from_secs(10), &CancelToken::default())
        };
        assert_eq!(told("")?, "version=3.14");
        assert_eq!(told("/a lib")?, "version=3.14\nlib_dir=/a lib\n");
        assert_eq!(told("/a lib")?, "version=3.14\nlib_dir=/a lib\n");
        Ok(())
    }

    #[test]
    fn the_mark_is_written_for_pyo3_and_for_the_library() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let fake = dir.path().join("a rustc");
        write_script(&fake, "#!/bin/sh\n")?;
        let mut toolchain = toolchain("x", "1.96.0", &[], false, false);
        toolchain.rustc = fake;
        let shims = Shims::write(&dir.path().join("bin"), &toolchain, None, &Remap::default())?;
        let mark = dir.path().join("the mark");
        let marks = |name: &str, kind: &str, more: &[&str], primary: &str| {
            let call = Call::new(&shims.rustc).args(["--crate-name", name, "--crate-type", kind, "--emit", "link"]);
            let call = call.args(more).env(HOST_UNITS_MARK, &mark).env("CARGO_PRIMARY_PACKAGE", primary);
            call.stdout(std::time::Duration::from_secs(10), &CancelToken::default())?;
            Ok::<_, monowheel_error::Error>(fs_err::remove_file(&mark).is_ok())
        };
        let target = ["--target", "x86_64-apple-darwin"];
        assert!(!marks("build_script_build", "bin", &[], "1")?);
        assert!(!marks("other", "cdylib", &target, "")?, "a library of a dependency");
        assert!(!marks("pyo3_ffi", "lib", &target, "")?);
        assert!(!marks("pyo3", "lib", &[], "")?, "for this machine");
        assert!(marks("pyo3", "lib", &target, "")?);
        assert!(marks("mine", "cdylib", &target, "1")?);
        Ok(())
    }
}
