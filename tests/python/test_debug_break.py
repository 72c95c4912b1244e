"""`monowheel debug break`: stops in both languages, with values and stacks, in gdb and in lldb."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

pytestmark = [
    pytest.mark.builds,
    pytest.mark.skipif(sys.platform != "linux", reason="the scripts of the debuggers are for Linux"),
]

CLEAN = 0
FINDINGS = 1
USAGE = 2
INCOMPLETE = 3

PROGRAM = """\
import planted

def checkout(text, items):
    return planted.values(text, items, 2.5)

class Shop:
    def close(self):
        return planted.box_leak_fixed(3)

checkout("tea", [4, 5])
checkout("äpfel", [])
Shop().close()
"""


def debugger(name: str) -> str:
    """Skip a debugger that this machine does not have."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


@pytest.fixture(scope="module")
def shop(planted: Path) -> Path:
    script = planted / "shop.py"
    script.write_text(PROGRAM, encoding="utf-8")
    return script


def stops(monowheel: Run, shop: Path, *words: str) -> tuple[int, Any]:
    """Run the program in a debugger: the exit code and the report."""
    done = monowheel(
        "debug", "break", "--json", *words, "--", sys.executable, shop, env={"PYTHONPATH": str(shop.parent)}
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def values(hit: dict[str, Any]) -> dict[str, str]:
    """Return the arguments of a hit."""
    return {argument["name"]: argument["value"] for argument in hit["arguments"]}


@pytest.mark.parametrize("name", ["gdb", "lldb"])
def test_both_languages_stop_with_their_values_and_stacks(monowheel: Run, shop: Path, name: str) -> None:
    places = ("unsound::values", "__main__:checkout", "__main__:Shop.close", "shop.py:8", "src/leaks.rs:39")
    code, report = stops(monowheel, shop, *places, "--debugger", debugger(name))
    assert code == CLEAN, report
    assert (report["schema"], report["debugger"], report["code"]) == ("monowheel.debug-break/1", name, 0)
    assert [place["hits"] for place in report["places"]] == [2, 2, 1, 1, 1], report["places"]
    assert report["places"][0]["functions"] == ["planted::unsound::values"]
    # In the order of the program.
    assert [hit["place"] for hit in report["hits"]] == [1, 0, 1, 0, 2, 3, 4]
    python, rust = report["hits"][0], report["hits"][1]
    assert values(python) == {"text": "'tea'", "items": "list([4, 5])"}
    assert values(rust)["text"] == '"tea"'
    assert all(number in values(rust)["items"] for number in ("4", "5")), rust
    assert [frame["function"] for frame in rust["python"]] == ["checkout", "<module>"]
    assert rust["native"][0]["function"] == "planted::unsound::values"
    assert rust["native"][0]["file"].endswith("src/unsound.rs")
    # The text of the second call is not ASCII.
    assert values(report["hits"][2])["text"] == "'äpfel'"


@pytest.mark.parametrize("name", ["gdb", "lldb"])
def test_a_crash_shows_both_stacks(monowheel: Run, planted: Path, name: str) -> None:
    code = "import planted\ndef f(): planted.segfault()\nf()"
    done = monowheel(
        "debug", "break", "--debugger", debugger(name), "stuck::segfault", "--", sys.executable, "-c", code,
        env={"PYTHONPATH": str(planted)},
    )  # fmt: skip
    assert done.returncode == FINDINGS, done.stderr
    assert "SIGSEGV" in done.stdout
    assert "planted::stuck::segfault" in done.stdout
    assert "Python  f (<string>:2)" in done.stdout


def test_a_function_that_is_never_reached_is_named_with_the_reason(monowheel: Run, shop: Path) -> None:
    code, report = stops(monowheel, shop, "leaks::box_leak", "no::such", "shop:checkout", "--debugger", debugger("gdb"))
    assert code == INCOMPLETE
    called, unknown, python = (place["advice"] for place in report["places"])
    assert called == "the command did not call it"
    assert "no loaded library has a function" in unknown
    assert "no function of that module" in python


def test_hits_have_a_limit(monowheel: Run, planted: Path) -> None:
    done = monowheel(
        "debug", "break", "--json", "--hits", "3", "--debugger", debugger("gdb"), "box_leak_fixed", "--",
        sys.executable, "-c", "import planted\nfor number in range(50): planted.box_leak_fixed(number)",
        env={"PYTHONPATH": str(planted)},
    )  # fmt: skip
    (place,) = json.loads(done.stdout)["places"]
    assert (done.returncode, place["hits"], place["has_more"]) == (CLEAN, 3, True)


def test_the_environment_of_the_program_is_that_of_the_user(monowheel: Run, shop: Path) -> None:
    show = "import os, sys; print([os.environ.get(n) for n in ('PYTHONPATH', 'MONOWHEEL_BREAK_PLAN')], sys.argv[1:])"
    for name in ("gdb", "lldb"):
        if shutil.which(name) is None:
            continue
        done = monowheel(
            "debug", "break", "--json", "--debugger", name, "x::y", "--", sys.executable, "-c", show, "a b", "$c",
            env={"PYTHONPATH": str(shop.parent)},
        )  # fmt: skip
        printed = json.loads(done.stdout)["printed"]
        assert f"['{shop.parent}', None] ['a b', '$c']" in printed, printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a:b:c", "--", sys.executable, "x.py"], "not a place to stop at"),
        (["a.c:3", "--", sys.executable, "x.py"], "neither .py nor .rs"),
        (["f", "--", "ls"], "neither Python nor a Python script"),
        (["f", "--", sys.executable], "runs nothing"),
        (["--stop", "f", "--", sys.executable, "-c", "1"], "--stop needs a terminal"),
    ],
)
def test_mistakes_of_the_command_line(monowheel: Run, words: list[str], said: str) -> None:
    done = monowheel("debug", "break", *words)
    assert done.returncode == USAGE, done.stderr
    assert said in done.stderr
    assert "next: " in done.stderr


def test_without_the_debugger_the_error_says_how_to_install_it(monowheel: Run, tmp_path: Path) -> None:
    done = monowheel(
        "debug", "break", "--debugger", "lldb", "f", "--", sys.executable, "-c", "1", env={"PATH": str(tmp_path)}
    )
    assert done.returncode == INCOMPLETE
    assert "lldb not found on PATH" in done.stderr
    assert "apt-get install lldb" in done.stderr


def test_vscode_keeps_what_the_user_has(monowheel: Run, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    (folder / ".vscode").mkdir(parents=True)
    launch = folder / ".vscode" / "launch.json"
    launch.write_text('{\n  // mine\n  "configurations": [{ "name": "mine" }]\n}\n', encoding="utf-8")
    words = ("debug", "break", "--vscode", "m::f", "a.py:3", "--", sys.executable, "-X", "dev", "a.py", "x")
    done = monowheel(*words, cwd=folder)
    assert done.returncode == CLEAN, done.stderr
    assert "a.py:3: set this breakpoint in the editor" in done.stdout
    text = launch.read_text(encoding="utf-8")
    assert "// mine" in text
    configurations = json.loads(text.replace("// mine", ""))["configurations"]
    assert configurations[0]["name"] == "mine"
    assert configurations[2]["args"] == ["-X", "dev", "a.py", "x"]
    assert monowheel(*words, cwd=folder).returncode == CLEAN
    assert launch.read_text(encoding="utf-8") == text
    launch.write_text("[1]", encoding="utf-8")
    done = monowheel(*words, cwd=folder)
    assert done.returncode != CLEAN
    assert launch.read_text(encoding="utf-8") == "[1]"


def test_a_debugger_that_may_not_trace_says_what_grants_it() -> None:
    if shutil.which("strace") is None or shutil.which("gdb") is None:
        pytest.skip("strace and gdb are not installed")
    command = [
        sys.executable,
        "-m",
        "monowheel",
        "debug",
        "break",
        "--debugger",
        "gdb",
        "f",
        "--",
        sys.executable,
        "-c",
        "1",
    ]
    # A process has one tracer: the debugger in it may not trace.
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", *command], check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == INCOMPLETE, done.stderr
    assert "SYS_PTRACE" in done.stderr
