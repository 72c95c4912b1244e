//! perf of Linux, for a CPython 3.12 or later that writes a map of its functions (`-X perf`) and has frame pointers.

use std::path::Path;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines, on_path};

use super::stack::{Frame, Sample};
use crate::command::PythonCommand;

const PRINTED: usize = 8;
/// Whether an interpreter can be sampled so.
const CAN: &str = "import sys, sysconfig; flags = ' '.join(str(sysconfig.get_config_var(name)) for name in ('CFLAGS', \
                   'PY_CFLAGS', 'PY_CORE_CFLAGS')); print(int(sys.version_info >= (3, 12) and '-fno-omit-frame-pointer' \
                   in flags and bool(sysconfig.get_config_var('PY_HAVE_PERF_TRAMPOLINE'))))";
const LIMIT: Duration = Duration::from_secs(120);

/// Whether the interpreter has perf's map and frame pointers.
pub(super) fn can(command: &PythonCommand, stop: &CancelToken) -> bool {
    let told = Call::new(&command.python).args(["-I", "-c", CAN]).stdout(LIMIT, stop);
    told.is_ok_and(|told| told.trim() == "1")
}

/// Samples the command to its end. Threads that wait have no samples.
pub(super) fn record(
    command: &PythonCommand,
    rate: u32,
    folder: &Path,
    limit: Duration,
    stop: &CancelToken,
) -> Result<Vec<Sample>> {
    let perf = on_path("perf").ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "perf not found on PATH").next("on Debian: apt-get install linux-perf")
    })?;
    let file = folder.join("perf.data");
    let call = Call::new(&perf).args(["record", "--quiet", "--call-graph", "fp", "--freq"]).arg(rate.to_string());
    let call = call.arg("--output").arg(&file).arg("--").arg(&command.python).args(["-X", "perf"]);
    let call = call.args(command.words());
    let ended = call.capture(limit, stop)?;
    if !file.is_file() {
        return Err(Error::new(
            ErrorKind::Tool,
            format!("perf has no samples\n{}", last_lines(&ended.stderr, PRINTED)),
        )
        .next("allow it: sudo sysctl kernel.perf_event_paranoid=1; or sample with py-spy: --tool py-spy"));
    }
    let script = Call::new(perf).args(["script", "--fields", "comm,tid,ip,sym,dso", "--input"]).arg(&file);
    Ok(samples(&script.capture(LIMIT, stop)?.stdout))
}

/// The samples, separated by empty lines; in each the innermost frame comes first.
fn samples(text: &str) -> Vec<Sample> {
    let blocks = text.split("\n\n").map(|block| {
        let lines = block.lines().filter(|line| line.starts_with(char::is_whitespace));
        let mut frames: Vec<Frame> = lines.filter_map(frame).collect();
        frames.reverse();
        Sample { frames, weight: 1 }
    });
    blocks.filter(|sample| !sample.frames.is_empty()).collect()
}

/// `    7f12 py::work:/home/me/bench.py (/tmp/perf-12.map)`. The interpreter's loop is left out: its Python function is
/// there.
fn frame(line: &str) -> Option<Frame> {
    let (_, rest) = line.trim().split_once(' ')?;
    let (symbol, library) = rest.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("))?;
    let symbol = symbol.rsplit_once("+0x").map_or(symbol, |(name, _)| name);
    if let Some(python) = symbol.strip_prefix("py::") {
        let (function, file) = python.rsplit_once(':').unwrap_or((python, ""));
        return Some(Frame::python(function, file));
    }
    let is_loop = symbol.starts_with("_PyEval_EvalFrameDefault") || library.contains("/perf-");
    let name = if symbol == "[unknown]" { "0x0" } else { symbol };
    (!is_loop).then(|| Frame::native(name, library))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_perf_script() {
        let text = "python 12\n\t    7f12 m::work+0x1f (/site/m.abi3.so)\n\t    7f13 _PyEval_EvalFrameDefault+0x2 \
                    (/usr/bin/python3.14)\n\t    7f14 py::bench:/home/me/a b.py (/tmp/perf-12.map)\n\npython 12\n\t    1 \
                    [unknown] ([unknown])\n\n";
        let found = samples(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].frames, [Frame::python("bench", "a b.py"), Frame::native("m::work", "m.abi3.so")]);
        assert!(samples("").is_empty());
    }
}
