//! py-spy, which samples any CPython from outside, with the native frames.

use std::path::Path;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, executable, last_lines, on_path};
use monowheel_system::foreign_file;

use super::stack::{Frame, Sample};
use crate::command::PythonCommand;

/// A day of samples of a program with deep stacks.
const LARGEST: u64 = 1 << 30;
const PRINTED: usize = 8;
const INSTALL: &str = "python -m pip install 'monowheel[debug]'";

/// py-spy, beside the Python that runs monowheel or that is measured, else on `PATH`.
pub(super) fn find(command: &PythonCommand, own: Option<&Path>) -> Result<Call> {
    let name = executable("py-spy");
    let folders = [own, Some(command.python.as_path())].into_iter().flatten().filter_map(Path::parent);
    let beside = folders.map(|folder| folder.join(&name)).find(|path| path.is_file());
    beside.or_else(|| on_path(&name)).map(Call::new).ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "py-spy is not installed, which samples a program of Python").next(INSTALL)
    })
}

/// Samples the command to its end: also threads that wait.
pub(super) fn record(
    call: Call,
    words: &[String],
    rate: u32,
    folder: &Path,
    limit: Duration,
    stop: &CancelToken,
) -> Result<Vec<Sample>> {
    let file = folder.join("samples.folded");
    let call = call.args(["record", "--native", "--idle", "--format", "raw", "--rate"]).arg(rate.to_string());
    let call = call.arg("--output").arg(&file).arg("--").args(words);
    let ended = call.capture(limit, stop)?;
    let text = foreign_file::read(&file, LARGEST).unwrap_or_default();
    if text.is_empty() {
        let said = last_lines(&ended.stderr, PRINTED);
        let is_permission = ["not permitted", "ermission denied"].iter().any(|words| ended.stderr.contains(words));
        let error = Error::new(ErrorKind::Tool, format!("py-spy has no samples\n{said}").trim_end().to_owned());
        return Err(error.next(if is_permission {
            "allow tracing: run it as root, or give the container the capability SYS_PTRACE"
        } else {
            "run the command without monowheel first: it has to run for at least a second"
        }));
    }
    Ok(String::from_utf8_lossy(&text).lines().filter_map(sample).collect())
}

/// `<module> (a.py:3);m::work (work.rs:7);malloc (libc.so.6) 12`.
fn sample(line: &str) -> Option<Sample> {
    let (stack, weight) = line.rsplit_once(' ')?;
    let frames = stack.split(';').map(frame).collect();
    Some(Sample { frames, weight: weight.parse().ok()? })
}

/// A frame is of Python if its file is a source of Python: py-spy does not say which it is.
fn frame(text: &str) -> Frame {
    let Some((function, place)) = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) else {
        return Frame::native(text, "");
    };
    let file = match place.rsplit_once(':') {
        Some((file, line)) if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()) => file,
        _ => place,
    };
    let is_python = file.ends_with(".py") || file.ends_with(".pyx") || file.starts_with('<');
    if is_python { Frame::python(function, file) } else { Frame::native(function, file) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_py_spy() {
        let found =
            sample("<module> (a/b.py:3);m::work::h0123456789abcdef (src/work.rs:7);0x7f (libc.so.6) 12").unwrap();
        let expected = [
            Frame::python("<module>", "b.py"),
            Frame::native("m::work", "work.rs"),
            Frame::native("0x7f", "libc.so.6"),
        ];
        assert_eq!((found.frames.as_slice(), found.weight), (expected.as_slice(), 12));
        assert!(sample("").is_none() && sample("x").is_none() && sample("a b").is_none());
        assert_eq!(
            sample("f (<frozen importlib._bootstrap>:9) 1").unwrap().frames,
            [Frame::python("f", "<frozen importlib._bootstrap>")]
        );
    }
}
