"""The command line from a user's or script's view: exit codes, and the content of each stream."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import monowheel as package
import pytest
from conftest import command

if TYPE_CHECKING:
    from conftest import Run, Start

pytestmark = pytest.mark.every_python

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
HELLO = Path(__file__).resolve().parents[2] / "examples" / "hello_world"


def no_crash(done: subprocess.CompletedProcess[str]) -> None:
    """Users see sentences, never internals of the program."""
    for stream in (done.stdout, done.stderr):
        assert "Traceback" not in stream
        assert "panicked" not in stream


def test_version(monowheel: Run) -> None:
    done = monowheel("--version")
    assert (done.returncode, done.stdout.split()) == (CLEAN, ["monowheel", package.__version__])


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["build", "--help"]])
def test_help_goes_to_stdout(monowheel: Run, arguments: list[str]) -> None:
    done = monowheel(*arguments)
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert "Usage" in done.stdout


def test_help_names_the_commands(monowheel: Run) -> None:
    words = monowheel("--help").stdout.split()
    assert "plan" in words
    assert "build" in words


def test_the_console_script_is_the_same_command(monowheel: Run) -> None:
    script = Path(sys.executable).parent / "monowheel"
    out = subprocess.run([str(script), "--version"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    assert out == monowheel("--version").stdout


@pytest.mark.parametrize("arguments", [["no-such-command"], ["plan", "--no-such-option"], ["plan", "--abi", "abi4"]])
def test_wrong_arguments_are_usage_errors(monowheel: Run, arguments: list[str]) -> None:
    done = monowheel(*arguments)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr.strip()
    no_crash(done)


def test_an_unknown_target_gets_the_nearest_names(monowheel: Run) -> None:
    done = monowheel("plan", HELLO, "--target", "manylinux_2_17_x86_46")
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "manylinux_2_17_x86_64" in done.stderr
    no_crash(done)


@pytest.mark.parametrize("command", ["plan", "build"])
def test_an_error_in_json_leaves_stdout_to_json(monowheel: Run, command: str) -> None:
    done = monowheel(command, HELLO, "--json", "--target", "no_such_target")
    assert done.returncode == USAGE
    if done.stdout:
        json.loads(done.stdout)
    no_crash(done)


def test_a_plan_in_json_is_one_document(monowheel: Run) -> None:
    done = monowheel("plan", HELLO, "--json")
    # Without the tools of [build] a plan reports what is missing; it is still a plan.
    assert done.returncode in {CLEAN, FINDINGS}
    assert "manylinux_2_17_x86_64" in json.dumps(json.loads(done.stdout))
    no_crash(done)


def test_a_plan_shows_all_default_targets_and_both_families(monowheel: Run) -> None:
    shown = monowheel("plan", HELLO).stdout
    for name in ("manylinux_2_17_aarch64", "musllinux_1_2_x86_64", "macosx", "universal2", "win_amd64", "win_arm64"):
        assert name in shown
    assert " abi3 " in shown
    assert " abi3t " in shown


def test_a_plan_writes_nothing(monowheel: Run, hello: Path) -> None:
    before = sorted(hello.rglob("*"))
    monowheel("plan", hello)
    assert sorted(hello.rglob("*")) == before


def test_the_configured_targets_are_those_planned(monowheel: Run, hello: Path) -> None:
    with (hello / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[tool.monowheel]\ntargets = ["win_arm64"]\nabis = ["abi3"]\n')
    shown = monowheel("plan", hello).stdout
    assert "win_arm64" in shown
    assert "manylinux" not in shown
    assert "abi3t" not in shown


def test_piped_output_has_no_colour(monowheel: Run) -> None:
    done = monowheel("plan", HELLO)
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
def test_a_closed_stdout_is_an_error_and_nothing_is_written_elsewhere(tmp_path: Path) -> None:
    """Otherwise the next opened file would be stdout or stderr."""

    def closing(streams: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        line = ["sh", "-c", f'exec "$@" {streams}', "sh", *map(str, command(*words))]
        return subprocess.run(line, check=False, capture_output=True, encoding="utf-8")

    for words in (["rules"], ["rules", "--json"], ["--version"]):
        done = closing(">&-", *words)
        assert (done.returncode, done.stdout) == (INCOMPLETE, "")
        assert done.stderr.startswith("error: stdout could not be written: it is closed\n"), done.stderr
    wheel, report = tmp_path / "demo-1.0-py3-none-any.whl", tmp_path / "report.json"
    wheel.write_text("no archive", encoding="utf-8")
    assert closing("<&- >&- 2>&-", "audit", wheel, "--json", "--output", report).returncode == FINDINGS
    assert json.loads(report.read_text(encoding="utf-8"))["schema"] == "monowheel.audit/1"
    assert wheel.read_text(encoding="utf-8") == "no archive"


@pytest.mark.parametrize(
    "words",
    [
        ["audit"],
        ["plan", HELLO],
        ["build", HELLO],
        ["pythons"],
        ["doctor", HELLO],
        ["pin", "monowheel==0", "--index-url", "http://127.0.0.1:9/simple/"],
    ],
    ids=lambda words: str(words[0]),
)
def test_a_thread_that_the_system_refuses_is_an_error_with_a_reason(
    monowheel: Run, tmp_path: Path, words: list[str | Path]
) -> None:
    for name in ("demo", "other"):
        (tmp_path / f"{name}-1.0-py3-none-any.whl").write_text("no archive", encoding="utf-8")
    words = [*words, tmp_path] if words == ["audit"] else words
    # Root has no process limit; a stack that does not fit the address space is refused for everybody.
    done = monowheel(*words, env={"RUST_MIN_STACK": str(1 << 60), "MONOWHEEL_CACHE": str(tmp_path / "cache")})
    assert done.returncode == INCOMPLETE, done.stdout + done.stderr
    assert done.stderr.count("error: ") == 1
    assert "the system cannot start more threads or processes: " in done.stderr
    assert "--jobs 1" in done.stderr
    assert not (tmp_path / "cache" / "crashes").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGPIPE")
def test_a_reader_that_goes_away_is_no_crash(start: Start) -> None:
    process = start("plan", HELLO, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert "Traceback" not in errors
    assert "panicked" not in errors


@pytest.mark.skipif(sys.platform != "linux", reason="signals, and the size of a pipe")
@pytest.mark.parametrize("words", [("lint", "-"), ("symbols", "symbolicate", "-")])
def test_ctrl_c_ends_the_wait_for_standard_input(start: Start, words: tuple[str, ...]) -> None:
    """They noticed it only at the end of the input."""
    with start(*words, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        # More than a pipe holds: once it is written, the command is reading.
        process.stdin.write("text\n" * (1 << 16))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
