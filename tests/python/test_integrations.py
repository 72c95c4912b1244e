"""Files for other tools, run as those tools run them: the GitHub action, the pre-commit hooks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[2]
CLEAN, FINDINGS, USAGE = range(3)


def read(name: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """Read a YAML file of the repository."""
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def bad_wheel(folder: Path) -> Path:
    """Write a wheel whose RECORD does not list its module."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demo-1.0-py3-none-any.whl"
    info = "demo-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo.py", "")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return path


def run_action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step of the action with its inputs; ``uvx`` is the installed monowheel."""
    action = read("action.yml")
    (step,) = [step for step in action["runs"]["steps"] if "run" in step]
    values = {name: each["default"] for name, each in action["inputs"].items()}
    values.update({name.replace("_", "-"): value for name, value in inputs.items()})

    def filled(text: str) -> str:
        return re.sub(r"\${{ inputs\.([a-z-]+) }}", lambda found: values[found.group(1)], text)

    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    uvx = tools / "uvx"
    # --from PACKAGE monowheel …
    uvx.write_text(
        f'#!/bin/sh\necho "$2" >>"{folder}/packages"\nshift 3\nexec "{sys.executable}" -m monowheel "$@"\n',
        encoding="utf-8",
    )
    uvx.chmod(0o755)
    env = {**os.environ, **{name: filled(value) for name, value in step["env"].items()}}
    env.update(PATH=f"{tools}{os.pathsep}{env['PATH']}", GITHUB_STEP_SUMMARY=str(folder / "summary.md"))
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, check=False, cwd=folder, env=env, capture_output=True, encoding="utf-8")


def test_the_action_annotates_summarizes_and_writes_sarif(tmp_path: Path) -> None:
    """All at once, and the step fails with the audit."""
    bad_wheel(tmp_path / "dist")
    done = run_action(tmp_path, sarif="audit.sarif", version="1.2.3")
    assert done.returncode == FINDINGS, done.stderr
    assert "::error " in done.stdout
    assert "record-missing-file" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert '"2.1.0"' in (tmp_path / "audit.sarif").read_text(encoding="utf-8")
    assert set((tmp_path / "packages").read_text(encoding="utf-8").split()) == {"monowheel[audit]==1.2.3"}


def test_the_action_takes_several_names_with_spaces(tmp_path: Path) -> None:
    """Each non-empty line is a name; a missing file fails the step before anything is audited."""
    wheel = bad_wheel(tmp_path / "a dist")
    done = run_action(tmp_path, wheels=f"a dist\n\n{wheel}\n", fail_on="error")
    assert done.returncode == FINDINGS, done.stderr
    missing = run_action(tmp_path, wheels="nothing here", sarif="audit.sarif")
    assert missing.returncode == USAGE, missing.stderr
    assert not (tmp_path / "audit.sarif").exists()


def test_each_hook_is_a_command_that_runs(tmp_path: Path) -> None:
    """Entry and arguments of the hooks, in a project."""
    bad_wheel(tmp_path / "dist")
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "demo"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\npyo3 = "0.29"\n',
        encoding="utf-8",
    )
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").write_text("", encoding="utf-8")
    codes = {}
    for hook in read(".pre-commit-hooks.yaml"):
        words = [*hook["entry"].split(), *hook.get("args", [])]
        assert words.pop(0) == "monowheel"
        done = subprocess.run(
            [sys.executable, "-m", "monowheel", *words],
            check=False,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
        )
        codes[hook["id"]] = done.returncode
        assert "files" not in hook or re.search(hook["files"], "src/lib.rs")
    assert codes["monowheel-audit"] == FINDINGS
    assert codes["monowheel-lint"] in {CLEAN, FINDINGS}
