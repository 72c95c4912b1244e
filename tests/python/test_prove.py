"""`monowheel pythons` and `monowheel test`, on the interpreter that runs these tests."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
INTERRUPTED = 130
# This interpreter as a column of the map.
HERE = {
    "version": list(sys.version_info[:2]),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
}


def wheel(folder: Path, code: str, tag: str = "py3-none-any", metadata: str = "") -> Path:
    """Create a pure wheel with one module, whatever its tag."""
    files = {
        "proved.py": code,
        "proved-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: proved\nVersion: 1.0\n{metadata}",
        "proved-1.0.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    rows = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(text.encode())}\n")
    files["proved-1.0.dist-info/RECORD"] = "".join(rows) + "proved-1.0.dist-info/RECORD,,\n"
    folder.mkdir(exist_ok=True)
    path = folder / f"proved-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory for pip: to unpack it takes two seconds, and no test changes it."""
    return tmp_path_factory.mktemp("pip")


@pytest.fixture
def env(tmp_path: Path, unpacked: Path) -> dict[str, str]:
    """Nothing from this user: neither cache nor lab, and only the named interpreter."""
    folders = {name: str(tmp_path / name) for name in ("cache", "lab", "pyenv", "uv", "bin")}
    if os.name == "posix":
        (tmp_path / "cache").mkdir()
        (tmp_path / "cache" / "pip").symlink_to(unpacked)
    return {
        "MONOWHEEL_CACHE": folders["cache"],
        "MONOWHEEL_LAB": folders["lab"],
        "PYENV_ROOT": folders["pyenv"],
        "UV_PYTHON_INSTALL_DIR": folders["uv"],
        "PATH": folders["bin"],
    }


def test_a_wheel_runs_and_its_environment_is_kept(monowheel: Run, tmp_path: Path, env: dict[str, str]) -> None:
    dist = tmp_path / "a dist"
    wheel(dist, "__all__ = ['answer']\nanswer = 42\n")
    arguments = ("test", dist, "--python", sys.executable, "--offline", "--json")
    first = monowheel(*arguments, env=env)
    assert first.returncode == CLEAN, first.stderr
    release = json.loads(first.stdout)["releases"][0]
    (trial,) = release["trials"]
    assert (trial["verdict"], trial["reused"], trial["wheel"]) == ("ran", False, "proved-1.0-py3-none-any.whl")
    assert [check["name"] for check in trial["checks"]] == ["import", "again", "subinterpreter", "dev"]
    assert {check["outcome"] for check in trial["checks"]} == {"passed"}
    (row,) = release["map"]["rows"]
    states = {cell["state"] for python, cell in zip(release["map"]["pythons"], row["cells"]) if python == HERE}
    assert (row["platform"], states) == ("any", {"ran"})
    again = json.loads(monowheel(*arguments, env=env).stdout)
    assert again["releases"][0]["trials"][0]["reused"] is True
    # From its wheel, Python would compile pip again at each start.
    assert list(Path(env["MONOWHEEL_CACHE"]).glob("pip/*/pip/__pycache__/__main__.*.pyc"))
    assert json.loads((dist / "monowheel.proof.json").read_text(encoding="utf-8"))["schema"] == "monowheel.test/1"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise ImportError('not today')", "not today"),
        ("__all__ = ['absent']", "absent"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("import os; os._exit(7)", "exit status 7"),
    ],
)
def test_a_wheel_that_fails(monowheel: Run, tmp_path: Path, env: dict[str, str], code: str, said: str) -> None:
    dist = tmp_path / "dist"
    wheel(dist, code)
    done = monowheel("test", dist, "--python", sys.executable, "--offline", env=env)
    assert done.returncode == FINDINGS, done.stderr
    assert "import failed" in done.stdout
    assert said in done.stdout


def test_the_projects_command(monowheel: Run, tmp_path: Path, env: dict[str, str]) -> None:
    dist = tmp_path / "dist"
    wheel(dist, "answer = 42\n")
    arguments = ("test", dist, "--python", sys.executable, "--offline", "--command")
    good = monowheel(*arguments, "python -c 'import proved; assert proved.answer == 42'", env=env)
    assert good.returncode == CLEAN, good.stderr
    bad = monowheel(*arguments, "python -c 'import proved; raise SystemExit(proved.answer)'", env=env)
    assert bad.returncode == FINDINGS
    assert "exit status 42" in bad.stdout
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'proved'\n[tool.monowheel.test]\ncommand = 'python -c \"import time; time.sleep(99)\"'\n"
        "time-limit = 1\n",
        encoding="utf-8",
    )
    words = ("--python", sys.executable, "--offline", "--config", tmp_path / "pyproject.toml")
    slow = monowheel("test", dist, *words, env=env)
    assert slow.returncode == FINDINGS
    assert "did not finish within" in slow.stdout


def project(folder: Path, table: str) -> None:
    """Write the pyproject.toml of the wheels in a subdirectory of `folder`."""
    text = f"[project]\nname = 'proved'\n[tool.monowheel.test]\n{table}\n"
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def test_an_import_that_hangs_shows_where(monowheel: Run, tmp_path: Path, env: dict[str, str]) -> None:
    dist = tmp_path / "dist"
    wheel(dist, "import time\ndef stuck():\n    time.sleep(600)\nstuck()\n")
    project(tmp_path, "time-limit = 1")
    done = monowheel("test", dist, "--python", sys.executable, "--offline", env=env, cwd=tmp_path)
    assert done.returncode == FINDINGS, done.stderr
    assert "timed out" in done.stdout
    assert "in stuck" in done.stdout


# From a process of its own: Linux counts what the parent of a process had before it starts another program.
PEAK = """import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss in KiB")
@pytest.mark.parametrize(("kind", "piece"), [("import", "b'0' * (1 << 20)"), ("command", "b'line\\n' * (1 << 17)")])
def test_a_wheel_that_prints_without_end_fails_in_bounded_memory(
    tmp_path: Path, env: dict[str, str], kind: str, piece: str
) -> None:
    """It took 3 GiB, and more with more time."""
    endless = f"import os\nwhile True: os.write(1, {piece})\n"
    dist, report = tmp_path / "dist", tmp_path / "report.json"
    wheel(dist, endless if kind == "import" else "")
    (tmp_path / "endless.py").write_text(endless, encoding="utf-8")
    project(tmp_path, f"time-limit = 3\ncommand = 'python {tmp_path / 'endless.py'}'")
    command = [sys.executable, "-c", PEAK, sys.executable, "-m", "monowheel", "test", str(dist), "--offline"]
    command += ["--python", sys.executable, "--json", "--output", str(report)]
    run = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **env}, check=False, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert run.returncode == FINDINGS
    assert int(run.stdout) < 256 << 10, f"{int(run.stdout) >> 10} MiB"
    assert report.stat().st_size < 1 << 20
    (trial,) = json.loads(report.read_text(encoding="utf-8"))["releases"][0]["trials"]
    failed = [check for check in trial["checks"] if check["outcome"] == "failed"]
    assert [check["name"] for check in failed] == [kind]
    assert "timed out" in failed[0]["said"] or "did not finish within" in failed[0]["said"]
    logs = list(tmp_path.glob("cache/**/log"))
    assert logs
    assert all(log.stat().st_size < 260 << 20 for log in logs)


def test_two_runs_at_once_take_turns(tmp_path: Path, env: dict[str, str]) -> None:
    dist = tmp_path / "dist"
    wheel(dist, "import time\ntime.sleep(0.5)\n")
    command = [sys.executable, "-m", "monowheel", "test", str(dist), "--python", sys.executable, "--offline"]
    together = {"env": {**os.environ, **env}, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    runs = [subprocess.Popen(command, **together) for _ in range(2)]  # type: ignore[call-overload]
    ends = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [CLEAN, CLEAN], ends
    assert sum("waiting for " in stderr for _, stderr in ends) == 1, ends


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_what_runs_and_leaves_no_proof(tmp_path: Path, env: dict[str, str]) -> None:
    dist = tmp_path / "dist"
    begun = tmp_path / "begun"
    wheel(dist, f"import os, time\nopen({str(begun)!r}, 'w').write(str(os.getpid()) + '.')\ntime.sleep(600)\n")
    command = [sys.executable, "-m", "monowheel", "test", str(dist), "--python", sys.executable, "--offline"]
    with subprocess.Popen(command, env={**os.environ, **env}, stderr=subprocess.PIPE, encoding="utf-8") as run:
        deadline = time.monotonic() + 60
        while not (begun.is_file() and begun.read_text(encoding="utf-8").endswith(".")):
            assert time.monotonic() < deadline
            assert run.poll() is None
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
    assert (run.returncode, "stopped" in said) == (INTERRUPTED, True), said
    assert [path.suffix for path in dist.iterdir()] == [".whl"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text(encoding="utf-8").rstrip(".")), 0)


def test_an_audit_shows_the_proof_of_these_wheels(monowheel: Run, tmp_path: Path, env: dict[str, str]) -> None:
    dist = tmp_path / "dist"
    wheel(dist, "answer = 42\n")
    assert monowheel("test", dist, "--python", sys.executable, "--offline", env=env).returncode == CLEAN
    shown = monowheel("audit", dist, "--format", "html")
    assert "<p>1 ran</p>" in shown.stdout
    assert "1 ran" in monowheel("audit", dist).stdout
    (proof,) = json.loads(monowheel("audit", dist, "--json").stdout)["proofs"]
    assert proof["schema"] == "monowheel.test/1"
    wheel(dist, "answer = 43\n")
    other = monowheel("audit", dist, "--json")
    assert "proofs" not in json.loads(other.stdout)
    assert "has changed" in other.stderr


def test_a_requirement_that_is_nowhere(monowheel: Run, tmp_path: Path, env: dict[str, str]) -> None:
    dist = tmp_path / "dist"
    wheel(dist, "", metadata="Requires-Dist: surely-not-there\n")
    done = monowheel("test", dist, "--python", sys.executable, "--offline", env=env)
    assert done.returncode == INCOMPLETE
    assert "surely-not-there" in done.stdout
    assert "--find-links" in done.stdout


def test_no_wheel_for_it(monowheel: Run, tmp_path: Path, env: dict[str, str]) -> None:
    dist = tmp_path / "dist"
    wheel(dist, "", tag="cp38-abi3-win_arm64")
    done = monowheel("test", dist, "--python", sys.executable, "--offline", env=env)
    assert done.returncode == INCOMPLETE
    assert "nothing was run" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--python", "9.9"], "no such interpreter"),
        (["--python", "nonsense"], "neither a Python version"),
        (["--command", "pytest 'x"], "open quote"),
        (["--find-links", "/no/such"], "no such directory"),
        (["--json", "--format", "html"], "--json conflicts"),
    ],
)
def test_what_cannot_be_meant(
    monowheel: Run, tmp_path: Path, env: dict[str, str], arguments: list[str], said: str
) -> None:
    dist = tmp_path / "dist"
    wheel(dist, "")
    done = monowheel("test", dist, *arguments, env=env)
    assert (done.returncode, bool(done.stdout)) == (USAGE, "--json" in arguments)
    assert said in done.stderr


def test_no_wheels(monowheel: Run, env: dict[str, str]) -> None:
    done = monowheel("test", env=env)
    assert done.returncode == USAGE
    assert "monowheel build" in done.stderr


def test_a_broken_interpreter_is_shown(monowheel: Run, tmp_path: Path, env: dict[str, str]) -> None:
    shim = tmp_path / "bin" / "python3.99"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\necho 'shim: no such version' >&2\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    done = monowheel("pythons", "--json", env={**env, "PATH": str(shim.parent)})
    assert done.returncode == CLEAN
    found = json.loads(done.stdout)
    assert [broken["path"] for broken in found["broken"]] == [str(shim)]
    assert "shim: no such version" in found["broken"][0]["why"]
    named = monowheel("pythons", "--json", "--python", shim, env=env)
    assert named.returncode == INCOMPLETE
    here = json.loads(monowheel("pythons", "--json", "--python", sys.executable, env=env).stdout)
    assert list(sys.version_info[:2]) in [python["version"] for python in here["pythons"]]


def test_an_answer_is_kept_while_the_interpreter_stays_as_it_is(monowheel: Run, env: dict[str, str]) -> None:
    def releases() -> dict[str, str]:
        told = json.loads(monowheel("pythons", "--json", "--python", sys.executable, env=env).stdout)
        return {python["path"]: python["release"] for python in told["pythons"]}

    true = releases()
    kept = Path(env["MONOWHEEL_CACHE"]) / "answers" / "pythons.json"
    answers = json.loads(kept.read_text(encoding="utf-8"))
    assert answers["answers"]
    for about in answers["answers"].values():
        about["release"] = "0.0.0"
    kept.write_text(json.dumps(answers), encoding="utf-8")
    assert "0.0.0" in releases().values()
    # A changed file, another question, and invalid JSON: each is asked again.
    moved = {key + "0": about for key, about in answers["answers"].items()}
    for text in (json.dumps({**answers, "answers": moved}), json.dumps({**answers, "question": ""}), "{"):
        kept.write_text(text, encoding="utf-8")
        assert releases() == true
