//! Builds for `wasm32-unknown-emscripten` without Emscripten: zig links, and compiles C and C++ if Emscripten's
//! headers are available.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::quoted;
use monowheel_system::python;

use crate::link::emscripten;
use crate::toolchain::shims::{Shims, write_script};

/// The variable that names Emscripten's directory, which contains `system/include`. Nothing in it is run.
pub(crate) const HEADERS: &str = "MONOWHEEL_EMSCRIPTEN";

/// Its C header directories, in the order in which they are searched. Emscripten's own come before musl's.
const OF_C: [&str; 7] = [
    "include/compat",
    "include",
    "lib/libc/musl/arch/emscripten",
    "lib/libc/musl/arch/generic",
    "lib/libc/musl/include",
    "lib/libunwind/include",
    "lib/compiler-rt/include",
];
/// Those of C++, which must come before zig's own C headers.
const OF_CXX: [&str; 2] = ["lib/libcxx/include", "lib/libcxxabi/include"];

/// As Pyodide is compiled: position-independent, with WebAssembly exceptions. Not zig's default processor, whose
/// extended constants Node 20 refuses.
const FLAGS: &str = "-target wasm32-emscripten -mcpu=generic+exception_handling -fPIC -fwasm-exceptions \
                     -mexception-handling -mllvm -wasm-enable-sjlj -fvisibility=hidden -fno-sanitize=undefined \
                     -D__EMSCRIPTEN__ -DEMSCRIPTEN";

/// The message of a C compiler without headers.
const WITHOUT: &str = "C and C++ for Pyodide need the headers of Emscripten 4 or later: set MONOWHEEL_EMSCRIPTEN to \
                       their directory (the one that contains system/include); nothing in it is run";

/// The programs that compile and pack C for the target: the variables of `cc` and their values.
pub(crate) type Compilers = Vec<(String, PathBuf)>;

impl Shims {
    /// Writes the linker of `wasm32-unknown-emscripten`: zig's `wasm-ld`, called as Emscripten calls it
    /// (`link::emscripten`). `python` runs monowheel.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn emscripten_linker(&self, folder: &Path, triple: &str, zig: &Path, python: &Path) -> Result<PathBuf> {
        let path = folder.join(format!("link-{triple}"));
        let script = format!(
            "#!/bin/sh\nexec {} {} link {} {} \"$@\"\n",
            quoted(python),
            python::module_words(python, "monowheel").iter().map(quoted).collect::<Vec<_>>().join(" "),
            quoted(zig),
            emscripten::TARGET
        );
        write_script(&path, &script)?;
        Ok(path)
    }

    /// Writes the C and C++ compilers for `triple` into `folder`: zig with the headers in `system`, or programs that
    /// print what is missing.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn emscripten_compilers(
        &self,
        folder: &Path,
        triple: &str,
        zig: &Path,
        headers: Option<&Path>,
    ) -> Result<Compilers> {
        let suffix = triple.replace('-', "_");
        let mut compilers = Compilers::new();
        for (variable, command, is_cxx) in [("CC", "cc", false), ("CXX", "c++", true)] {
            let path = folder.join(format!("{command}-{triple}"));
            let script = match headers {
                Some(headers) => compiler(zig, command, is_cxx, headers, &own_headers(folder)?),
                None => format!("#!/bin/sh\necho {} >&2\nexit 1\n", quoted(WITHOUT)),
            };
            write_script(&path, &script)?;
            compilers.push((format!("{variable}_{suffix}"), path));
        }
        for (variable, command) in [("AR", "ar"), ("RANLIB", "ranlib")] {
            let path = folder.join(format!("{command}-{triple}"));
            write_script(&path, &format!("#!/bin/sh\nexec {} {command} \"$@\"\n", quoted(zig)))?;
            compilers.push((format!("{variable}_{suffix}"), path));
        }
        Ok(compilers)
    }
}

/// Emscripten's directory, if the variable names one that has headers.
pub(crate) fn headers() -> Option<PathBuf> {
    let folder = std::env::var_os(HEADERS).filter(|folder| !folder.is_empty()).map(PathBuf::from)?;
    folder.join("system/include").is_dir().then_some(folder)
}

/// A header that Emscripten generates when it is installed.
fn own_headers(folder: &Path) -> Result<PathBuf> {
    let own = folder.join("emscripten-headers");
    fs_err::create_dir_all(own.join("emscripten"))?;
    let version = "#define __EMSCRIPTEN_MAJOR__ 5\n#define __EMSCRIPTEN_MINOR__ 0\n#define __EMSCRIPTEN_TINY__ 3\n\
                   #define __EMSCRIPTEN_major__ 5\n#define __EMSCRIPTEN_minor__ 0\n#define __EMSCRIPTEN_tiny__ 3\n";
    monowheel_system::atomic_write::write(&own.join("emscripten/version.h"), version)?;
    Ok(own)
}

fn compiler(zig: &Path, command: &str, is_cxx: bool, headers: &Path, own: &Path) -> String {
    let system = headers.join("system");
    let mut flags = FLAGS.to_owned();
    if is_cxx {
        flags += " -nostdinc++";
        for folder in OF_CXX {
            flags += &format!(" -I{}", quoted(system.join(folder)));
        }
    }
    for folder in std::iter::once(own.to_path_buf()).chain(OF_C.map(|folder| system.join(folder))) {
        flags += &format!(" -isystem {}", quoted(folder));
    }
    // The crate `cc` passes the target in its own form.
    format!(
        "#!/bin/sh\n\
         for arg in \"$@\"; do\n\
         \x20 shift\n\
         \x20 case $arg in --target=*) ;; *) set -- \"$@\" \"$arg\" ;; esac\n\
         done\n\
         exec {} {command} {flags} \"$@\"\n",
        quoted(zig)
    )
}

#[cfg(all(test, unix))]
mod tests {
    use monowheel_system::exec::{Call, CancelToken};

    use super::*;
    use crate::toolchain::remap::Remap;
    use crate::toolchain::rust::tests::toolchain;

    fn written(headers: Option<&Path>) -> Result<(tempfile::TempDir, Compilers)> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let zig = dir.path().join("a zig");
        write_script(&zig, "#!/bin/sh\nprintf '%s|' \"$@\"\n")?;
        let shims = Shims::write(dir.path(), &toolchain("x", "1.96.0", &[], false, false), None, &Remap::default())?;
        let compilers = shims.emscripten_compilers(dir.path(), "wasm32-unknown-emscripten", &zig, headers)?;
        Ok((dir, compilers))
    }

    #[test]
    fn zig_compiles_with_the_headers_of_emscripten_and_not_for_the_name_of_rust() -> Result<()> {
        let (_dir, compilers) = written(Some(Path::new("/my emscripten")))?;
        let said = |at: usize| {
            let call = Call::new(&compilers[at].1).args(["--target=wasm32-unknown-emscripten", "-c", "a b.c"]);
            call.stdout(std::time::Duration::from_secs(10), &CancelToken::default())
        };
        assert_eq!(compilers[0].0, "CC_wasm32_unknown_emscripten");
        let c = said(0)?;
        assert!(c.starts_with("cc|-target|wasm32-emscripten|-mcpu=generic+exception_handling|"), "{c}");
        assert!(c.contains("|-isystem|/my emscripten/system/include|") && c.ends_with("|-c|a b.c|"), "{c}");
        assert!(!c.contains("--target") && !c.contains("libcxx"), "{c}");
        let cxx = said(1)?;
        assert!(cxx.contains("|-nostdinc++|-I/my emscripten/system/lib/libcxx/include|"), "{cxx}");
        assert_eq!(said(2)?.split('|').next(), Some("ar"));
        Ok(())
    }

    #[test]
    fn without_headers_the_compiler_says_what_is_missing() -> Result<()> {
        let (_dir, compilers) = written(None)?;
        let ended = Call::new(&compilers[0].1).capture(std::time::Duration::from_secs(10), &CancelToken::default())?;
        assert!(!ended.status.success() && ended.stderr.contains("set MONOWHEEL_EMSCRIPTEN"), "{}", ended.stderr);
        Ok(())
    }
}
