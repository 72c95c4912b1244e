"""Record docs/images/build.svg and report.png for README.md: a real run in a terminal of 100 x 30, and its report.

    nox -s recording

asciinema (PyPI) records the run, svg-term (npm) draws it. A build takes minutes and a reader has seconds, so the time
between two changes is at most a tenth of a second and the whole is scaled to twenty seconds, with five frames a
second: each frame is a part of the drawing. The report is that of the wheels of the run, as Chromium shows it.
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

from browser import chromium

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "recording"
IMAGES = ROOT / "docs" / "images"
RECORDING, REPORT = IMAGES / "build.svg", IMAGES / "report.png"
ASCIINEMA = "asciinema==2.4.0"
SVG_TERM = "svg-term-cli@2.1.1"
COLUMNS, ROWS = 100, 30
LONGEST_PAUSE = 0.1
SECONDS = 20.0
FRAMES_A_SECOND = 5
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
    """Scale the times, and join what is printed within one frame."""
    head, *lines = cast.read_text(encoding="utf-8").splitlines()
    now, before, printed = 0.0, 0.0, []
    for at, _, text in map(json.loads, lines):
        now += min(at - before, LONGEST_PAUSE)
        before = at
        printed.append((now, text))
    scale = min(1.0, SECONDS / now) if now else 1.0
    frames: dict[int, str] = {}
    for at, text in printed:
        frame = int(at * scale * FRAMES_A_SECOND)
        frames[frame] = frames.get(frame, "") + text
    shown = [json.dumps([frame / FRAMES_A_SECOND, "o", text]) for frame, text in frames.items()]
    # The last frame stays for three seconds.
    shown.append(json.dumps([max(frames, default=0) / FRAMES_A_SECOND + 3.0, "o", ""]))
    cast.write_text("\n".join([head, *shown]) + "\n", encoding="utf-8")


def draw(cast: Path) -> None:
    """Draw the recording as an SVG that needs nothing else."""
    npm = [str(Path(sys.executable).parent / "npm"), "exec", "--yes", f"--package={SVG_TERM}", "--"]
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    words = ["svg-term", "--in", str(cast), "--out", str(RECORDING), "--window", "--no-cursor"]
    subprocess.run([*npm, *words], check=True, env=env)


def picture(dist: Path, folder: Path) -> None:
    """Take a picture of the report on the wheels."""
    page = folder / "report.html"
    words = ["-m", "monowheel", "audit", "--quiet", "--format", "html", "--output", str(page), str(dist)]
    subprocess.run([sys.executable, *words], check=True)
    shot = (f"--screenshot={REPORT}", "--window-size=1000,800", "--hide-scrollbars")
    subprocess.run(chromium(folder / "profile", page.as_uri(), *shot), check=True, stderr=subprocess.DEVNULL)


def main() -> int:
    """Record and draw."""
    for folder in (WORK, IMAGES):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        cast = record(folder)
        shorten(cast)
        draw(cast)
        picture(folder / "work" / "my-lib" / "dist", folder)
    for image in (RECORDING, REPORT):
        print(f"{image.relative_to(ROOT)}: {image.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
