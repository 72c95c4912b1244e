//! A command line that runs Python, taken apart: the interpreter, its options, and what it runs.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, on_path};
use monowheel_test::lab::Runner;
use monowheel_test::trials::Python;
use serde::Serialize;

/// Options of Python that take no value.
const PLAIN: &str = "bBdEIOPqRsSuv";
/// Options whose value is the rest of the word, or the next one.
const VALUED: &str = "WX";

/// A command that runs Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonCommand {
    /// The interpreter, by an absolute path.
    pub python: PathBuf,
    /// Its own options.
    pub options: Vec<String>,
    /// What it runs.
    pub work: Work,
    /// `sys.argv`.
    pub argv: Vec<String>,
}

/// What an interpreter runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "target", rename_all = "lowercase")]
pub enum Work {
    /// `-c STATEMENTS`.
    Statements(String),
    /// `-m MODULE`.
    Module(String),
    /// `FILE`.
    Script(String),
    /// Only the interpreter.
    Nothing,
}

impl PythonCommand {
    /// Takes a command apart. A script with a `#!` line of Python, such as pytest, is run by that Python.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a command that is not Python, and for options that make no sense here.
    pub fn parse(words: &[String]) -> Result<Self> {
        let Some((program, rest)) = words.split_first() else {
            return Err(not_python("no command").next(EXAMPLE));
        };
        let path = located(program)?;
        let is_python = |path: &Path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().trim_start_matches("pypy").starts_with("python"))
                || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pypy"))
        };
        if is_python(&path) {
            return Self::of_python(path, rest);
        }
        let Some(python) = script_interpreter(&path)?.filter(|python| is_python(python)) else {
            return Err(not_python("it is neither Python nor a Python script").at(path.display()).next(EXAMPLE));
        };
        let script = path.to_string_lossy().into_owned();
        let argv = std::iter::once(script.clone()).chain(rest.iter().cloned()).collect();
        Ok(Self { python, options: Vec::new(), work: Work::Script(script), argv })
    }

    fn of_python(python: PathBuf, words: &[String]) -> Result<Self> {
        let mut options = Vec::new();
        let mut words = words.iter();
        let with = |work, first: String, rest: std::slice::Iter<'_, String>, options| {
            let argv = std::iter::once(first).chain(rest.cloned()).collect();
            Ok(Self { python: python.clone(), options, work, argv })
        };
        while let Some(word) = words.next() {
            let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                return match word.as_str() {
                    "-" => Err(not_python("the statements of `-` come from standard input, which is read once")
                        .next("put them into a file, or after -c")),
                    script => with(Work::Script(script.to_owned()), script.to_owned(), words, options),
                };
            };
            if let Some(at) = letters.find(['c', 'm']).filter(|at| letters[..*at].chars().all(|c| PLAIN.contains(c))) {
                options.extend((at > 0).then(|| format!("-{}", &letters[..at])));
                let attached = Some(letters[at + 1..].to_owned()).filter(|rest| !rest.is_empty());
                let Some(target) = attached.or_else(|| words.next().cloned()) else {
                    return Err(not_python(&format!("nothing follows {word}")).next(EXAMPLE));
                };
                let is_module = letters[at..].starts_with('m');
                let work = if is_module { Work::Module(target) } else { Work::Statements(target) };
                return with(work, if is_module { "-m" } else { "-c" }.to_owned(), words, options);
            }
            options.push(word.clone());
            if letters.starts_with(|first| VALUED.contains(first)) {
                if letters.len() == 1 {
                    options.extend(words.next().cloned());
                }
            } else if !letters.chars().all(|letter| PLAIN.contains(letter)) {
                return Err(not_python(&format!("the option {word} of Python makes no sense in a measurement"))
                    .next("leave it out; -c, -m, -W, -X and options without a value such as -I are understood"));
            }
        }
        with(Work::Nothing, String::new(), [].iter(), options)
    }

    /// The words after the interpreter that run the same.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let target = match &self.work {
            Work::Statements(code) => vec!["-c".to_owned(), code.clone()],
            Work::Module(name) => vec!["-m".to_owned(), name.clone()],
            Work::Script(path) => vec![path.clone()],
            Work::Nothing => Vec::new(),
        };
        self.options.iter().cloned().chain(target).chain(self.argv.iter().skip(1).cloned()).collect()
    }

    /// The interpreter's report about itself.
    ///
    /// # Errors
    /// [`ErrorKind::Toolchain`] for one that does not start, is not CPython 3.8 or later, or is emulated.
    pub fn interpreter(&self, stop: &CancelToken) -> Result<Python> {
        let refused = |why: String| {
            Error::new(ErrorKind::Toolchain, why)
                .at(self.python.display())
                .next("run monowheel pythons to see the interpreters of this machine")
        };
        let python = Python::at(&self.python, stop).map_err(|error| refused(error.what().to_owned()))?;
        if python.about.implementation != "cpython" {
            return Err(refused(format!("{} has neither CPython's objects nor its heap", python.about.implementation)));
        }
        if python.about.version < (3, 8) {
            return Err(refused(format!("Python {} is older than 3.8", python.about.release)));
        }
        if python.runner != Runner::Native {
            return Err(refused("it does not run natively here: what is measured would be its emulator".to_owned()));
        }
        Ok(python)
    }
}

const EXAMPLE: &str = "write the command after --, such as: monowheel debug leaks -- python -c 'import m; m.f()'";

fn not_python(what: &str) -> Error {
    Error::new(ErrorKind::Usage, what)
}

/// The file of a program: by its path, or on `PATH`.
fn located(program: &str) -> Result<PathBuf> {
    if program.contains(std::path::MAIN_SEPARATOR) {
        // Not canonicalized: the link in a virtual environment is what makes it one.
        let path = std::path::absolute(program)?;
        return if path.is_file() {
            Ok(path)
        } else {
            Err(Error::new(ErrorKind::Usage, "no such program").at(path.display()).next("check its path"))
        };
    }
    on_path(program).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{program} is not on PATH"))
            .next("name it by its path, or activate the environment that has it")
    })
}

/// The interpreter in a script's first line: `#!/…/python`, or `#!/usr/bin/env python3`.
fn script_interpreter(path: &Path) -> Result<Option<PathBuf>> {
    use std::io::Read as _;
    let mut start = Vec::new();
    fs_err::File::open(path)?.take(512).read_to_end(&mut start)?;
    let text = String::from_utf8_lossy(&start);
    let Some(line) = text.strip_prefix("#!").and_then(|rest| rest.lines().next()) else { return Ok(None) };
    let mut words = line.split_whitespace();
    let Some(first) = words.next() else { return Ok(None) };
    if first.ends_with("/env") {
        return Ok(words.next().and_then(on_path));
    }
    Ok(Some(PathBuf::from(first)).filter(|python| python.is_absolute() && python.is_file()))
}

#[cfg(test)]
mod tests;
