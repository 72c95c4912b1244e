//! The command as a process of its own.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;
use std::process::Command;

use monowheel::cli::{Screen, run};
use monowheel_system::exec::on_path;

use crate::said::Ended;
use crate::traps::directory::Directory;

/// The variable with the words of the command, each ended by a NUL's stand-in.
const WORDS: &str = "MONOWHEEL_TEST_WORDS";
const END: u8 = 0x1f;

/// The Python that runs monowheel: a real one, like `sys.executable`, not a shim.
pub(super) fn python() -> PathBuf {
    let mut call = Command::new(on_path("python3").unwrap());
    let done = call.args(["-I", "-c", "import sys; print(sys.executable)"]).output().unwrap();
    PathBuf::from(String::from_utf8(done.stdout).unwrap().trim())
}

/// Runs a command in the directory: the Python whose program it is and its words, with these variables set.
pub(super) fn run_in(directory: &Directory, words: &[&OsStr], variables: &[(&str, &str)]) -> Ended {
    let joined: Vec<u8> = words.iter().flat_map(|word| word.as_bytes().iter().copied().chain([END])).collect();
    let mut call = Command::new(std::env::current_exe().unwrap());
    call.args(["--ignored", "--exact", "traps::program::the_command", "--nocapture", "--quiet"])
        .current_dir(directory.root())
        .env(WORDS, OsString::from_vec(joined))
        .env("PATH", Directory::search_path())
        .env("PYTHONPATH", ".:")
        .env("MONOWHEEL_CACHE", directory.cache())
        // This machine's own interpreters would be asked again each time: there may be many.
        .env("PYENV_ROOT", directory.cache())
        .env("UV_PYTHON_INSTALL_DIR", directory.cache())
        .env_remove("PYTHONSAFEPATH")
        .env_remove("RUSTUP_TOOLCHAIN")
        .envs(variables.iter().copied());
    let done = call.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = done.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX);
    Ended { code, out: text(&done.stdout), err: text(&done.stderr) }
}

#[test]
#[ignore = "the program that the other tests start"]
#[allow(clippy::exit, reason = "the command's exit code is this process's")]
fn the_command() {
    let joined = std::env::var_os(WORDS).expect("the words of a command");
    let words = joined.as_bytes().split_inclusive(|byte| *byte == END);
    let mut words = words.map(|word| OsStr::from_bytes(&word[..word.len() - 1]).to_owned());
    let python = words.next().map(PathBuf::from);
    let argv: Vec<OsString> = words.collect();
    let code = run(&argv, python, &mut Screen::standard());
    std::process::exit(i32::from(code as u8));
}
