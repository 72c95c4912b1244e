//! The script that repeats a finding: a few lines of Python that need only the module.

use super::event::Kind;
use super::mode::Mode;

/// Names that a program may use, and how a script defines them.
const EXTRAS: [(&str, &str); 8] = [
    ("array.", "import array\n"),
    ("copy.", "import copy\n"),
    ("gc.", "import gc\n"),
    ("os.", "import os\n"),
    ("pickle.", "import pickle\n"),
    (
        "Bad()",
        "class Bad:\n    \"\"\"Every method fails.\"\"\"\n    def _fail(self, *_): raise ZeroDivisionError\n    __index__ = __int__ = \
         __float__ = __len__ = __iter__ = __bool__ = __hash__ = __eq__ = __str__ = __repr__ = _fail\n    __call__ = \
         __getitem__ = __contains__ = __fspath__ = __bytes__ = __enter__ = _fail\n",
    ),
    ("time_is_up", "def time_is_up(*_):\n    for _ in range(200): pass\n"),
    ("RECURSIVE", "RECURSIVE = []\nRECURSIVE.append(RECURSIVE)\n"),
];

/// What is an exception is as it should be, but for the one that was found.
const fn raised(kind: Kind) -> &'static str {
    match kind {
        Kind::Panic => "type(error).__name__ == \"PanicException\"",
        Kind::SystemError => "isinstance(error, SystemError) and \"returned\" in str(error)",
        _ => "isinstance(error, KeyboardInterrupt)",
    }
}

/// In threads, with a sanitizer: Python's own locks order calls that do not overlap, so that they run more often.
const SANITIZED_THREADS: &str = "import time\n\
    sys.setswitchinterval(1e-6)\n\
    for _ in range(25):\n    \
        barrier = threading.Barrier(4)\n    \
        def work():\n        \
            barrier.wait()\n        \
            end = time.monotonic() + 0.1\n        \
            for _ in range(100):\n            \
                run(dict(globals()))\n            \
                if time.monotonic() > end: break\n    \
        threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]\n    \
        for thread in threads: thread.start()\n    \
        for thread in threads: thread.join()\n";

/// What follows in each mode.
const fn body(mode: Mode) -> &'static str {
    match mode {
        Mode::Plain | Mode::Dev => "run(dict(globals()))\n",
        Mode::Threads => {
            "sys.setswitchinterval(1e-6)\n\
             for _ in range(25):\n    \
                 barrier = threading.Barrier(4)\n    \
                 def work():\n        \
                     barrier.wait()\n        \
                     for _ in range(3): run(dict(globals()))\n    \
                 threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]\n    \
                 for thread in threads: thread.start()\n    \
                 for thread in threads: thread.join()\n"
        }
        Mode::Subinterpreters => {
            "try:\n    \
                 import _interpreters as inner\n    \
                 create, execute = (lambda: inner.create('legacy')), inner.exec\n\
             except ImportError:\n    \
                 import _xxsubinterpreters as inner\n    \
                 execute = inner.run_string\n    \
                 def create():\n        \
                     try: return inner.create(isolated=False)\n        \
                     except TypeError: return inner.create()\n\
             with open(__file__, encoding='utf-8') as file: text = file.read().partition('# --- twice')[0]\n\
             text = 'import sys; sys.path[:] = %r\\n' % sys.path + text + 'run(dict(globals()))\\n'\n\
             for _ in range(2):\n    \
                 one = create()\n    \
                 execute(one, text)\n    \
                 inner.destroy(one)\n\
             run(dict(globals()))\n"
        }
        Mode::Shutdown => {
            "import atexit, builtins\n\
             names = dict(globals())\n\
             run(names)\n\
             builtins.kept = [names]\n\
             atexit.register(run, dict(globals()))\n\
             def work():\n    \
                 while True: run(dict(globals()))\n\
             if sys.version_info >= (3, 9): threading.Thread(target=work, daemon=True).start()\n"
        }
        Mode::Fork => {
            "run(dict(globals()))\n\
             child = os.fork()\n\
             if child == 0:\n    \
                 signal.alarm(5)\n    \
                 run(dict(globals()))\n    \
                 os._exit(0)\n\
             status = os.waitpid(child, 0)[1]\n\
             if os.WIFSIGNALED(status):\n    \
                 if os.WTERMSIG(status) == signal.SIGALRM: sys.exit('the child hangs')\n    \
                 os.kill(os.getpid(), os.WTERMSIG(status))\n"
        }
        Mode::NoMemory => {
            "import _testcapi\n\
             codes = [compile(line, '<line>', 'exec') for line in LINES]\n\
             for code in codes:\n    \
                 names = dict(globals())\n    \
                 run(names)\n    \
                 for number in range(40):\n        \
                     try:\n            \
                         _testcapi.set_nomemory(number, number + 1)\n            \
                         exec(code, names)\n        \
                     except BaseException: pass\n        \
                     finally: _testcapi.remove_mem_hooks()\n"
        }
        Mode::Signals => {
            "def handler(*_, counted=[0]):\n    \
                 counted[0] += 1\n    \
                 if counted[0] % 3 == 0: raise KeyboardInterrupt\n\
             for _ in range(50):\n    \
                 signal.signal(signal.SIGALRM, handler)\n    \
                 try:\n        \
                     signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)\n        \
                     run(dict(globals()))\n    \
                 except KeyboardInterrupt: pass\n    \
                 finally:\n        \
                     signal.signal(signal.SIGALRM, signal.SIG_IGN)\n        \
                     signal.setitimer(signal.ITIMER_REAL, 0)\n"
        }
        Mode::Leaks => {
            "import resource\n\
             names = dict(globals())\n\
             for round in range(5):\n    \
                 for _ in range(20000): run(names)\n    \
                 print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 'KiB')\n"
        }
    }
}

/// The definitions that these lines need.
pub(super) fn definitions(lines: &str) -> String {
    EXTRAS.iter().filter(|(name, _)| lines.contains(name)).map(|(_, text)| *text).collect()
}

/// What a script runs on.
pub(super) struct On<'a> {
    /// The interpreter, as in a report.
    pub(super) python: &'a str,
    /// Variables for the shell, before the command.
    pub(super) environment: &'a str,
}

/// The script.
pub(super) fn text(mode: Mode, kind: Kind, on: &On<'_>, modules: &[String], lines: &[String]) -> String {
    let options = mode.options().iter().map(|option| format!("{option} ")).collect::<String>();
    let mut imports = String::from("import faulthandler\nimport os\nimport signal\nimport sys\nimport threading\n\n");
    // The package of a module may import it only on demand.
    for module in modules {
        imports.push_str(&format!("import {module}\n"));
    }
    let extras = definitions(&lines.join("\n"));
    let listed: String = lines.iter().map(|line| format!("    {},\n", literal(line))).collect();
    format!(
        "\"\"\"{}: found by monowheel soak, mode {}, {}.\n\nRun: {}python {options}THIS-FILE\n\"\"\"\n\n{imports}{extras}\nLINES \
         = [\n{listed}]\n\n\ndef run(names):\n    for line in LINES:\n        try:\n            exec(line, names)\n        \
         except BaseException as error:\n            if {}:\n                raise\n\n\n# --- twice\nfaulthandler.enable()\n{}",
        kind.word(),
        mode.word(),
        on.python,
        on.environment,
        raised(kind),
        if (mode, kind) == (Mode::Threads, Kind::Race) { SANITIZED_THREADS } else { body(mode) }
    )
}

/// A literal of Python: JSON escapes the same characters.
fn literal(line: &str) -> String {
    let mut text = String::with_capacity(line.len() + 2);
    text.push('"');
    for c in line.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            ' '..='~' => text.push(c),
            c if u32::from(c) < 0x1_0000 => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: On<'_> = On { python: "3.11.7", environment: "" };

    #[test]
    fn a_script_has_only_what_its_lines_use() {
        let lines = ["m.f(Bad(), \"\\ud800\")".to_owned()];
        let script = text(Mode::Plain, Kind::Crash, &ON, &["m".to_owned()], &lines);
        assert!(script.contains("class Bad:") && !script.contains("RECURSIVE") && script.contains("import m\n"));
        assert!(script.contains(r#""m.f(Bad(), \"\\ud800\")","#), "{script}");
    }

    #[test]
    fn every_mode_has_a_script_that_python_can_parse() {
        use monowheel_system::exec::{Call, CancelToken};
        let folder = tempfile::tempdir().unwrap();
        for mode in Mode::ALL {
            let script = text(mode, Kind::Hang, &ON, &["json".to_owned()], &["json.dumps('é')".to_owned()]);
            let file = folder.path().join(format!("{}.py", mode.word()));
            fs_err::write(&file, script).unwrap();
        }
        let race = text(Mode::Threads, Kind::Race, &ON, &["json".to_owned()], &["json.dumps(1)".to_owned()]);
        fs_err::write(folder.path().join("race.py"), race).unwrap();
        let code = "import ast, pathlib, sys\nfor file in pathlib.Path(sys.argv[1]).iterdir(): ast.parse(file.read_text('utf-8'))";
        let call = Call::new("python3").args(["-c", code]).arg(folder.path());
        let ended = call.capture(std::time::Duration::from_secs(60), &CancelToken::default()).unwrap();
        assert!(ended.status.success(), "{}", ended.stderr);
    }
}
