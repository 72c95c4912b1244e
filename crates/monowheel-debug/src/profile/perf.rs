//! perf of Linux, for a CPython 3.12 or later that writes a map of its functions (`-X perf`) and has frame pointers.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use monowheel_build::symbols::folder::SymbolFile;
use monowheel_build::symbols::report;
use monowheel_build::symbols::resolve::Place;
use monowheel_build::symbols::symbolicate::symbolicate;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines, on_path};

use super::Options;
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
    options: &Options,
    folder: &Path,
    stop: &CancelToken,
) -> Result<Vec<Sample>> {
    let perf = on_path("perf").ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "perf not found on PATH").next("on Debian: apt-get install linux-perf")
    })?;
    let file = folder.join("perf.data");
    let call =
        Call::new(&perf).args(["record", "--quiet", "--call-graph", "fp", "--freq"]).arg(options.rate.to_string());
    let call = call.arg("--output").arg(&file).arg("--").arg(&command.python).args(["-X", "perf"]);
    let call = call.args(command.words());
    let ended = call.capture(options.limit, stop)?;
    if !file.is_file() {
        return Err(Error::new(
            ErrorKind::Tool,
            format!("perf has no samples\n{}", last_lines(&ended.stderr, PRINTED)),
        )
        .next("allow it: sudo sysctl kernel.perf_event_paranoid=1; or sample with py-spy: --tool py-spy"));
    }
    let script = Call::new(perf).args(["script", "--fields", "comm,tid,ip,sym,dso", "--input"]);
    let printed = script.arg(&file).capture(LIMIT, stop)?.stdout;
    Ok(samples(&printed, &names(&printed, &options.symbols)?))
}

/// The functions of lines, by their number from 0.
type Names = BTreeMap<usize, Vec<Place>>;

/// Names of frames that perf does not know.
fn names(printed: &str, symbols: &[SymbolFile]) -> Result<Names> {
    if symbols.is_empty() {
        return Ok(Names::new());
    }
    let found = symbolicate(report::read(printed, &[]), symbols, None)?.frames.into_iter();
    let named = found.filter(|found| found.frame.line > 0 && !found.places.is_empty());
    Ok(named.map(|found| (found.frame.line - 1, found.places)).collect())
}

/// The samples, separated by empty lines; in each the innermost frame comes first.
fn samples(text: &str, names: &Names) -> Vec<Sample> {
    let (mut samples, mut frames) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().chain([""]).enumerate() {
        match names.get(&number) {
            Some(places) => frames.extend(places.iter().map(named)),
            None if line.starts_with(char::is_whitespace) => frames.extend(frame(line)),
            None if line.is_empty() && !frames.is_empty() => {
                frames.reverse();
                samples.push(Sample { frames: std::mem::take(&mut frames), weight: 1 });
            }
            None => {}
        }
    }
    samples
}

fn named(place: &Place) -> Frame {
    Frame::native(&place.function, place.file.as_deref().unwrap_or_default())
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
        let found = samples(text, &Names::new());
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].frames, [Frame::python("bench", "a b.py"), Frame::native("m::work", "m.abi3.so")]);
        assert!(samples("", &Names::new()).is_empty());
    }

    #[test]
    fn a_frame_without_a_name_becomes_the_functions_that_are_inlined_there() {
        let text =
            "python 12\n\t    7f12 [unknown] (/site/m.abi3.so)\n\t    7f14 py::bench:a.py (/tmp/perf-12.map)\n\n";
        let place = |function: &str| Place {
            function: function.to_owned(),
            file: Some("/source/m/src/lib.rs".to_owned()),
            line: Some(1),
            inlined: false,
        };
        let found = samples(text, &[(1, vec![place("m::inner"), place("m::outer")])].into());
        let expected =
            [Frame::python("bench", "a.py"), Frame::native("m::outer", "lib.rs"), Frame::native("m::inner", "lib.rs")];
        assert_eq!(found[0].frames, expected);
        assert_eq!(samples(text, &Names::new())[0].frames[1], Frame::native("0x0", "m.abi3.so"));
    }
}
