"""Record docs/images/build.svg, the recording in README.md: a real run of monowheel in a terminal of 100 x 30.

    nox -s recording

asciinema (PyPI) records the run, svg-term (npm) draws it. A build takes minutes and a reader has seconds, so the time
between two frames is at most a tenth of a second and the whole is scaled to twenty seconds.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "recording"
IMAGE = ROOT / "docs" / "images" / "build.svg"
ASCIINEMA = "asciinema==2.4.0"
SVG_TERM = "svg-term-cli@2.1.1"
COLUMNS, ROWS = 100, 30
LONGEST_PAUSE = 0.1
SECONDS = 20.0
COMMANDS = ("monowheel new my-lib", "cd my-lib", "monowheel build", "monowheel audit", "ls dist")


def asciinema() -> Path:
    """Install the recorder in an environment of its own."""
    environment = WORK / "asciinema"
    program = environment / "bin" / "asciinema"
    if not program.is_file():
        venv.create(environment, with_pip=True)
        subprocess.run([environment / "bin" / "python", "-m", "pip", "install", "-q", ASCIINEMA], check=True)
    return program


def record(directory: Path) -> Path:
    """Run the commands as if they were typed, and record what the terminal shows."""
    script, cast = directory / "run.sh", directory / "run.cast"
    lines = ["set -e", "cd work"]
    for typed in COMMANDS:
        lines += [f"printf '\\033[1;32m$\\033[0m %s\\n' {shlex.quote(typed)}", typed]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (directory / "work").mkdir()
    env = {**os.environ, "TERM": "xterm-256color", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    size = ["--cols", str(COLUMNS), "--rows", str(ROWS)]
    command = [str(asciinema()), "rec", "--quiet", *size, "--command", f"bash {script.name}", str(cast)]
    subprocess.run(command, check=True, cwd=directory, env=env)
    return cast


def shorten(cast: Path) -> None:
    """Scale the times of the frames."""
    head, *frames = cast.read_text(encoding="utf-8").splitlines()
    events = [json.loads(frame) for frame in frames]
    now, before, times = 0.0, 0.0, []
    for at, _, _ in events:
        now += min(at - before, LONGEST_PAUSE)
        before = at
        times.append(now)
    scale = min(1.0, SECONDS / now) if now else 1.0
    shown = [json.dumps([at * scale, kind, text]) for at, (_, kind, text) in zip(times, events)]
    # The last frame stays for three seconds.
    shown.append(json.dumps([times[-1] * scale + 3.0, "o", ""]))
    cast.write_text("\n".join([head, *shown]) + "\n", encoding="utf-8")


def draw(cast: Path) -> None:
    """Draw the recording as an SVG that needs nothing else."""
    npm = [str(Path(sys.executable).parent / "npm"), "exec", "--yes", f"--package={SVG_TERM}", "--"]
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    words = ["svg-term", "--in", str(cast), "--out", str(IMAGE), "--window", "--no-cursor"]
    subprocess.run([*npm, *words], check=True, env=env)


def main() -> int:
    """Record and draw."""
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        cast = record(Path(directory))
        shorten(cast)
        draw(cast)
    print(f"{IMAGE.relative_to(ROOT)}: {IMAGE.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
