"""Record docs/images/build.svg and report.png for README.md: a real run in a terminal of 100 x 30, and its report.

    nox -s recording

asciinema records the run and termtosvg draws it (both from PyPI). A build takes minutes and a reader has seconds, so
the time between two changes is at most a tenth of a second and the whole is scaled to twenty seconds, with five frames
a second: each frame is a part of the drawing. The report is that of the wheels of the run, as Chromium shows it.
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
# termtosvg imports pkg_resources.
TOOLS = ("asciinema==2.4.0", "termtosvg==1.1.0", "setuptools<80")
COLUMNS, ROWS = 100, 30
LONGEST_PAUSE = 0.1
SECONDS = 20.0
FRAMES_A_SECOND = 5
COMMANDS = ("monowheel new my-lib", "cd my-lib", "monowheel build", "monowheel audit", "ls dist")


def tool(name: str) -> Path:
    """Install the tools in an environment of their own, and return one of them."""
    folder = WORK / "tools" / "bin"
    if not (folder / name).is_file():
        venv.create(folder.parent, with_pip=True)
        subprocess.run([folder / "python", "-m", "pip", "install", "-q", *TOOLS], check=True)
    return folder / name


def record(directory: Path) -> Path:
    """Run the commands as if they were typed, and record what the terminal shows."""
    script, cast = directory / "run.sh", directory / "run.cast"
    lines = ["set -e", "cd work"]
    for typed in COMMANDS:
        lines += [f"printf '\\033[32m$\\033[0m %s\\n' {shlex.quote(typed)}", typed]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (directory / "work").mkdir()
    env = {**os.environ, "TERM": "xterm-256color", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    size = ["--cols", str(COLUMNS), "--rows", str(ROWS)]
    command: list[str | Path] = [tool("asciinema"), "rec", "--quiet", *size]
    command += ["--command", f"bash {script.name}", cast]
    subprocess.run(command, check=True, cwd=directory, env=env)
    return cast


def shorten(cast: Path, home: Path) -> None:
    """Scale the times, join what is printed within one frame, and name no directory of this machine."""
    head, *lines = cast.read_text(encoding="utf-8").replace(str(home), "~").splitlines()
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
    subprocess.run([tool("termtosvg"), "render", cast, RECORDING, "--template", "window_frame"], check=True)


def picture(project: Path, folder: Path) -> None:
    """Take a picture of the report on the wheels of a project."""
    page = folder / "report.html"
    words = ["-m", "monowheel", "audit", "--quiet", "--format", "html", "--output", str(page), "dist"]
    subprocess.run([sys.executable, *words], check=True, cwd=project)
    shot = (f"--screenshot={REPORT}", "--window-size=1000,800", "--hide-scrollbars")
    subprocess.run(chromium(folder / "profile", page.as_uri(), *shot), check=True, stderr=subprocess.DEVNULL)


def main() -> int:
    """Record and draw."""
    for folder in (WORK, IMAGES):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        cast = record(folder)
        shorten(cast, folder / "work")
        draw(cast)
        picture(folder / "work" / "my-lib", folder)
    for image in (RECORDING, REPORT):
        print(f"{image.relative_to(ROOT)}: {image.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
