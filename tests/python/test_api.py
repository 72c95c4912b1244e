"""`monowheel api`: stubs of the examples, and differences between wheels and commits."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Run

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/Cargo.toml"))
FINDINGS, USAGE, FAILED = 1, 2, 3
OLD = "def f(a: int, b: int = 1) -> int: ...\nclass A:\n    def m(self, x: str) -> str: ...\n"


def wheel(folder: Path, version: str, tag: str, files: dict[str, str], metadata: str = "") -> Path:
    """Write a wheel of `demo`."""
    info = f"demo-{version}.dist-info"
    members = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: demo\nVersion: {version}\n{metadata}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    rows = []
    for name, text in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(text.encode())}\n")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"demo-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(rows) + f"{info}/RECORD,,\n")
    return path


def found(monowheel: Run, *words: str | Path, cwd: Path | None = None) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the report of a difference."""
    done = monowheel("api", "diff", *words, "--json", cwd=cwd)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def lints(report: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the lints that found something, and where."""
    return {(change["lint"], change["name"]) for change in report["changes"]}


@pytest.mark.parametrize("example", [*EXAMPLES, ROOT], ids=lambda path: path.name)
def test_the_stubs_that_people_wrote_fit_the_source(monowheel: Run, example: Path) -> None:
    done = monowheel("api", "stubs", "--check", example, "--json")
    report = json.loads(done.stdout)
    assert report["contradictions"] == []
    assert [file["state"] for file in report["files"]] == ["by-hand"]
    assert done.returncode == 0, done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of an example."""
    copy = tmp_path / "type_conversion"
    shutil.copytree(ROOT / "examples" / "type_conversion", copy, ignore=shutil.ignore_patterns("target", ".venv"))
    return copy


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("def words(text: str)", "def words(txt: str)", "(text)"),
        ("def total(values", "def totals(values", "does not have this function"),
        ("unit: Unit | None = None) -> float", "unit: Unit | None) -> float", "(unit=None)"),
        ("CELSIUS: ClassVar[Unit]", "COLD: ClassVar[Unit]", "does not have this attribute"),
        ("class Unit:", "class Units:", "does not have this class"),
    ],
)
def test_a_stub_that_contradicts_the_source_is_found(
    monowheel: Run, project: Path, before: str, after: str, said: str
) -> None:
    stub = project / "python/type_conversion/_type_conversion.pyi"
    text = stub.read_text(encoding="utf-8")
    assert before in text
    stub.write_text(text.replace(before, after), encoding="utf-8")
    done = monowheel("api", "stubs", "--check", project)
    assert done.returncode == FINDINGS
    assert said in done.stdout


def test_stubs_are_written_kept_and_never_replace_what_people_wrote(monowheel: Run, project: Path) -> None:
    stub = project / "python/type_conversion/_type_conversion.pyi"
    by_hand = stub.read_text(encoding="utf-8")
    refused = monowheel("api", "stubs", project)
    assert refused.returncode == USAGE
    assert "written by hand" in refused.stderr
    assert stub.read_text(encoding="utf-8") == by_hand

    stub.unlink()
    assert monowheel("api", "stubs", "--check", project).returncode == FINDINGS
    assert monowheel("api", "stubs", project).returncode == 0
    assert monowheel("api", "stubs", "--check", project).returncode == 0

    kept = "# monowheel: keep\ndef words(text: str) -> int:\n    '''Mine.'''\n# monowheel: end\n"
    stub.write_text(stub.read_text(encoding="utf-8") + "\n" + kept, encoding="utf-8")
    monowheel("api", "stubs", project)
    written = stub.read_text(encoding="utf-8")
    assert kept in written
    assert written.count("def words(") == 1

    source = project / "src/python/texts.rs"
    source.write_text(
        source.read_text(encoding="utf-8").replace("fn ordinal(character", "fn ordinal(letter"), encoding="utf-8"
    )
    stale = monowheel("api", "stubs", "--check", project)
    assert stale.returncode == FINDINGS
    assert "+def ordinal(letter: str) -> int:" in stale.stdout


def test_a_stub_that_is_not_python_was_not_checked(monowheel: Run, project: Path) -> None:
    stub = project / "python/type_conversion/_type_conversion.pyi"
    for hostile in ("def f(:\n", "x = " + "(" * 5000, "import os; os.system('touch ran')\0"):
        stub.write_text(hostile, encoding="utf-8")
        done = monowheel("api", "stubs", "--check", project)
        assert done.returncode == FAILED, done.stdout
        assert "cannot be read" in done.stderr
    assert not (project / "ran").exists()


def test_differences_of_wheels_and_the_version_that_they_need(monowheel: Run, tmp_path: Path) -> None:
    tags = ("cp38-abi3-manylinux_2_17_x86_64", "cp38-abi3-win_amd64")
    for tag in tags:
        wheel(tmp_path / "old", "1.0.0", tag, {"demo/__init__.pyi": OLD, "demo/py.typed": ""}, "Requires-Dist: numpy\n")
    new = OLD.replace("a: int, b: int = 1", "a: int, *, c: int = 1").replace("-> str", "-> str | None")
    wheel(tmp_path / "new", "1.1.0", "cp38-abi3-manylinux_2_28_x86_64", {"demo/__init__.pyi": new})
    code, report = found(monowheel, tmp_path / "old", tmp_path / "new")
    assert code == FINDINGS
    assert lints(report) >= {
        ("parameter-removed", "demo.f"),
        ("result-widened", "demo.A.m"),
        ("platform-dropped", "Windows x86_64"),
        ("system-raised", "Linux x86_64 (glibc)"),
    }
    assert (report["level"], report["least_version"], report["is_enough"]) == ("major", "2.0.0", False)
    draft = monowheel("api", "diff", tmp_path / "old", tmp_path / "new", "--changelog")
    assert draft.stdout.startswith("## 1.1.0\n")
    assert "- **Breaking:** `demo.f`: the parameter b is gone.\n" in draft.stdout

    same, report = found(monowheel, tmp_path / "old", tmp_path / "old")
    assert (same, report["changes"]) == (0, [])
    wheel(tmp_path / "next", "2.0.0", "cp38-abi3-manylinux_2_28_x86_64", {"demo/__init__.pyi": new})
    assert found(monowheel, tmp_path / "old", tmp_path / "next")[0] == 0


# What releases on the index do: names through star imports and `__all__ += …`, private bases, aliases of other modules.
PACKAGE = {
    "demo/__init__.py": "from . import _native\nfrom ._native import *\nfrom typing import TYPE_CHECKING\n"
    "if TYPE_CHECKING:\n    from ._native import Hidden\n__all__ = ['facade']\n__all__ += _native.__all__\n",
    "demo/_native.pyi": "from ._get import get\nfrom ._get import Store as Store\n__all__ = ['Store', 'get']\n",
    "demo/_types.py": "import sys\nif sys.version_info >= (3, 12):\n    from os import PathLike\nPath = str | bytes\n",
    "demo/facade.py": "from ._native import Store\nfrom .plain import Later\nfrom ._get import Store as Renamed\n",
    "demo/plain.py": "from os.path import join\nfrom .facade import Store\nclass Later:\n"
    "    def __init__(self, a):\n        self.shown = a\n        self._kept = a\n"
    "    @property\n    def size(self): ...\n",
}
GET = """\
from typing import Literal, Self
from demo import _types
from demo._types import Path
class _Base:
    @classmethod
    def read(cls, path: Path, /) -> Self: ...
class Problem(KeyError): ...
class Store(_Base):
    def __init__(self, container: str | None = None) -> None: ...
    def __add__(self, other: int) -> Store: ...
    def mode(self, mode: Literal["a", "b"]) -> str: ...
def get(path: _types.Path, start: int = 0) -> list[int]: ...
"""


def test_names_bases_and_aliases_are_followed_through_a_package(monowheel: Run, tmp_path: Path) -> None:
    old = wheel(tmp_path / "old", "1.0.0", "py3-none-any", {**PACKAGE, "demo/_get.pyi": GET})

    def compared(get: str = GET, **files: str) -> set[tuple[str, str]]:
        others = {f"demo/{name}.py": text for name, text in files.items()}
        new = wheel(tmp_path / "new", "1.0.1", "py3-none-any", {**PACKAGE, **others, "demo/_get.pyi": get})
        return lints(found(monowheel, old, new)[1])

    # The same in other words.
    assert not compared(
        GET.replace("path: Path, /) -> Self", "path: bytes | str, /) -> 'Self'")
        .replace("_types.Path", "Path")
        .replace("other: int) -> Store", "number: int, /) -> Self")
        .replace('"a", "b"', '"b", "a"'),
        plain=PACKAGE["demo/plain.py"].replace("from os.path import join\n", ""),
    )
    stores = ("demo.Store", "demo.facade.Store", "demo.facade.Renamed")
    assert compared(GET.replace("container", "container_name")) == {
        ("parameter-renamed", f"{name}.__new__") for name in stores
    }
    # A private base has lost it.
    assert compared(GET.replace("def read", "def load")) == {
        (lint, f"{name}.{method}")
        for name in stores
        for lint, method in (("member-removed", "read"), ("name-added", "load"))
    }
    assert compared(GET.replace("start: int = 0", "*, start: int = 0")) == {("parameter-kind", "demo.get")}
    narrowed = compared(_types=PACKAGE["demo/_types.py"].replace("str | bytes", "str"))
    assert narrowed >= {("argument-narrowed", "demo.get"), ("argument-narrowed", "demo.Store.read")}
    assert ("argument-narrowed", "demo.Store.mode") in compared(GET.replace('"a", "b"', '"a"'))
    # `**kwargs` that take certain names.
    options = "from typing import TypedDict, Unpack\nclass _Options(TypedDict, total=False):\n    container: str\n"
    taking = options + GET.replace("container: str | None = None", "path: str = '', **others: Unpack[_Options]")
    assert ("parameter-renamed", "demo.Store.__new__") not in compared(taking)
    renamed = compared(taking.replace("    container: str", "    mode: str"))
    assert ("parameter-renamed", "demo.Store.__new__") in renamed
    hidden = PACKAGE["demo/plain.py"].replace("self.shown", "self._shown")
    assert compared(plain=hidden) == {("member-removed", "demo.plain.Later.shown")}


def test_aliases_that_name_each_other_end(monowheel: Run, tmp_path: Path) -> None:
    doubled = "".join(f"T{number} = dict[T{number - 1}, list[T{number - 1}]]\n" for number in range(1, 60))
    stub = f"A = list[B]\nB = dict[A, B]\nT0 = A | B\n{doubled}def f(a: A, b: T59) -> B: ...\nclass C(C): ...\n"
    old = wheel(tmp_path / "old", "1.0.0", "py3-none-any", {"demo.pyi": stub})
    new = wheel(tmp_path / "new", "1.0.1", "py3-none-any", {"demo.pyi": stub.replace("a: A", "c: A")})
    assert lints(found(monowheel, old, new)[1]) == {("parameter-renamed", "demo.f")}


def test_a_compiled_module_without_a_stub_is_read_by_its_text_signatures(monowheel: Run, tmp_path: Path) -> None:
    tag = "cp38-abi3-manylinux_2_17_x86_64"
    binary = "\x7fELF\0f(a, b=1)\n--\n\nText.\0"
    old = wheel(tmp_path / "old", "1.0.0", tag, {"demo.abi3.so": binary})
    new = wheel(tmp_path / "new", "1.1.0", tag, {"demo.abi3.so": binary.replace("b=1", "c=1")})
    code, report = found(monowheel, old, new)
    assert code == FINDINGS
    assert ("parameter-renamed", "demo.f") in lints(report)
    assert "without classes and types" in report["old"]["notes"][0]["what"]


def test_run_shows_what_no_stub_states(monowheel: Run, tmp_path: Path) -> None:
    code = "class A:\n    pass\n"
    old = wheel(tmp_path / "old", "1.0.0", "py3-none-any", {"demo/__init__.py": code})
    new = wheel(tmp_path / "new", "1.0.1", "py3-none-any", {"demo/__init__.py": code + "    __hash__ = None\n"})
    without, report = found(monowheel, old, new)
    assert ("not-hashable", "demo.A") not in lints(report)
    ran, report = found(monowheel, old, new, "--run", sys.executable)
    assert (without, ran) == (0, FINDINGS)
    assert ("not-hashable", "demo.A") in lints(report)
    broken = wheel(tmp_path / "broken", "1.0.1", "py3-none-any", {"demo/__init__.py": "raise SystemExit('no')\n"})
    failed = monowheel("api", "diff", old, broken, "--run", sys.executable)
    assert failed.returncode == FAILED
    assert "demo cannot be imported: SystemExit: no" in failed.stderr


def test_a_change_that_the_project_allows_does_not_count(monowheel: Run, tmp_path: Path) -> None:
    old = wheel(tmp_path / "old", "1.0.0", "py3-none-any", {"demo.pyi": OLD})
    new = wheel(tmp_path / "new", "1.0.1", "py3-none-any", {"demo.pyi": OLD.replace("def f", "def _f")})
    config = tmp_path / "pyproject.toml"
    text = '[tool.monowheel.api]\nallow = [{ lint = "name-removed", name = "demo.%s", reason = "it never worked" }]\n'
    for name, code in (("g", FINDINGS), ("f", 0)):
        config.write_text(text % name, encoding="utf-8")
        ended, report = found(monowheel, old, new, "--config", config)
        assert ended == code, report
        assert ("name-removed", "demo.f") in lints(report) or report["allowed"][0]["reason"] == "it never worked"


def test_the_parity_of_a_dependency_from_the_index(monowheel: Run, tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text('[project]\n[tool.monowheel.parity]\nof = "semver"\ntests = []\n', encoding="utf-8")
    done = monowheel("api", "parity", ROOT, "--config", config, "--json")
    report = json.loads(done.stdout)
    rows = {row["rust"]: row for row in report["items"]}
    assert rows["Version::parse"]["state"] == "missing"
    assert rows["Version"]["place"].startswith("src/lib.rs:")
    # Re-exported from a private module.
    assert "Prerelease::new" in rows
    assert report["schema"] == "monowheel.api-parity/1"
    gone = config.read_text(encoding="utf-8").replace("semver", "no-such-crate")
    config.write_text(gone, encoding="utf-8")
    done = monowheel("api", "parity", ROOT, "--config", config)
    assert done.returncode == USAGE, done.stderr
    assert "no dependency is called no-such-crate" in done.stderr


def test_looking_for_a_dependency_runs_no_program_of_the_project(monowheel: Run, tmp_path: Path) -> None:
    project, mark = tmp_path / "project", tmp_path / "mark"
    (project / ".cargo").mkdir(parents=True)
    (project / "src").mkdir()
    program = project / "program"
    program.write_text(f"#!/bin/sh\ntouch '{mark}'\n", encoding="utf-8")
    program.chmod(0o755)
    (project / ".cargo" / "config.toml").write_text(f"[build]\nrustc = '{program}'\n", encoding="utf-8")
    texts = {
        "Cargo.toml": '[package]\nname = "demo"\nversion = "1.0.0"\n[lib]\ncrate-type = ["cdylib"]\n'
        '[dependencies]\npyo3 = "0.29"\nabsent = "1"\n',
        "Cargo.lock": 'version = 4\n[[package]]\nname = "absent"\nversion = "1.0.0"\n',
        "src/lib.rs": "use pyo3::prelude::*;\n#[pymodule]\nmod demo {}\n",
        "pyproject.toml": '[project]\nname = "demo"\n[tool.monowheel.parity]\nof = "absent"\n',
    }
    for name, text in texts.items():
        (project / name).write_text(text, encoding="utf-8")
    done = monowheel("api", "parity", project)
    assert done.returncode == USAGE, done.stderr
    assert "the sources of absent 1.0.0 are not on this machine" in done.stderr
    assert "cargo fetch" in done.stderr
    assert not mark.exists()


def test_commits_of_the_checkout_are_compared(monowheel: Run, project: Path) -> None:
    def git(*words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *words], cwd=project, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "first")
    git("tag", "v0.1.0")
    source = project / "src/python/texts.rs"
    source.write_text(
        source.read_text(encoding="utf-8").replace("fn ordinal(character", "fn ordinal(letter"), encoding="utf-8"
    )
    code, report = found(monowheel, "v0.1.0", cwd=project)
    assert code == FINDINGS
    assert lints(report) == {("parameter-renamed", "type_conversion._type_conversion.ordinal")}
    assert found(monowheel, "v0.1.0", "v0.1.0", cwd=project)[1]["changes"] == []
    for unknown in ("v9", "--upload-pack=x", "nothing.whl"):
        done = monowheel("api", "diff", "--", unknown, cwd=project)
        assert done.returncode == USAGE, done.stderr
        assert "next: " in done.stderr
