//! A free-threaded Python with `ThreadSanitizer`, for `monowheel soak --sanitizer thread`.
//!
//! zig compiles it, with a runtime of its own that is newer than Debian's, and as new as rustc's code needs. The runtime is
//! part of the executable and exports its functions, so that modules that were built with the sanitizer find them there.

use monowheel_build::sanitized::Sanitizer;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::quoted;
use monowheel_wheel::binary::Binary;

use super::bench::Bench;
use super::entry::Made;
use super::zig::{self, Tools};
use super::{Site, source};

/// Part of the recipe's key: increment it when the result changes.
pub(super) const REVISION: &str = "tsan 1";

/// What configure finds in zig's headers of the kernel, but the machine's C library does not declare.
const NOT_THERE: &[&str] = &["ac_cv_func_statx=no"];

/// A free-threaded Python with `ThreadSanitizer`.
///
/// # Errors
/// When there is no zig, or its source cannot be downloaded or built.
pub(super) fn make(site: &Site<'_>) -> Result<Made> {
    let zig = zig::found(site, "to compile with ThreadSanitizer")?;
    let bench = Bench::new(site)?.without_bytecode();
    let tools = Tools::write(&bench, "tsan", &zig, &compiler(&quoted(&zig.path)))?;
    let [used, there] = tools.keep(site)?;
    let version = source::install(site, bench, |call| tools.given_to(call).args(NOT_THERE), &[(&used, &there)])?;
    let source = format!("CPython {version}, built by zig {} with --disable-gil and ThreadSanitizer", zig.version);
    let made = source::made(site, source);
    let python = site.work.join(&made.python);
    let runtime = Sanitizer::Thread.import();
    let binary = Binary::read(&fs_err::read(&python)?)?;
    if !binary.slices.iter().any(|slice| slice.exports.names.has(runtime)) {
        let what = format!("the executable does not export {runtime}, which modules with ThreadSanitizer need");
        return Err(Error::new(ErrorKind::Tool, what)
            .at(python.display())
            .next("use the version of zig in docs/lab.md"));
    }
    Ok(made)
}

/// Instruments everything. zig would link a runtime into each library too, but a process can have only one; and the many
/// small programs of configure do not need it, each of which would be 4 MB.
fn compiler(zig: &str) -> String {
    format!(
        "#!/bin/sh\nsanitize=-fsanitize=thread\nfor word; do\n  case $word in -shared|conftest.*) \
         sanitize=-fno-sanitize=thread ;; esac\ndone\nexec {zig} cc -mcpu=baseline $sanitize -fno-sanitize=undefined -g0 \
         -Wno-date-time \"$@\"\n"
    )
}

#[cfg(all(test, unix))]
mod tests {
    use monowheel_system::exec::{Call, CancelToken};

    use super::*;

    /// The options that zig gets for these arguments of the compiler.
    fn options(folder: &std::path::Path, words: &[&str]) -> Result<String> {
        let call = Call::new(folder.join("cc")).args(words);
        call.stdout(std::time::Duration::from_secs(20), &CancelToken::default())
    }

    #[test]
    fn a_library_has_no_runtime_of_its_own() -> Result<()> {
        let folder = tempfile::tempdir()?;
        super::super::qemu::executable(&folder.path().join("cc"), &compiler("echo"))?;
        for (words, is_sanitized) in [
            (&["-c", "a.c", "-DA=\"b c\""][..], true),
            (&["-o", "python", "a.o"], true),
            (&["-shared", "a.o", "-o", "a.so"], false),
            (&["-o", "conftest", "conftest.c"], false),
        ] {
            let options = options(folder.path(), words)?;
            assert_eq!(options.contains(" -fsanitize=thread "), is_sanitized, "{options}");
            assert!(options.trim_end().ends_with(&words.join(" ")), "{options}");
        }
        Ok(())
    }
}
