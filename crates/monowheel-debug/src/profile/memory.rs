//! memray, which records every allocation of both languages.

use std::path::Path;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines, quoted};
use serde::Deserialize;

use super::stack::{Frame, Sample};
use crate::command::{PythonCommand, Work};

const READ: &str = include_str!("memory.py");
/// Reading a recording of a large program takes a while.
const LIMIT: Duration = Duration::from_secs(600);
const PRINTED: usize = 8;

#[derive(Deserialize)]
struct Told {
    stacks: Vec<Stack>,
}

#[derive(Deserialize)]
struct Stack {
    /// Function and file, the innermost first.
    frames: Vec<(String, String)>,
    size: u64,
}

/// Runs the command to its end: the stacks of what is allocated when it is most.
pub(super) fn record(
    command: &PythonCommand,
    folder: &Path,
    limit: Duration,
    stop: &CancelToken,
) -> Result<Vec<Sample>> {
    let python = || Call::new(&command.python).args(&command.options);
    if !python().args(["-c", "import memray"]).capture(limit, stop)?.status.success() {
        return Err(Error::new(ErrorKind::Toolchain, "memray is not installed in the environment of the command")
            .at(command.python.display())
            .next(format!("{} -m pip install memray", quoted(&command.python))));
    }
    let file = folder.join("memory.bin");
    let call = python().args(["-m", "memray", "run", "--quiet", "--native", "--force", "--output"]).arg(&file);
    let call = match &command.work {
        Work::Statements(code) => call.arg("-c").arg(code),
        Work::Module(name) => call.arg("-m").arg(name),
        Work::Script(path) => call.arg(path),
        Work::Nothing => call,
    };
    let ended = call.args(command.argv.iter().skip(1)).capture(limit, stop)?;
    if !file.is_file() {
        let what = format!("memray has no recording\n{}", last_lines(&ended.stderr, PRINTED));
        return Err(Error::new(ErrorKind::Tool, what).next("run the command without monowheel first"));
    }
    let script = folder.join("memory.py");
    fs_err::write(&script, READ)?;
    let text = python().arg(&script).arg(&file).stdout(LIMIT, stop)?;
    let told: Told = serde_json::from_str(&text)
        .map_err(|error| Error::new(ErrorKind::Format, format!("could not read memray's recording: {error}")))?;
    let sample = |stack: Stack| {
        let frames = stack.frames.iter().rev().map(|(function, file)| frame(function, file)).collect();
        Sample { frames, weight: stack.size }
    };
    Ok(told.stacks.into_iter().map(sample).collect())
}

fn frame(function: &str, file: &str) -> Frame {
    let is_python = file.ends_with(".py") || file.starts_with('<') && file != "<unknown>";
    let file = if file == "<unknown>" { "" } else { file };
    if is_python { Frame::python(function, file) } else { Frame::native(function, file) }
}
