"""`monowheel debug profile`: the functions of both languages, and the boundary between them."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Run

pytestmark = [
    pytest.mark.builds,
    pytest.mark.skipif(sys.platform != "linux", reason="profiles are for Linux"),
]

CLEAN = 0
USAGE = 2
INCOMPLETE = 3

BENCH = """\
import planted, threading, time

def rust(until):
    while time.process_time() < until: planted.race_fixed()

def boundary(until):
    items = list(range(3000))
    while time.process_time() < until: planted.values("text", items)

def python(until):
    while time.process_time() < until: sum(range(1000))

rust(0.6); boundary(1.2); python(1.8)
threads = [threading.Thread(target=python, args=(2.6,)) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
MEMORY = "import planted\nkept = [bytes(1000) for _ in range(2000)]\nfor _ in range(20): planted.box_leak(100_000)\n"


def profile(monowheel: Run, planted: Path, code: str, *words: str | Path) -> tuple[int, Any]:
    """Profile a program: the exit code and the report."""
    script = planted / "bench.py"
    script.write_text(code, encoding="utf-8")
    done = monowheel(
        "debug", "profile", "--json", *words, "--", sys.executable, script, env={"PYTHONPATH": str(planted)}
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


class Page(HTMLParser):
    """What a page would run or load."""

    def __init__(self) -> None:
        """Begin."""
        super().__init__()
        self.tags: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        self.tags.add(tag)
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href", "data"}]


def test_time_of_both_languages_and_of_the_boundary(monowheel: Run, planted: Path, tmp_path: Path) -> None:
    if not Path(sys.executable).with_name("py-spy").is_file():
        pytest.skip("py-spy is not installed")
    page = tmp_path / "<profile>.html"
    code, report = profile(monowheel, planted, BENCH, "--tool", "py-spy", "--output", page)
    assert code == CLEAN
    assert (report["schema"], report["tool"], report["unit"]) == ("monowheel.debug-profile/1", "py-spy", "samples")
    shares = {share["category"]: share["value"] for share in report["categories"]}
    assert sum(shares.values()) == report["total"] == sum(stack["value"] for stack in report["stacks"])
    # Each part of the program has a share of its own.
    assert all(shares[name] > 0 for name in ("python", "native", "conversion", "gil-wait")), shares
    folded = [stack["folded"] for stack in report["stacks"] if stack["category"] == "native"]
    assert any("rust (bench.py)" in one and "planted::unsound::fill" in one for one in folded), folded[:5]
    conversions = [stack["folded"] for stack in report["stacks"] if stack["category"] == "conversion"]
    assert any("boundary (bench.py)" in one for one in conversions), conversions[:5]
    text = page.read_text(encoding="utf-8")
    seen = Page()
    seen.feed(text)
    assert "script" not in seen.tags
    assert seen.loaded == []
    assert "planted::unsound::fill" in text


def test_memory_has_the_stacks_of_both_languages(monowheel: Run, planted: Path) -> None:
    if importlib.util.find_spec("memray") is None:
        pytest.skip("memray is not installed")
    code, report = profile(monowheel, planted, MEMORY, "--memory")
    assert code == CLEAN
    assert (report["tool"], report["unit"], report["categories"]) == ("memray", "bytes", [])
    rust = sum(stack["value"] for stack in report["stacks"] if "planted::leaks::box_leak" in stack["folded"])
    assert rust == 20 * 100_000, report["stacks"][:3]
    assert report["total"] > 2000 * 1000 + rust


def test_perf_samples_too(monowheel: Run, planted: Path) -> None:
    if shutil.which("perf") is None:
        pytest.skip("perf is not installed")
    script = planted / "spin.py"
    script.write_text("import planted\nfor _ in range(2000): planted.race_fixed()\n", encoding="utf-8")
    done = monowheel(
        "debug", "profile", "--json", "--tool", "perf", "--", sys.executable, script, env={"PYTHONPATH": str(planted)}
    )
    if done.returncode == INCOMPLETE and "perf_event_paranoid" in done.stderr:
        pytest.skip("perf is not permitted here")
    report = json.loads(done.stdout)
    assert done.returncode == CLEAN
    assert any("planted::unsound::fill" in stack["folded"] for stack in report["stacks"]), report["stacks"][:3]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--", "ls"], USAGE, "neither Python nor a Python script"),
        (["--", sys.executable], USAGE, "runs nothing"),
        (["--memory", "--tool", "perf", "--", sys.executable, "-c", "1"], USAGE, "cannot be used with"),
        (["--rate", "0", "--", sys.executable, "-c", "1"], USAGE, "invalid value"),
    ],
)
def test_mistakes_of_the_command_line(monowheel: Run, words: list[str], code: int, said: str) -> None:
    done = monowheel("debug", "profile", *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
