//! Links an extension for Pyodide with zig's `wasm-ld` alone.
//!
//! rustc calls its linker for `wasm32-unknown-emscripten` as it would call Emscripten's `emcc`. A side module imports
//! libc, the C++ runtime, the unwinder and the exception tags from Pyodide's main module, so that none of Emscripten's
//! libraries is needed: the rest of `emcc` is its call of `wasm-ld`. Unknown arguments are an error.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};

/// The name of this linker in `monowheel link`.
pub const TARGET: &str = "wasm32-emscripten";

/// Libraries that std and crates request with `#[link]`: Pyodide's main module has them.
const MAIN_HAS: [&str; 13] =
    ["c", "m", "dl", "rt", "pthread", "util", "unwind", "c++", "c++abi", "stdc++", "compiler_rt", "gcc", "gcc_eh"];

/// Settings of Emscripten for the JavaScript around a program, which a side module does not have.
const OF_JAVASCRIPT: [&str; 7] = [
    "WASM_BIGINT",
    "ASSERTIONS",
    "ABORTING_MALLOC",
    "ERROR_ON_UNDEFINED_SYMBOLS",
    "DISABLE_EXCEPTION_CATCHING",
    "DISABLE_EXCEPTION_THROWING",
    "SUPPORT_LONGJMP",
];

/// How Emscripten 4 and 5 call `wasm-ld` for `-sSIDE_MODULE=2 -fwasm-exceptions`, without debug information.
const ALWAYS: [&str; 20] = [
    "-shared",
    "--experimental-pic",
    "--unresolved-symbols=import-dynamic",
    "--no-export-dynamic",
    "--import-memory",
    "-Bsymbolic",
    "--strip-all",
    "--keep-section=target_features",
    "--no-entry",
    "--gc-sections",
    "--export-if-defined=__wasm_call_ctors",
    "--export-if-defined=__wasm_apply_data_relocs",
    "-mllvm",
    "-wasm-enable-eh",
    "-mllvm",
    "-exception-model=wasm",
    "-mllvm",
    "-wasm-enable-sjlj",
    "-mllvm",
    "-disable-lsr",
];

/// The arguments for `wasm-ld` that correspond to rustc's `arguments` for `emcc`.
///
/// # Errors
/// When a file of arguments cannot be read, an argument is unknown, or the output is not a side module.
pub fn arguments(arguments: &[OsString]) -> Result<Vec<OsString>> {
    let mut linked = Linked::default();
    let words = expanded(arguments)?;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        linked.take(word, &mut words)?;
    }
    if !linked.is_side_module {
        let what = "only libraries can be linked for wasm32-unknown-emscripten (-sSIDE_MODULE=2)";
        return Err(Error::new(ErrorKind::Tool, what).next("leave programs ([[bin]]) out of a build for Pyodide"));
    }
    let mut all: Vec<OsString> = ALWAYS.iter().map(OsString::from).collect();
    all.extend(linked.exports.iter().map(|name| format!("--export-if-defined={name}").into()));
    all.extend(linked.rest);
    Ok(all)
}

/// The parsed arguments.
#[derive(Debug, Default)]
struct Linked {
    is_side_module: bool,
    exports: Vec<String>,
    /// Inputs, directories, the output, and linker arguments, in their order.
    rest: Vec<OsString>,
}

impl Linked {
    fn take<'a>(&mut self, word: &'a OsString, rest: &mut impl Iterator<Item = &'a OsString>) -> Result<()> {
        let text = word.to_string_lossy();
        let mut next = || rest.next().ok_or_else(|| not_understood(&format!("{text} without a value")));
        match text.as_ref() {
            "-o" | "-L" => self.rest.extend([word.clone(), next()?.clone()]),
            "-s" => self.setting(&next()?.to_string_lossy())?,
            "-l" => {
                let name = next()?.to_string_lossy();
                self.library(&name);
            }
            "-pthread" => return Err(threads()),
            "-nodefaultlibs" | "-nostdlib" | "-nostartfiles" | "-shared" => {}
            _ if text.starts_with("-Wl,") => self.rest.extend(text.split(',').skip(1).map(OsString::from)),
            _ if text.starts_with("-l") => self.library(&text[2..]),
            _ if text.starts_with("-L") => self.rest.push(word.clone()),
            _ if text.starts_with("-s") => self.setting(&text[2..])?,
            // These concern compiled code and debug information.
            _ if ["-O", "-g", "-f", "-B", "--profiling", "--target="].iter().any(|start| text.starts_with(start)) => {}
            _ if text.starts_with('-') => return Err(not_understood(&text)),
            _ => self.rest.push(word.clone()),
        }
        Ok(())
    }

    fn library(&mut self, name: &str) {
        if !MAIN_HAS.contains(&name) {
            self.rest.push(format!("-l{name}").into());
        }
    }

    fn setting(&mut self, setting: &str) -> Result<()> {
        let (name, value) = setting.split_once('=').unwrap_or((setting, "1"));
        match name {
            "SIDE_MODULE" => self.is_side_module = value == "2",
            "EXPORTED_FUNCTIONS" => {
                let names: Vec<String> = serde_json::from_str(value).map_err(|_| not_understood(setting))?;
                // C names have no underscore prefix in WebAssembly; the list of exports has one.
                self.exports.extend(names.iter().filter_map(|name| name.strip_prefix('_')).map(str::to_owned));
            }
            "USE_PTHREADS" | "SHARED_MEMORY" | "WASM_WORKERS" if value != "0" => return Err(threads()),
            _ if OF_JAVASCRIPT.contains(&name) => {}
            _ => return Err(not_understood(&format!("-s{setting}"))),
        }
        Ok(())
    }
}

fn threads() -> Error {
    Error::new(ErrorKind::Tool, "the crate is linked with support for threads, which Pyodide does not have")
        .next("leave -pthread and the target feature atomics out for wasm32-unknown-emscripten")
}

fn not_understood(word: &str) -> Error {
    Error::new(ErrorKind::Tool, format!("an argument for emcc is not understood: {word}"))
        .next("leave it out for wasm32-unknown-emscripten (a build script or .cargo/config.toml adds it)")
}

/// The words, and those of files (`@FILE`), which rustc writes one per line with a backslash before blanks and
/// backslashes.
fn expanded(arguments: &[OsString]) -> Result<Vec<OsString>> {
    let mut words = Vec::new();
    for argument in arguments {
        match argument.to_str().and_then(|text| text.strip_prefix('@')) {
            Some(file) => {
                let text = fs_err::read_to_string(Path::new(file))?;
                words.extend(text.lines().filter(|line| !line.is_empty()).map(|line| unescaped(line).into()));
            }
            None => words.push(OsStr::to_owned(argument)),
        }
    }
    Ok(words)
}

fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(words: &[&str]) -> Result<Vec<String>> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let all = arguments(&words)?;
        let own = all.iter().skip(ALWAYS.len()).map(|word| word.to_string_lossy().into_owned());
        Ok(own.collect())
    }

    #[test]
    fn what_rustc_says_to_emcc_is_said_to_wasm_ld() -> Result<()> {
        let words = ["-s", "EXPORTED_FUNCTIONS=[\"_PyInit_x\",\"_other\"]", "a b.o", "-Wl,--fatal-warnings", "-l", "c"];
        let more = ["-L", "/lib", "-lz", "-lc++abi", "-o", "libx.so", "-O3", "-sSIDE_MODULE=2", "-sWASM_BIGINT"];
        assert_eq!(
            linked(&[&words[..], &more].concat())?,
            [
                "--export-if-defined=PyInit_x",
                "--export-if-defined=other",
                "a b.o",
                "--fatal-warnings",
                "-L",
                "/lib",
                "-lz",
                "-o",
                "libx.so"
            ]
        );
        Ok(())
    }

    #[test]
    fn words_in_a_file_are_words() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let file = dir.path().join("linker-arguments");
        fs_err::write(&file, "a\\ b\\\\c.o\n-sSIDE_MODULE=2\n")?;
        assert_eq!(linked(&[&format!("@{}", file.display())])?, ["a b\\c.o"]);
        Ok(())
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for (words, why) in [
            (&["a.o"][..], "only libraries"),
            (&["-sSIDE_MODULE=1", "a.o"], "only libraries"),
            (&["-sSIDE_MODULE=2", "--odd"], "--odd"),
            (&["-sSIDE_MODULE=2", "-sASYNCIFY"], "-sASYNCIFY"),
            (&["-sSIDE_MODULE=2", "-pthread"], "threads"),
            (&["-sSIDE_MODULE=2", "-sUSE_PTHREADS=1"], "threads"),
            (&["-sSIDE_MODULE=2", "-o"], "-o without"),
        ] {
            let error = linked(words).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(why), "{words:?}: {error}");
        }
    }
}
