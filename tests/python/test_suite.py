"""ci/suite with steps for the test: which steps run, which are skipped, the output, and the exit code."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.no_wheel, pytest.mark.skipif(sys.platform != "linux", reason="the suite is for Linux")]

CI = Path(__file__).resolve().parents[2] / "ci"
PROGRAM = """\
import os, subprocess, sys, time
from pathlib import Path

sys.path.insert(0, {ci!r})
from suite.command import main
from suite.shell import run
from suite.step import FailedError, SkippedError, Step

def good(*words):
    \"\"\"Passes.\"\"\"
    print("good ran", *words)

def bad():
    \"\"\"Fails.\"\"\"
    run("sh", "-c", "echo bad ran; exit 3")

def long():
    print(*(f"line {{number}}" for number in range(100)), sep="\\n")
    raise FailedError("it was too long")

def broken():
    raise RuntimeError("a step with a mistake")

def cannot():
    raise SkippedError("no such tool here")

def writes():
    print("writes ran")
    Path("made").mkdir(exist_ok=True)
    Path("made/thing").touch()

def busy():
    run(sys.executable, "-c", "import time\\nwhile time.process_time() < 1: pass")

def slow(name):
    def step():
        for at in range(3):
            print(name, at, flush=True)
            time.sleep(0.15)
    return step

def overlap(name):
    def step():
        with open("log", "a") as log:
            log.write("+")
        time.sleep(0.3)
        with open("log", "a") as log:
            log.write("-")
    return step

def stuck():
    child = subprocess.Popen(["sleep", "600"])
    Path("pid").write_text(str(child.pid))
    child.wait()

def deaf():
    import signal
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stuck()

STEPS = {steps}
sys.exit(main(sys.argv[1:], STEPS, STEPS[:1], Path.cwd()))
"""
READS = 'reads=("src/",)'


class Suite:
    """A repository with a suite of its own."""

    def __init__(self, folder: Path) -> None:
        """Create it, with one file to read and the runner's own dependencies."""
        self.folder = folder
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        for name in ("src/a", "ci/suite/x.py", "ci/test", "ci/bootstrap", "ci/locks/dev.txt"):
            self.write(name, "1")

    def write(self, name: str, text: str) -> None:
        """Write a file of the repository."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def command(self, steps: str, *words: str) -> list[str]:
        """Return the command line that runs these steps."""
        program = textwrap.dedent(PROGRAM).format(ci=str(CI), steps=f"[{steps}]")
        return [sys.executable, "-c", program, *words]

    def run(self, steps: str, *words: str, ci: str = "") -> tuple[int, str]:
        """Run it to its end."""
        done = subprocess.run(
            self.command(steps, *words),
            check=False,
            cwd=self.folder,
            env={**os.environ, "CI": ci},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        return done.returncode, done.stdout


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """A suite in an empty repository."""
    return Suite(tmp_path)


def row(said: str, name: str) -> str:
    """Return a step's verdict from the table."""
    found = re.findall(rf"^{name} +\d+ +\d+  (.*)$", said, re.MULTILINE)
    assert len(found) == 1, said
    return str(found[0])


def test_a_step_costs_the_cpu_time_of_what_it_ran(suite: Suite) -> None:
    _, said = suite.run('Step("busy", busy), Step("good", good)')
    costs = {name: int(cpu) for name, cpu in re.findall(r"^(busy|good) +\d+ +(\d+)  passed$", said, re.MULTILINE)}
    assert costs["busy"] >= 1
    assert costs["good"] == 0


def test_every_step_runs_and_the_last_line_counts(suite: Suite) -> None:
    code, said = suite.run('Step("bad", bad), Step("good", good), Step("cannot", cannot), Step("broken", broken)')
    assert code == 1
    assert [row(said, name) for name in ("bad", "good", "cannot", "broken")] == [
        "FAILED",
        "passed",
        "skipped",
        "FAILED",
    ]
    assert said.splitlines()[-1] == "1 passed, 2 failed, 1 skipped"
    assert "error: sh -c 'echo bad ran; exit 3': exit code 3" in said
    assert "skipped: no such tool here" in said
    assert "a step with a mistake" in said
    assert "failed: ./ci/test bad broken" in said


def test_the_order_on_the_screen_is_that_of_the_steps(suite: Suite) -> None:
    _, said = suite.run('Step("bad", bad), Step("good", good)')
    places = [said.index(text) for text in ("=== bad\n", "bad ran\n", "=== bad: FAILED, 0 s", "=== good\n", "good ran")]
    assert places == sorted(places)


def test_the_end_of_a_failed_step_stands_above_the_table(suite: Suite) -> None:
    _, said = suite.run('Step("long", long), Step("good", good)', "--jobs", "2")
    _, end = said.split("=== long failed; the end of its output:\n")
    lines = end.splitlines()
    assert lines[:2] == ["line 61", "line 62"]
    assert lines[lines.index("") + 1].startswith("step ")
    assert lines[lines.index("") - 1] == "error: it was too long"
    assert "good failed" not in said


def test_nothing_failed_is_code_0(suite: Suite) -> None:
    code, said = suite.run('Step("good", good), Step("cannot", cannot)')
    assert (code, said.splitlines()[-1]) == (0, "1 passed, 0 failed, 1 skipped")


def test_what_needs_a_failed_step_fails_without_running(suite: Suite) -> None:
    code, said = suite.run(
        'Step("bad", bad), Step("good", good, needs=("bad",)),'
        'Step("cannot", cannot), Step("writes", writes, needs=("cannot",))'
    )
    assert code == 1
    assert row(said, "good") == "FAILED (it needs the result of the step bad)"
    assert row(said, "writes") == "skipped (it needs the result of the step cannot)"
    assert "good ran" not in said
    assert "writes ran" not in said
    assert said.splitlines()[-1] == "0 passed, 2 failed, 2 skipped"


def test_a_step_named_alone_uses_what_was_made_before(suite: Suite) -> None:
    steps = 'Step("writes", writes, makes=("made/*",)), Step("good", good, needs=("writes",))'
    code, said = suite.run(steps, "good")
    assert code == 1
    assert row(said, "good") == "FAILED (it needs the result of the step writes: ./ci/test writes good)"
    assert suite.run(steps, "writes")[0] == 0
    code, said = suite.run(steps, "good")
    assert code == 0
    assert "writes ran" not in said


def test_the_wheel_is_made_for_whoever_needs_it(suite: Suite) -> None:
    steps = 'Step("wheel", writes), Step("good", good, needs=("wheel",)), Step("bad", bad)'
    code, said = suite.run(steps, "good")
    assert code == 0
    assert said.index("writes ran") < said.index("good ran")
    assert "bad ran" not in said


def test_an_unknown_step_names_a_near_one_and_all(suite: Suite) -> None:
    code, said = suite.run('Step("good", good), Step("bad", bad)', "god")
    assert (code, said) == (2, "error: there is no step god; did you mean good?\nchoose from: quick good bad\n")


def test_the_list_has_a_line_for_each(suite: Suite) -> None:
    assert suite.run('Step("good", good), Step("bad", bad)', "--list") == (0, "good  Passes.\nbad   Fails.\n")


def test_words_after_dashes_go_to_the_one_step(suite: Suite) -> None:
    steps = 'Step("good", good, takes_words=True), Step("bad", bad)'
    assert "good ran -k x\n" in suite.run(steps, "good", "--", "-k", "x")[1]
    code, said = suite.run(steps, "--", "-k", "x")
    assert (code, said) == (2, "error: arguments after -- are for exactly one step of: good\n")
    assert suite.run(steps, "bad", "--", "x")[0] == 2


def test_quick_has_steps_of_its_own(suite: Suite) -> None:
    code, said = suite.run('Step("good", good), Step("bad", bad)', "quick")
    assert (code, said.splitlines()[-1]) == (0, "1 passed, 0 failed, 0 skipped")


def unchanged(said: str, name: str) -> bool:
    """Return whether a step was left out, which must be reported at its place, in the table and in the count."""
    found = re.fullmatch(r"unchanged \(passed \d{4}-\d\d-\d\d \d\d:\d\d\)", row(said, name)) is not None
    assert found == (f"=== {name}: unchanged (passed " in said)
    assert found == ("of the passed did not run again: nothing they read has changed" in said)
    assert found == (f"{name} ran" not in said)
    return found


def test_a_step_is_left_out_only_on_the_same_content(suite: Suite) -> None:
    steps = f'Step("good", good, {READS})'
    assert not unchanged(suite.run(steps)[1], "good")
    code, said = suite.run(steps)
    assert unchanged(said, "good")
    assert (code, said.splitlines()[-1]) == (0, "1 passed, 0 failed, 0 skipped")
    suite.write("elsewhere", "not read")
    assert unchanged(suite.run(steps)[1], "good")
    # Asked for, on a machine of CI, or in a clone.
    assert not unchanged(suite.run(steps, "--fresh")[1], "good")
    assert not unchanged(suite.run(steps, ci="true")[1], "good")
    assert unchanged(suite.run(steps)[1], "good")


@pytest.mark.parametrize("change", ["content", "new", "gone", "mode", "runner", "tools", "link"])
def test_any_change_of_what_is_read_runs_it(suite: Suite, change: str) -> None:
    steps = f'Step("good", good, {READS})'
    suite.write("src/b", "2")
    suite.run(steps)
    assert unchanged(suite.run(steps)[1], "good")
    if change == "content":
        before = (suite.folder / "src/a").stat()
        suite.write("src/a", "3")
        # The content counts, not the time.
        os.utime(suite.folder / "src/a", ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "new":
        suite.write("src/c", "")
    elif change == "gone":
        (suite.folder / "src/b").unlink()
    elif change == "mode":
        (suite.folder / "src/a").chmod(0o755)
    elif change == "link":
        (suite.folder / "src/b").unlink()
        (suite.folder / "src/b").symlink_to("a")
    else:
        suite.write({"runner": "ci/suite/x.py", "tools": "ci/locks/dev.txt"}[change], "2")
    assert not unchanged(suite.run(steps)[1], "good")


def test_a_change_and_back_is_unchanged_only_if_that_was_the_last_to_pass(suite: Suite) -> None:
    steps = f'Step("good", good, {READS})'
    suite.run(steps)
    suite.write("src/a", "2")
    suite.run(steps)
    suite.write("src/a", "1")
    assert not unchanged(suite.run(steps)[1], "good")


def test_a_step_that_failed_or_skipped_runs_again(suite: Suite) -> None:
    steps = f'Step("bad", bad, {READS}), Step("cannot", cannot, {READS})'
    for _ in range(2):
        code, said = suite.run(steps)
        assert (code, row(said, "bad"), row(said, "cannot")) == (1, "FAILED", "skipped")


def test_words_and_the_quick_form_leave_the_record_alone(suite: Suite) -> None:
    full = f'Step("good", good, {READS}, takes_words=True)'
    suite.run(full)
    assert row(suite.run(full, "good", "--", "-k", "x")[1], "good") == "passed"
    assert row(suite.run('Step("good", bad)')[1], "good") == "FAILED"
    assert unchanged(suite.run(full)[1], "good")


def test_a_failure_forgets_the_earlier_success(suite: Suite) -> None:
    suite.run(f'Step("x", good, {READS})')
    suite.run(f'Step("x", bad, {READS})', "--fresh")
    assert row(suite.run(f'Step("x", good, {READS})')[1], "x") == "passed"


def test_a_change_while_it_runs_is_not_remembered(suite: Suite) -> None:
    steps = 'Step("writes", writes, reads=("src/", "made/"))'
    suite.write("made/thing2", "")
    assert row(suite.run(steps)[1], "writes") == "passed"
    # It added one of its own inputs: it has not seen the current files.
    assert row(suite.run(steps)[1], "writes") == "passed"
    assert unchanged(suite.run(steps)[1], "writes")


def test_what_it_needs_is_part_of_what_it_reads(suite: Suite) -> None:
    steps = 'Step("first", writes, reads=("ci/",)), Step("good", good, needs=("first",), reads=("src/",))'
    suite.run(steps)
    assert "2 of the passed did not run again" in suite.run(steps)[1]
    suite.write("ci/other", "")
    said = suite.run(steps)[1]
    assert (row(said, "first"), row(said, "good")) == ("passed", "passed")


def test_a_step_whose_product_is_gone_runs(suite: Suite) -> None:
    steps = f'Step("writes", writes, {READS}, makes=("made/*",))'
    suite.run(steps)
    assert unchanged(suite.run(steps)[1], "writes")
    (suite.folder / "made" / "thing").unlink()
    assert not unchanged(suite.run(steps)[1], "writes")


def test_a_pattern_without_a_file_fails(suite: Suite) -> None:
    code, said = suite.run('Step("good", good, reads=("src/", "moved/"))')
    assert code == 1
    assert "the step good reads moved/, but there is no such file" in said


def test_a_step_that_does_not_say_what_it_reads_runs_every_time(suite: Suite) -> None:
    for _ in range(2):
        assert row(suite.run('Step("good", good)')[1], "good") == "passed"


def test_two_side_by_side_do_not_mix_their_output(suite: Suite) -> None:
    steps = 'Step("a", slow("a")), Step("b", slow("b")), Step("bad", bad)'
    code, said = suite.run(steps, "--jobs", "2")
    assert code == 1
    lines = [line for line in said.splitlines() if re.fullmatch(r"[ab] \d", line)]
    assert lines == ["a 0", "a 1", "a 2", "b 0", "b 1", "b 2"]
    heads = re.findall(r"^=== (\w+)$", said, re.MULTILINE)
    assert heads == ["a", "b", "bad"]
    assert said.splitlines()[-1] == "2 passed, 1 failed, 0 skipped"


@pytest.mark.parametrize(("options", "log"), [("", "++--"), (', shares="x"', "+-+-")])
def test_steps_that_share_something_do_not_run_at_once(suite: Suite, options: str, log: str) -> None:
    suite.run(f'Step("a", overlap("a"){options}), Step("b", overlap("b"){options})', "--jobs", "2")
    assert (suite.folder / "log").read_text(encoding="utf-8") == log


def test_side_by_side_waits_for_what_is_needed(suite: Suite) -> None:
    steps = 'Step("a", overlap("a")), Step("b", overlap("b"), needs=("a",)), Step("c", overlap("c"), needs=("b",))'
    assert suite.run(steps, "--jobs", "3")[0] == 0
    assert (suite.folder / "log").read_text(encoding="utf-8") == "+-+-+-"


@pytest.mark.parametrize("step", ["stuck", "deaf"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_the_children_and_prints_the_table(suite: Suite, step: str, jobs: str) -> None:
    steps = f'Step("good", good), Step("waits", {step}), Step("after", good, needs=("waits",))'
    command = suite.command(steps, "--jobs", jobs)
    pid = suite.folder / "pid"
    with subprocess.Popen(command, cwd=suite.folder, stdout=subprocess.PIPE, encoding="utf-8") as process:
        end = time.monotonic() + 60
        while not (pid.exists() and pid.read_text(encoding="utf-8")):
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        if step == "deaf":
            # It ignores the first signal, and ends at the second.
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert (row(said, "good"), row(said, "waits"), row(said, "after")) == ("passed", "FAILED (interrupted)", "not run")
    assert "1 were not run" in said
    assert said.splitlines()[-1] == "1 passed, 1 failed, 0 skipped"
    assert not is_alive(int(pid.read_text(encoding="utf-8")))


def is_alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "State:\tZ" not in status
