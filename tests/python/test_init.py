"""`monowheel init`: combining a crate and a Python project, and everything that stays unchanged."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from conftest import HOST_TARGET

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from conftest import Run

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)

CRATE = """\
# my crate
[package]
name = "text-tools"   # a name
version = "1.2.0"
edition = "2021"
description = "Tools for text"
license = "MIT"

[dependencies]
# none yet
"""
LIBRARY = """\
//! Tools for text.
#![warn(missing_docs)]

/// Doubles.
pub fn double(x: i64) -> i64 {
    x * 2
}
"""
PACKAGE = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "My.Tools"  # as everybody knows it
version = "2.0.1"
description = "A package"
license = "MIT"
requires-python = ">=3.9"

[tool.hatch.build]
include = ["data"]
# the end
"""


def put(root: Path, files: dict[str, str]) -> Path:
    """Write files below a directory."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Return every file below a directory, by its path."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def document(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Read stdout, which has to be one JSON document and nothing else."""
    said: dict[str, Any] = json.loads(ended.stdout)
    assert said["schema"] == "monowheel.init/1"
    return said


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A crate without Python, in a directory with a space."""
    return put(
        tmp_path / "a crate ü", {"Cargo.toml": CRATE, "src/lib.rs": LIBRARY, "LICENSE": "MIT\n", "README.md": "# x\n"}
    )


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A Python project with a backend of its own."""
    return put(tmp_path / "a package", {"pyproject.toml": PACKAGE, "src/my_tools/__init__.py": "X = 1\n"})


@pytest.mark.builds
@pytest.mark.parametrize("kind", ["crate", "package"])
def test_what_it_makes_builds_and_passes(
    kind: str, monowheel: Run, common_target: dict[str, str], request: pytest.FixtureRequest
) -> None:
    """The wheel is built from the sdist, audited, and its tests are run."""
    project: Path = request.getfixturevalue(kind)
    done = monowheel("init", project, "--yes", "--change-backend", "--json")
    assert done.returncode == CLEAN, done.stderr
    built = monowheel("build", project, "--target", HOST_TARGET, "--abi", "abi3", env=common_target)
    assert built.returncode == CLEAN, built.stderr
    audited = monowheel("audit", "--fail-on", "warning", project / "dist", cwd=project)
    assert audited.returncode == CLEAN, audited.stdout
    words = ("--command", "pytest {project}/tests", "--requires", "pytest", "--python", sys.executable)
    tried = monowheel("test", project / "dist", *words, cwd=project)
    assert tried.returncode == CLEAN, tried.stdout + tried.stderr


def test_a_crate_gets_what_it_lacks(monowheel: Run, crate: Path) -> None:
    """Its manifest keeps every comment, its defaults stay, and a second time there is nothing to do."""
    ended = monowheel("init", crate, "--yes", "--floor", "3.10")
    assert ended.returncode == CLEAN, ended.stderr
    assert "+pyo3 = " in ended.stdout
    manifest = (crate / "Cargo.toml").read_text(encoding="utf-8")
    assert manifest.startswith(CRATE.split("# none yet", maxsplit=1)[0])
    assert "# none yet\n" in manifest
    assert 'crate-type = ["cdylib", "rlib"]' in manifest
    assert 'abi3 = ["python", "pyo3/abi3-py310"]' in manifest
    assert "default" not in manifest
    library = (crate / "src" / "lib.rs").read_text(encoding="utf-8")
    assert library == LIBRARY.replace("\n/// Doubles", '\n#[cfg(feature = "python")]\nmod python;\n\n/// Doubles')
    pyproject = (crate / "pyproject.toml").read_text(encoding="utf-8")
    for line in (
        'name = "text-tools"',
        'description = "Tools for text"',
        'license-files = ["LICENSE"]',
        'requires-python = ">=3.10"',
        'features = ["abi3"]',
        'module-name = "text_tools._text_tools"',
    ):
        assert f"\n{line}\n" in pyproject
    before = contents(crate)
    assert {"python/text_tools/py.typed", "python/text_tools/_text_tools.pyi", "CHANGELOG.md"} <= set(before)
    again = monowheel("init", crate, "--yes")
    assert (again.returncode, contents(crate)) == (CLEAN, before)
    assert "nothing to do" in again.stdout


@pytest.mark.parametrize("words", [("--dry-run",), ("--dry-run", "--json"), ()])
def test_nothing_is_written_unless_that_is_said(words: tuple[str, ...], monowheel: Run, crate: Path) -> None:
    """A dry run shows everything; without a terminal nobody can be asked."""
    before = contents(crate)
    ended = monowheel("init", crate, *words)
    assert ended.returncode == (CLEAN if words else USAGE)
    assert "mod python;" in ended.stdout or "--json" in words
    assert contents(crate) == before
    if "--json" in words:
        said = document(ended)
        assert (said["kind"], said["written"]) == ("crate", False)
        assert {file["path"]: file["state"] for file in said["files"]}["Cargo.toml"] == "edited"
    assert monowheel("init", crate, "--json").returncode == USAGE


def test_line_breaks_and_what_is_in_pyproject_stay(monowheel: Run, crate: Path) -> None:
    """Windows line endings stay; tables of other tools are kept, and no table is overwritten."""
    tools = "# mine\n[tool.ruff]\nline-length = 99\n\n[tool.pytest.ini_options]\naddopts = []\n# the end\n"
    put(
        crate,
        {
            "Cargo.toml": CRATE.replace("\n", "\r\n"),
            "src/lib.rs": LIBRARY.replace("\n", "\r\n"),
            "pyproject.toml": tools,
        },
    )
    assert monowheel("init", crate, "--yes").returncode == CLEAN
    for name in ("Cargo.toml", "src/lib.rs"):
        data = (crate / name).read_bytes()
        assert data.count(b"\n") == data.count(b"\r\n"), name
    text = (crate / "pyproject.toml").read_text(encoding="utf-8")
    assert text.startswith(
        "# mine\n[tool.ruff]\nline-length = 99\n\n[tool.pytest.ini_options]\naddopts = []\n# the end\n"
    )
    assert text.count("[tool.pytest") == 1
    assert 'build-backend = "maturin"' in text


def test_a_file_that_differs_stays_and_so_does_all(monowheel: Run, crate: Path) -> None:
    """It is reported, with the differences; nothing else is written either."""
    put(crate, {"python/text_tools/__init__.py": "mine\n"})
    before = contents(crate)
    ended = monowheel("init", crate, "--yes")
    assert (ended.returncode, contents(crate)) == (USAGE, before)
    assert "python/text_tools/__init__.py" in ended.stderr
    assert "\n-mine\n" in ended.stdout


def test_all_or_nothing(monowheel: Run, crate: Path) -> None:
    """A file is in place of a directory."""
    (crate / "python").write_text("", encoding="utf-8")
    before = contents(crate)
    ended = monowheel("init", crate, "--yes")
    assert (ended.returncode, contents(crate)) == (INCOMPLETE, before), ended.stdout


def test_a_member_of_a_workspace(monowheel: Run, tmp_path: Path) -> None:
    """The root names its members; a member is a crate like any other."""
    member = CRATE.replace('version = "1.2.0"', "version.workspace = true")
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/text"]\n\n[workspace.package]\nversion = "3.0.0"\n',
        "crates/text/Cargo.toml": member,
        "crates/text/src/lib.rs": LIBRARY,
    }
    top = put(tmp_path / "top", files)
    ended = monowheel("init", top, "--yes")
    assert ended.returncode == USAGE
    assert "monowheel init crates/text" in ended.stderr
    assert set(contents(top)) == set(files)
    assert monowheel("init", top / "crates" / "text", "--yes").returncode == CLEAN
    assert "version.workspace = true" in (top / "crates" / "text" / "Cargo.toml").read_text(encoding="utf-8")
    assert (top / "Cargo.toml").read_text(encoding="utf-8") == files["Cargo.toml"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Cargo.toml": CRATE.replace("text-tools", "json")}, "choose another name for Python: --name NAME"),
        ({"Cargo.toml": CRATE.replace("2021", "2015")}, "edition 2015"),
        ({"Cargo.toml": CRATE + "[lib]\nproc-macro = true\n"}, "procedural macros"),
        ({"Cargo.toml": CRATE + '[features]\npython = ["x"]\n'}, "the feature python exists already"),
        ({"Cargo.toml": CRATE + "[lib]\npath = 'src/other.rs'\n"}, "has no library"),
        ({"Cargo.toml": CRATE + "[lib\n"}, "Cargo.toml"),
        ({"src/lib.rs": LIBRARY + "pub mod python {}\n"}, "already declared here"),
        ({"setup.py": "setup()\n"}, "both a crate without PyO3"),
        ({"pyproject.toml": PACKAGE}, "both a crate without PyO3"),
    ],
)
def test_a_crate_that_cannot_be_one(change: dict[str, str], said: str, monowheel: Run, crate: Path) -> None:
    """Each is reported with the next step, and stays unchanged."""
    before = contents(put(crate, change))
    ended = monowheel("init", crate, "--json", "--yes")
    assert (ended.returncode, contents(crate)) == (USAGE, before)
    assert json.loads(ended.stdout)["schema"] == "monowheel.error/1"
    assert said in ended.stderr
    assert "next: " in ended.stderr


def test_another_name_for_python(monowheel: Run, crate: Path) -> None:
    """A crate with a name that Python uses."""
    put(crate, {"Cargo.toml": CRATE.replace("text-tools", "json")})
    assert monowheel("init", crate, "--yes", "--name", "my-json").returncode == CLEAN
    assert 'module-name = "my_json._my_json"' in (crate / "pyproject.toml").read_text(encoding="utf-8")
    assert "mod _my_json {" in (crate / "src" / "python" / "mod.rs").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Cargo.toml", "src/lib.rs", "pyproject.toml"])
def test_what_is_no_text_is_named(name: str, monowheel: Run, crate: Path) -> None:
    """Nothing in it can be edited."""
    (crate / name).write_bytes(b"# gr\xf6\xdfe\n")
    ended = monowheel("init", crate, "--yes")
    assert ended.returncode == USAGE
    assert "not UTF-8" in ended.stderr
    assert name in ended.stderr


def test_a_crate_with_pyo3_that_python_cannot_load_is_left_alone(monowheel: Run, crate: Path) -> None:
    """The reasons why it cannot be built are reported."""
    put(crate, {"Cargo.toml": CRATE + 'pyo3 = "0.29"\n'})
    before = contents(crate)
    ended = monowheel("init", crate, "--yes")
    assert (ended.returncode, contents(crate)) == (USAGE, before)
    assert "the library is not a cdylib" in ended.stderr


def test_a_python_project_changes_its_backend_only_when_told(monowheel: Run, package: Path) -> None:
    """The changes are shown; with the flag they are made, and the manual steps are reported."""
    before = contents(package)
    asked = monowheel("init", package, "--yes")
    assert (asked.returncode, contents(package)) == (USAGE, before)
    assert '\n-build-backend = "hatchling.build"\n' in asked.stdout
    assert "--change-backend" in asked.stderr
    done = monowheel("init", package, "--yes", "--change-backend", "--json")
    said = document(done)
    assert (done.returncode, said["kind"], said["name"], said["import"]) == (CLEAN, "python", "My.Tools", "my_tools")
    assert any("[tool.hatch]" in advice for advice in said["by_hand"])
    text = (package / "pyproject.toml").read_text(encoding="utf-8")
    assert 'name = "My.Tools"  # as everybody knows it\n' in text
    assert 'build-backend = "maturin"' in text
    maturin = '[tool.maturin]\npython-source = "src"\nmodule-name = "my_tools._my_tools"\n'
    tests = '[tool.monowheel.test]\ncommand = "pytest {project}/tests"\nrequires = ["pytest"]\n'
    assert text.endswith(f"# the end\n\n{maturin}\n{tests}")
    manifest = (package / "Cargo.toml").read_text(encoding="utf-8")
    assert 'version = "2.0.1"' in manifest
    assert "pyo3/abi3-py39" in manifest
    assert 'name = "my_tools"\nversion = "2.0.1"\n' in (package / "Cargo.lock").read_text(encoding="utf-8")
    assert (package / "src" / "my_tools" / "__init__.py").read_text(encoding="utf-8") == "X = 1\n"
    # It comes with the stubs, which are ignored without it.
    assert (package / "src" / "my_tools" / "py.typed").exists()
    again = monowheel("init", package, "--yes")
    assert again.returncode == CLEAN, again.stderr
    assert "nothing to do" in again.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pyproject.toml": PACKAGE.replace('version = "2.0.1"', 'dynamic = ["version"]')}, "computes version"),
        ({"pyproject.toml": PACKAGE.split("[project]", maxsplit=1)[0]}, "no [project] table"),
        ({"pyproject.toml": PACKAGE.replace(">=3.9", ">=3.6")}, "PyO3 starts with CPython 3.8"),
        (
            {"pyproject.toml": PACKAGE.replace("My.Tools", "other"), "src/more/__init__.py": ""},
            "could not determine which of",
        ),
        ({"src/my_tools/__init__.py": "", "pyproject.toml": "[project\n"}, "pyproject.toml"),
    ],
)
def test_a_python_project_that_cannot_change(change: dict[str, str], said: str, monowheel: Run, package: Path) -> None:
    """Features of the old backend that maturin does not have are never lost silently."""
    before = contents(put(package, change))
    ended = monowheel("init", package, "--yes", "--change-backend")
    assert (ended.returncode, contents(package)) == (USAGE, before)
    assert said in ended.stderr
    assert "next: " in ended.stderr


def test_setup_py_alone_and_a_flat_package(monowheel: Run, tmp_path: Path) -> None:
    """Without [project] it is refused; with it, setup.py is for the user to delete."""
    project = put(tmp_path / "flat", {"setup.py": "setup()\n", "my_tools/__init__.py": "", "tests/__init__.py": ""})
    alone = monowheel("init", project, "--yes", "--change-backend")
    assert alone.returncode == USAGE
    assert "PEP 621" in alone.stderr
    put(project, {"pyproject.toml": '[project]\nname = "my-tools"\nversion = "1.0"\n'})
    done = monowheel("init", project, "--yes", "--change-backend", "--json")
    said = document(done)
    assert done.returncode == CLEAN, done.stderr
    assert any("setup.py is no longer read" in advice for advice in said["by_hand"])
    assert any("cargo cannot read" in advice for advice in said["by_hand"])
    text = (project / "pyproject.toml").read_text(encoding="utf-8")
    assert "python-source" not in text
    assert 'requires-python = ">=3.8"' in text
    assert (project / "setup.py").is_file()


SETUPTOOLS = PACKAGE.replace("hatchling.build", "setuptools.build_meta").split("[tool.", maxsplit=1)[0]
PYO3 = """
[lib]
name = "text_tools"
crate-type = ["cdylib"]
"""
MODULE = "use pyo3::prelude::*;\n\n#[pymodule]\nmod text_tools {}\n"


def pyo3_project(backend: str, tables: str = "") -> str:
    """A pyproject.toml for a crate with PyO3."""
    system = f'[build-system]\nrequires = []\nbuild-backend = "{backend}"\n'
    return f'{system}\n[project]\nname = "text-tools"\nversion = "1.2.0"\nrequires-python = ">=3.9"\n\n{tables}'


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"Cargo.toml": CRATE, "src/lib.rs": LIBRARY, "LICENSE": "MIT\n"}, id="crate"),
        pytest.param({"pyproject.toml": PACKAGE, "src/my_tools/__init__.py": ""}, id="hatchling"),
        pytest.param(
            {
                "pyproject.toml": SETUPTOOLS + '[tool.setuptools.package-data]\nmy_tools = ["*.json"]\n',
                "my_tools/__init__.py": "",
                "my_tools/data.json": "{}",
            },
            id="setuptools",
        ),
        pytest.param(
            {
                "Cargo.toml": CRATE.replace("[dependencies]", PYO3 + '\n[dependencies]\npyo3 = "0.29"'),
                "src/lib.rs": MODULE,
                "pyproject.toml": pyo3_project("maturin"),
            },
            id="maturin",
        ),
        pytest.param(
            {
                "Cargo.toml": CRATE.replace("[dependencies]", PYO3 + '\n[dependencies]\npyo3 = "0.29"'),
                "src/lib.rs": MODULE,
                "pyproject.toml": pyo3_project("maturin", '[tool.maturin]\npython-source = "python"\n'),
                "python/text_tools/__init__.py": "from .text_tools import *\n",
                "tests/test_tools.py": "",
            },
            id="maturin-mixed",
        ),
        pytest.param(
            {
                "Cargo.toml": CRATE.replace("[dependencies]", PYO3 + '\n[dependencies]\npyo3 = "0.29"'),
                "src/lib.rs": MODULE.replace("text_tools", "_lib"),
                "pyproject.toml": pyo3_project(
                    "setuptools.build_meta",
                    '[[tool.setuptools-rust.ext-modules]]\ntarget = "text_tools._lib"\npath = "Cargo.toml"\n',
                ),
                "python/text_tools/__init__.py": "",
            },
            id="setuptools-rust",
        ),
    ],
)
def test_lint_has_nothing_to_say_about_it(files: dict[str, str], monowheel: Run, tmp_path: Path) -> None:
    """Not a warning, and not the notes about what is made here; what is there already is another matter."""
    project = put(tmp_path / "project", files)
    done = monowheel("init", project, "--yes", "--change-backend")
    assert done.returncode == CLEAN, done.stderr
    linted = monowheel("lint", project, "--fail-on", "warning", "--format", "json")
    assert linted.returncode == CLEAN, linted.stdout
    assert "missing-" not in linted.stdout


def test_no_project(monowheel: Run, tmp_path: Path) -> None:
    """An empty directory is a case for `new`."""
    ended = monowheel("init", tmp_path, "--yes")
    assert ended.returncode == USAGE
    assert "monowheel new NAME --path" in ended.stderr
    assert monowheel("init", tmp_path / "gone", "--yes").returncode == USAGE
