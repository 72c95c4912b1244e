//! Runs commands inside the tests, and keeps their output.
#![allow(dead_code, reason = "each test uses its part")]

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use monowheel::cli::{Screen, run};

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The exit code of a command, and its output.
pub(crate) struct Ended {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a command.
pub(crate) fn ran(argv: &[OsString]) -> Ended {
    ran_with(argv, None)
}

/// Runs a command as the program of this Python.
pub(crate) fn ran_with(argv: &[OsString], python: Option<PathBuf>) -> Ended {
    shown(argv, python, |screen| screen)
}

/// Runs a command like a runner of GitHub Actions, which reads the output.
pub(crate) fn ran_on_github(argv: &[OsString]) -> Ended {
    shown(argv, None, Screen::obeyed)
}

fn shown(argv: &[OsString], python: Option<PathBuf>, screen: impl FnOnce(Screen) -> Screen) -> Ended {
    let (out, err) = (Page::default(), Page::default());
    let code = run(argv, python, &mut screen(Screen::of(Box::new(out.clone()), Box::new(err.clone()))));
    Ended { code: code as u8, out: out.text(), err: err.text() }
}

/// Runs a command with this stdout.
pub(crate) fn ran_into(argv: &[OsString], out: Box<dyn Write + Send>) -> Ended {
    let err = Page::default();
    let code = run(argv, None, &mut Screen::of(out, Box::new(err.clone())));
    Ended { code: code as u8, out: String::new(), err: err.text() }
}

/// Runs a command; its output, with the directory's name replaced.
pub(crate) fn said(args: &[&str], folder: Option<&Path>) -> String {
    let mut argv: Vec<OsString> = args.iter().map(OsString::from).collect();
    argv.extend(folder.map(OsString::from));
    let Ended { code, out, err } = ran(&argv);
    let text = format!("exit {code}\n--- stdout\n{out}--- stderr\n{err}");
    match folder {
        Some(folder) => text.replace(&folder.display().to_string(), "[folder]"),
        None => text,
    }
}
