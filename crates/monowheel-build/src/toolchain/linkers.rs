//! zig as the linker of a build: rustc's arguments have to reach it, and no directory of this machine may get into the
//! output.
//!
//! | target | reason |
//! | --- | --- |
//! | Windows | the list of exports is dropped, and maturin's own names another function |
//! | glibc | cargo-zigbuild links zig's unwinder instead of libgcc_s (`unwinder`) |
//! | macOS | zig's linker does not support a list of exports |
//! | Pyodide | rustc calls Emscripten's `emcc`; we call zig's `wasm-ld` as `emcc` would |
//! | this machine's | cargo recompiles the dependencies of build scripts whenever the name of this linker changes |

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::atomic_write;
use monowheel_system::exec::quoted;
use monowheel_system::python;

use crate::link::twin;
use crate::toolchain::own_cpu::WITHOUT_FOR_C;
use crate::toolchain::remap::Remap;
use crate::toolchain::shims::{Shims, write_script};
use crate::toolchain::{musl_headers, python_headers, unwinder, windows_headers};

/// The variable that tells [`Shims::host_linker`] its target.
pub(crate) const HOST_TARGET: &str = "MONOWHEEL_ZIG_TARGET";

/// The variable that tells [`Shims::windows_linker`] the directory of an import library of Python.
pub(crate) const PYTHON_LIBRARY: &str = "MONOWHEEL_PYTHON_LIBRARY";

impl Shims {
    /// Writes the program that is called instead of zig itself: C and C++ get the names of `remap`, like rustc, for
    /// `__FILE__` and everything else that a compiler writes (clang applies the last match, like rustc). Libraries for
    /// glibc get the unwinder of glibc systems, not zig's. C code for musl finds the headers of BSD that glibc has. C
    /// code for Windows gets Python's configuration for Windows, and finds headers by any spelling. Nothing is compiled for
    /// this machine's processor only.
    /// Each library has a build-id, by which a debugger finds its line tables; where these are kept, `python` runs
    /// monowheel, which links a twin that has them (`link::twin`).
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn zig(&self, zig: &Path, remap: &Remap, python: Option<&Path>) -> Result<PathBuf> {
        let path = self.folder.join("zig");
        let overlay = self.folder.join("windows-headers.yaml");
        let spelled = windows_headers::overlay(zig)?;
        musl_headers::write(zig, &self.folder)?;
        let for_musl = quoted(self.folder.join(musl_headers::FOLDER));
        let any_case =
            spelled.as_ref().map_or_else(String::new, |_| format!("set -- -ivfsoverlay {} \"$@\"\n", quoted(&overlay)));
        let zig = quoted(zig);
        let names: String = remap.c_flags().iter().map(|flag| format!(" {}", quoted(flag))).collect();
        let folder = quoted(&self.folder);
        let (linked, found) = (unwinder::LINKED, python_headers::FOUND);
        let with_twin = python.filter(|_| remap.has_line_tables()).map_or_else(String::new, |python| {
            let python = command(python);
            let name = twin::TARGET;
            format!("if [ -n \"$shared\" ]; then exec {python} link {zig} {name} \"$language\"{names} $build_id \"$@\"; fi\n")
        });
        let script = format!(
            "#!/bin/sh\n\
             {linked}\
             {found}\
             case $1 in cc | c++) ;; *) exec {zig} \"$@\" ;; esac\n\
             language=$1 target= windows= musl= shared= build_id= before=\n\
             shift\n\
             {WITHOUT_FOR_C}\
             for arg in \"$@\"; do\n\
             \x20 case $before/$arg in -target/arm*) ;; -target/*-linux-gnu*) target=$arg ;; esac\n\
             \x20 case $before/$arg in -target/*-linux-musl*) musl=yes ;; esac\n\
             \x20 case $before/$arg in\n\
             \x20   -target/*-windows-*) build_id=-Wl,--build-id windows=yes ;;\n\
             \x20   -target/*-linux-*) build_id=-Wl,--build-id=sha1 ;;\n\
             \x20   */-shared | */-dynamiclib) shared=yes ;;\n\
             \x20 esac\n\
             \x20 before=$arg\n\
             done\n\
             if [ -z \"$shared\" ]; then build_id=; fi\n\
             if [ -n \"$target\" ]; then\n\
             \x20 for arg in \"$@\"; do\n\
             \x20   shift\n\
             \x20   if [ \"$arg\" = -lunwind ]; then arg=$(linked {zig} {folder} \"$target\") || exit 1; fi\n\
             \x20   set -- \"$@\" \"$arg\"\n\
             \x20 done\n\
             fi\n\
             if [ -n \"$musl\" ]; then set -- \"$@\" -idirafter {for_musl}; fi\n\
             if [ -n \"$windows\" ]; then\n\
             \x20 before=\n\
             \x20 for arg in \"$@\"; do\n\
             \x20   shift\n\
             \x20   case $before/$arg in\n\
             \x20     -I/* | -isystem/*) arg=$(python_headers {folder} \"$arg\") || exit 1 ;;\n\
             \x20     */-I?*) arg=$(python_headers {folder} \"${{arg#-I}}\") && arg=-I$arg || exit 1 ;;\n\
             \x20   esac\n\
             \x20   set -- \"$@\" \"$arg\"\n\
             \x20   before=$arg\n\
             \x20 done\n\
             \x20 {any_case}\
             fi\n\
             {with_twin}\
             exec {zig} \"$language\"{names} $build_id \"$@\"\n"
        );
        atomic_write::write(&self.folder.join("libgcc_s.c"), unwinder::source())?;
        atomic_write::write(&self.folder.join("libgcc_s.map"), unwinder::versions())?;
        if let Some(spelled) = spelled {
            atomic_write::write(&overlay, spelled)?;
        }
        atomic_write::write(&self.folder.join(python_headers::CONFIG_FILE), python_headers::CONFIG)?;
        write_script(&path, &script)?;
        Ok(path)
    }

    /// Writes the linker of a `*-windows-gnullvm` target: zig, with the exports that rustc lists.
    ///
    /// cargo-zigbuild drops rustc's own list, by its name. maturin 1.16 has one that always says
    /// `PyInit_<module-name>`: wrong for abi3t (`PyModExport_*`) and for a module inside a package
    /// (`PyInit_pkg._mod`); the cargo of [`Shims::write`] removes that.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn windows_linker(&self, folder: &Path, triple: &str, maturin: &Path) -> Result<PathBuf> {
        let arch = match triple.split('-').next().unwrap_or_default() {
            "i686" => "x86",
            arch => arch,
        };
        let path = folder.join(format!("link-{triple}"));
        let script = format!(
            "#!/bin/sh\n\
             for arg in \"$@\"; do\n\
             \x20 case $arg in\n\
             \x20   -Wl,*/list.def)\n\
             \x20     list=${{arg#-Wl,}}\n\
             \x20     cp \"$list\" \"${{list%/*}}/exports.def\" || exit 1\n\
             \x20     set -- \"$@\" \"${{list%/*}}/exports.def\" ;;\n\
             \x20 esac\n\
             done\n\
             if [ -n \"${{{PYTHON_LIBRARY}:-}}\" ]; then set -- \"$@\" \"-L${PYTHON_LIBRARY}\"; fi\n\
             exec {} zig cc -- -g -fno-sanitize=all -target {arch}-windows-gnu \"$@\"\n",
            quoted(maturin)
        );
        write_script(&path, &script)?;
        Ok(path)
    }

    /// Writes the linker of a `*-apple-darwin` target: zig, with rustc's exports as the only symbols that
    /// are not private (`build::link`). `python` runs monowheel, `level` is the deployment target.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn macos_linker(
        &self,
        folder: &Path,
        triple: &str,
        level: &str,
        maturin: &Path,
        python: &Path,
    ) -> Result<PathBuf> {
        let arch = triple.split('-').next().unwrap_or_default();
        let path = folder.join(format!("link-{triple}"));
        let script =
            format!("#!/bin/sh\nexec {} link {} {arch}-macos.{level}-none \"$@\"\n", command(python), quoted(maturin));
        write_script(&path, &script)?;
        Ok(path)
    }

    /// Writes a linker that is zig for the target `zig` (in zig's naming), as cargo-zigbuild 0.24 calls it.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub fn zig_linker(&self, folder: &Path, triple: &str, zig: &str, maturin: &Path) -> Result<PathBuf> {
        let path = folder.join(format!("link-{triple}"));
        let maturin = quoted(maturin);
        write_script(
            &path,
            &format!("#!/bin/sh\nexec {maturin} zig cc -- -g -fno-sanitize=all -target {zig} \"$@\"\n"),
        )?;
        Ok(path)
    }

    /// Writes the linker for this machine's own target, which is also that of build scripts and procedural macros.
    ///
    /// A wheel's library is in the directory of its target, and is linked by zig for the glibc that [`HOST_TARGET`]
    /// names. The others run here: the system's `cc` links them, or zig if there is none.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn host_linker(&self, folder: &Path, maturin: &Path, zig: &str) -> Result<PathBuf> {
        let path = folder.join(format!("link-{}", self.host));
        let script = format!(
            "#!/bin/sh\n\
             is_wheel= is_output=\n\
             for arg in \"$@\"; do\n\
             \x20 case $is_output$arg in yes*/{host}/*) is_wheel=yes ;; esac\n\
             \x20 is_output=\n\
             \x20 if [ \"$arg\" = -o ]; then is_output=yes; fi\n\
             done\n\
             if [ -n \"$is_wheel\" ]; then\n\
             \x20 exec {maturin} zig cc -- -g -fno-sanitize=all -target \"${{{HOST_TARGET}:-{zig}}}\" \"$@\"\n\
             fi\n\
             if command -v cc >/dev/null; then exec cc \"$@\"; fi\n\
             exec {maturin} zig cc -- -target {zig} \"$@\"\n",
            host = self.host,
            maturin = quoted(maturin),
        );
        write_script(&path, &script)?;
        Ok(path)
    }
}

/// The words that run monowheel, for a shell.
fn command(python: &Path) -> String {
    let words = python::module_words(python, "monowheel");
    std::iter::once(quoted(python)).chain(words.iter().map(quoted)).collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use monowheel_system::exec::{Call, CancelToken};

    use super::*;
    use crate::toolchain::rust::tests::toolchain;

    #[test]
    fn the_macos_linker_calls_us_with_everything() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let python = dir.path().join("a python");
        write_script(&python, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        fs_err::write(dir.path().join("pyvenv.cfg"), "")?;
        let shims = Shims::write(dir.path(), &toolchain("x", "1.96.0", &[], false, false), None, &Remap::default())?;
        let linker =
            shims.macos_linker(dir.path(), "aarch64-apple-darwin", "11.0", Path::new("/my tools/maturin"), &python)?;
        let call = Call::new(&linker).args(["-o", "a b", "-Wl,-dead_strip"]);
        let printed = call.stdout(std::time::Duration::from_secs(10), &CancelToken::default())?;
        assert_eq!(
            printed,
            "-I|-X|utf8|-m|monowheel|link|/my tools/maturin|aarch64-macos.11.0-none|-o|a b|-Wl,-dead_strip|"
        );
        Ok(())
    }

    #[test]
    fn the_windows_linker_hands_on_what_rustc_exports() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let maturin = dir.path().join("maturin");
        write_script(&maturin, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        let shims = Shims::write(dir.path(), &toolchain("x", "1.96.0", &[], false, false), None, &Remap::default())?;
        let linker = shims.windows_linker(dir.path(), "i686-pc-windows-gnullvm", &maturin)?;
        let list = dir.path().join("a list/list.def");
        fs_err::create_dir_all(list.parent().unwrap_or(dir.path()))?;
        fs_err::write(&list, "EXPORTS\n  \"PyModExport__mod\"\n")?;
        let call = Call::new(&linker).arg(format!("-Wl,{}", list.display())).arg("a b.o");
        let printed = call.stdout(std::time::Duration::from_secs(10), &CancelToken::default())?;
        let def = list.with_file_name("exports.def");
        let flags = "zig|cc|--|-g|-fno-sanitize=all|-target|x86-windows-gnu|";
        assert_eq!(printed, format!("{flags}-Wl,{}|a b.o|{}|", list.display(), def.display()));
        assert_eq!(fs_err::read_to_string(&def)?, fs_err::read_to_string(&list)?);
        Ok(())
    }

    #[test]
    fn what_runs_here_is_linked_by_cc_and_a_wheel_by_zig() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let (maturin, cc) = (dir.path().join("maturin"), dir.path().join("bin/cc"));
        fs_err::create_dir_all(dir.path().join("bin"))?;
        for (tool, name) in [(&maturin, "zig"), (&cc, "cc")] {
            write_script(tool, &format!("#!/bin/sh\nprintf '%s|' {name} \"$@\"\n"))?;
        }
        let shims = Shims::write(dir.path(), &toolchain("x", "1.96.0", &[], false, false), None, &Remap::default())?;
        let linker = shims.host_linker(dir.path(), &maturin, "x86_64-linux-gnu")?;
        let linked = |output: &str, path: &Path| {
            let call = Call::new(&linker).args(["a b.o", "-o", output]).env("PATH", path);
            call.env(HOST_TARGET, "x86_64-linux-gnu.2.17")
                .stdout(std::time::Duration::from_secs(10), &CancelToken::default())
        };
        let (script, library) = ("/t/release/build/x/build_script", "/t/x86_64-unknown-linux-gnu/release/deps/libx.so");
        let bin = dir.path().join("bin");
        assert_eq!(linked(script, &bin)?, format!("cc|a b.o|-o|{script}|"));
        let flags = "zig|zig|cc|--|-g|-fno-sanitize=all|-target|x86_64-linux-gnu.2.17|";
        assert_eq!(linked(library, &bin)?, format!("{flags}a b.o|-o|{library}|"));
        let without_cc = linked(script, &dir.path().join("nothing"))?;
        assert_eq!(without_cc, format!("zig|zig|cc|--|-target|x86_64-linux-gnu|a b.o|-o|{script}|"));
        Ok(())
    }

    #[test]
    fn c_gets_the_names_and_other_calls_get_nothing() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let real = dir.path().join("real zig");
        write_script(&real, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        let mut remap = Remap::default();
        remap.add(Path::new("/my home"), "/cargo");
        let shims = Shims::write(&dir.path().join("bin"), &toolchain("x", "1.96.0", &[], false, false), None, &remap)?;
        let zig = shims.zig(&real, &remap, None)?;
        let said = |words: &[&str]| {
            Call::new(&zig).args(words).stdout(std::time::Duration::from_secs(10), &CancelToken::default())
        };
        assert_eq!(said(&["c++", "-c", "a b.cc"])?, "c++|-ffile-prefix-map=/my home=/cargo|-c|a b.cc|");
        assert_eq!(said(&["ar", "rcs", "x.a"])?, "ar|rcs|x.a|");
        Ok(())
    }

    #[test]
    fn glibc_gets_its_own_unwinder_and_others_zigs() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let real = dir.path().join("real zig");
        // Prints its arguments, and creates the output.
        let made = "before=\nfor arg in \"$@\"; do\n  [ \"$before\" != -o ] || : >\"$arg\"\n  before=$arg\ndone\n";
        write_script(&real, &format!("#!/bin/sh\nprintf '%s|' \"$@\"\n{made}"))?;
        let shims = Shims::write(
            &dir.path().join("bin"),
            &toolchain("x", "1.96.0", &[], false, false),
            None,
            &Remap::default(),
        )?;
        let zig = shims.zig(&real, &Remap::default(), None)?;
        let said = |target: &str| {
            Call::new(&zig)
                .args(["cc", "-target", target, "a b.o", "-lunwind", "-lc"])
                .stdout(std::time::Duration::from_secs(10), &CancelToken::default())
        };
        let library = dir.path().join("bin/libgcc_s-x86_64-linux-gnu.2.17/libgcc_s.so.1");
        let linked = format!("cc|-target|x86_64-linux-gnu.2.17|a b.o|{}|-lc|", library.display());
        assert_eq!(said("x86_64-linux-gnu.2.17")?, linked);
        assert!(library.is_file());
        assert_eq!(said("x86_64-linux-gnu.2.17")?, linked);
        for other in ["arm-linux-gnueabihf.2.17", "aarch64-macos.11.0-none", "x86_64-windows-gnu"] {
            assert_eq!(said(other)?, format!("cc|-target|{other}|a b.o|-lunwind|-lc|"));
        }
        let headers = dir.path().join("bin/musl-headers");
        let musl = format!("cc|-target|x86_64-linux-musl|a b.o|-lunwind|-lc|-idirafter|{}|", headers.display());
        assert_eq!(said("x86_64-linux-musl")?, musl);
        assert!(headers.join("sys/cdefs.h").is_file());
        Ok(())
    }

    #[test]
    fn c_code_for_windows_gets_pythons_headers_for_windows() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let real = dir.path().join("real zig");
        write_script(&real, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        let python = dir.path().join("include python");
        fs_err::create_dir_all(&python)?;
        fs_err::write(python.join("Python.h"), "")?;
        let toolchain = toolchain("x", "1.96.0", &[], false, false);
        let shims = Shims::write(&dir.path().join("bin"), &toolchain, None, &Remap::default())?;
        let zig = shims.zig(&real, &Remap::default(), None)?;
        let joined = format!("-I{}", python.display());
        let said = |target: &str| {
            let call = Call::new(&zig).args(["cc", "-target", target, "-I/other", "-I"]).arg(&python).arg(&joined);
            call.args(["-c", "a b.c"]).stdout(std::time::Duration::from_secs(10), &CancelToken::default())
        };
        let same = format!("-I/other|-I|{}|{joined}|-c|a b.c|", python.display());
        for other in ["x86_64-linux-gnu.2.17", "aarch64-macos.11.0-none"] {
            assert_eq!(said(other)?, format!("cc|-target|{other}|{same}"));
        }
        let windows = said("x86_64-windows-gnu")?;
        let words: Vec<&str> = windows.split('|').collect();
        assert_eq!((words[3], words[4], words[8]), ("-I/other", "-I", "a b.c"), "{windows}");
        assert_eq!(words[6], format!("-I{}", words[5]));
        let made = Path::new(words[5]);
        assert!(made != python && made.join("Python.h").is_file() && made.join("pyconfig.h").is_file(), "{windows}");
        Ok(())
    }
}
