"""monowheel's commands as functions, for release scripts: typed results, and exceptions for exit codes 2 and 3.

>>> from monowheel import commands
>>> built = commands.build("my-project", targets=["manylinux_2_17_x86_64"], progress=print)
>>> built.ok, [wheel.file for wheel in built.wheels]

A function runs the command of its name with ``--json``, in this process; programs such as maturin are those of the
running interpreter's environment. Each result has the command's ``document`` (docs/output.md) beside its attributes.
Exit code 2 raises ``UsageError``, 3 ``IncompleteError``, and Ctrl-C ``KeyboardInterrupt``; exit code 1 is a result
that is not ``ok``. Where 3 comes with a result (some wheels were built), ``IncompleteError.args[1]`` is its document.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Sequence, Union

from monowheel._display import page
from monowheel._monowheel import IncompleteError, UsageError, run_command

__all__ = [
    "Build",
    "BuiltWheel",
    "Comparison",
    "Difference",
    "Job",
    "Lint",
    "LintFinding",
    "Pin",
    "Plan",
    "Result",
    "Rule",
    "Test",
    "Trial",
    "build",
    "compare",
    "explain",
    "lint",
    "pin",
    "plan",
    "rules",
    "test",
]

PathLike = Union[str, "os.PathLike[str]"]
Progress = Callable[[str], object]
Document = Dict[str, Any]

_FINDINGS, _USAGE, _INCOMPLETE = 1, 2, 3
_SIGINT, _SIGTERM = 130, 143


@dataclass(frozen=True)
class Result:
    """What a command came to."""

    ok: bool
    """Whether its exit code was 0."""
    document: Document
    """Its JSON document, with a versioned ``schema``."""

    def _repr_html_(self) -> str:
        return page(type(self).__name__, vars(self))


@dataclass(frozen=True)
class Job:
    """A wheel of a plan."""

    target: str
    abi: str
    tag: str
    """The wheel's tags, as its file name has them."""
    blocked: str | None
    """Why it cannot be built; ``None`` where it can."""


@dataclass(frozen=True)
class Plan(Result):
    """What a build would do."""

    name: str
    version: str
    jobs: list[Job]


@dataclass(frozen=True)
class BuiltWheel:
    """A wheel of a build."""

    target: str
    abi: str
    verdict: str
    """``built``, ``reused``, ``failed``, ``blocked``, ``skipped`` or ``broken``."""
    file: str | None
    """Its file name; ``None`` where there is no wheel."""
    sha256: str | None
    size: int | None
    why: str | None
    """What is wrong, where there is no wheel."""


@dataclass(frozen=True)
class Build(Result):
    """What a build made."""

    name: str
    version: str
    sdist: str
    """The file name of the sdist."""
    wheels: list[BuiltWheel]
    clean: bool
    """Whether the audit of the wheels found nothing that fails."""


@dataclass(frozen=True)
class Trial:
    """One wheel on one interpreter."""

    python: str
    platform: str
    wheel: str | None
    verdict: str
    why: str | None


@dataclass(frozen=True)
class Test(Result):
    """What came of running wheels."""

    trials: list[Trial]


@dataclass(frozen=True)
class LintFinding:
    """A mistake in the sources of a project."""

    rule: str
    severity: str
    message: str
    file: str | None
    line: int | None
    column: int | None
    fix: str | None


@dataclass(frozen=True)
class Lint(Result):
    """What a lint found."""

    findings: list[LintFinding]


@dataclass(frozen=True)
class Difference:
    """One difference between two files."""

    file: str
    """The name of the first file."""
    kind: str
    member: str | None
    cause: str


@dataclass(frozen=True)
class Comparison(Result):
    """How two wheels, sdists or directories differ; ``ok`` where they do not."""

    differences: list[Difference]


@dataclass(frozen=True)
class Pin(Result):
    """The wheels of a release, pinned by hash."""

    text: str
    """The requirements file or pylock.toml."""


@dataclass(frozen=True)
class Rule:
    """A rule of ``audit`` or ``lint``."""

    id: str
    group: str
    severity: str
    summary: str
    doc: str
    """Its documentation, as Markdown."""


def plan(  # noqa: PLR0913 - options by keyword
    project: PathLike = ".",
    *,
    targets: Sequence[str] = (),
    abis: Sequence[str] = (),
    floor: str | None = None,
    options: Sequence[str] = (),
    progress: Progress | None = None,
) -> Plan:
    """Show what a build of the project would do. ``options`` are further words of the command line."""
    words = ["plan", *_selection(project, targets, abis, floor), *options]
    ok, document = _run(words, progress)
    jobs = [
        Job(job["target"], job["family"], job["tag"], (job.get("blocked") or {}).get("why")) for job in document["jobs"]
    ]
    about = document["project"]
    return Plan(ok, document, about["name"], about["version"], jobs)


def build(  # noqa: PLR0913 - options by keyword
    project: PathLike = ".",
    *,
    out: PathLike | None = None,
    targets: Sequence[str] = (),
    abis: Sequence[str] = (),
    floor: str | None = None,
    options: Sequence[str] = (),
    progress: Progress | None = None,
) -> Build:
    """Build the sdist and every wheel into ``out``, by default ``dist`` of the project."""
    where = [] if out is None else ["--out", os.fspath(out)]
    ok, document = _run(["build", *_selection(project, targets, abis, floor), *where, *options], progress)
    wheels = [
        BuiltWheel(
            wheel["target"],
            wheel["abi"],
            wheel["verdict"],
            wheel.get("file"),
            wheel.get("sha256"),
            wheel.get("size"),
            wheel.get("why"),
        )
        for wheel in document["wheels"]
    ]
    name, version = document["name"], document["version"]
    return Build(ok, document, name, version, document["sdist"]["file"], wheels, document["audit"]["clean"])


def test(
    *wheels: PathLike,
    pythons: Sequence[str] = (),  # noqa: PT028 - not a test of pytest
    options: Sequence[str] = (),  # noqa: PT028
    progress: Progress | None = None,  # noqa: PT028
) -> Test:
    """Install and import wheels on interpreters, and run the project's tests; by default those in ``dist``."""
    words = ["test", *_paths(wheels), *_each("--python", pythons), *options]
    ok, document = _run(words, progress)
    trials = [
        Trial(trial["python"], trial["platform"], trial.get("wheel"), trial["verdict"], trial.get("why"))
        for release in document["releases"]
        for trial in release["trials"]
    ]
    return Test(ok, document, trials)


def lint(*paths: PathLike, options: Sequence[str] = (), progress: Progress | None = None) -> Lint:
    """Find mistakes with PyO3 in the sources of projects; by default of that in the current directory."""
    ok, document = _run(["lint", *_paths(paths), *options], progress)
    findings = [
        LintFinding(
            found["rule"],
            found["severity"],
            found["message"],
            found.get("member"),
            found.get("line"),
            found.get("column"),
            found.get("fix"),
        )
        for project in document["files"]
        for found in project["findings"]
    ]
    return Lint(ok, document, findings)


def compare(
    old: PathLike, new: PathLike, *, options: Sequence[str] = (), progress: Progress | None = None
) -> Comparison:
    """Compare two wheels, sdists or directories of them."""
    ok, document = _run(["compare", os.fspath(old), os.fspath(new), *options], progress)
    differences = [
        Difference(Path(pair["a"]).name, found["kind"], found["place"]["member"], found["cause"])
        for pair in document["pairs"]
        for found in pair.get("differences", ())
    ]
    return Comparison(ok, document, differences)


def pin(
    *subjects: PathLike, form: str = "requirements", options: Sequence[str] = (), progress: Progress | None = None
) -> Pin:
    """Pin releases on an index (``NAME==VERSION``), wheels or directories of wheels by hash."""
    # The file and the document are two outputs of one run.
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / ("pylock.toml" if form == "pylock" else "requirements.txt")
        words = ["pin", *_paths(subjects), "--format", form, "--output", str(path), *options]
        ok, document = _run(words, progress)
        return Pin(ok, document, path.read_text(encoding="utf-8"))


def rules() -> list[Rule]:
    """List the rules of ``audit`` and ``lint``."""
    _, document = _run(["rules"], None)
    return [_rule(rule) for rule in document["rules"]]


def explain(rule: str) -> Rule:
    """Return one rule."""
    return _rule(_run(["explain", rule], None)[1])


def _rule(row: Document) -> Rule:
    return Rule(row["id"], row["group"], row["severity"], row["summary"], row["doc"])


def _selection(project: PathLike, targets: Sequence[str], abis: Sequence[str], floor: str | None) -> list[str]:
    words = [os.fspath(project), *_each("--target", targets), *_each("--abi", abis)]
    return words if floor is None else [*words, "--floor", floor]


def _paths(paths: Sequence[PathLike]) -> list[str]:
    return [os.fspath(path) for path in paths]


def _each(option: str, values: Sequence[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _run(words: list[str], progress: Progress | None) -> tuple[bool, Document]:
    code, out, err = run_command([*words, "--json", "--color", "never"], sys.executable, progress)
    if code == _SIGINT:
        raise KeyboardInterrupt
    if code == _SIGTERM:
        raise SystemExit(code)
    document: Document = json.loads(out) if out else {}
    if document.get("schema") == "monowheel.error/1" or code == _USAGE:
        # As the command line shows it, without the word `error`.
        text = err.split("error: ", 1)[-1].strip() or f"exit code {code}"
        raise (UsageError if code == _USAGE else IncompleteError)(text)
    if code >= _INCOMPLETE:
        message = f"monowheel {words[0]} could not be completed"
        raise IncompleteError(message, document)
    return code < _FINDINGS, document
