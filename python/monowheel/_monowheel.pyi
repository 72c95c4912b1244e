"""The compiled core. Use it through ``monowheel`` and ``monowheel.__main__``."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, final

from typing_extensions import TypeAlias

__all__ = [
    "AuditedFile",
    "Finding",
    "FormatError",
    "IncompleteError",
    "MonowheelError",
    "Report",
    "UsageError",
    "__version__",
    "audit",
    "config_schema",
    "fleet_audit",
    "fleet_build_environment",
    "fleet_facts_revision",
    "fleet_files",
    "main",
    "run_command",
]

__version__: Final[str]
"""The version of this package, the same as in its metadata (PEP 440)."""

_Source: TypeAlias = str | os.PathLike[str] | tuple[str, bytes]

def audit(
    *sources: _Source,
    jobs: int | None = None,
    floor: str | None = None,
    ignore: Mapping[str, str] | None = None,
    config: str | os.PathLike[str] | None = None,
) -> Report:
    """Audit wheels, directories of wheels and shared libraries.

    Each source is a path, or a pair of file name and bytes. ``jobs`` is the number of threads (as
    many as there are cores by default), ``floor`` the oldest Python (``"3.8"``) for libraries
    outside a wheel, ``ignore`` maps rules to the reason why their findings are ignored, ``config``
    is the pyproject.toml to read settings from: without it none are read, even if the current
    directory has one. Other Python threads keep running, and Ctrl-C interrupts the audit.

    Raises ``UsageError`` for a path that does not exist or an unknown rule, ``IncompleteError`` when
    nothing could be checked. A problem *in* a file is a finding, never an exception.
    """

def config_schema() -> str:
    """Return the JSON Schema (draft 7) of ``[tool.monowheel]``, as JSON."""

def fleet_audit(
    request: str, kept: Sequence[tuple[bytes, str | None] | None], python: str
) -> tuple[str, list[bytes | None]]:
    """Audit the wheels of some releases for ``monowheel.fleet``; request and result are JSON documents.

    ``kept`` has the kept facts of each wheel of the request, with the SHA-256 of the bytes that they were gathered
    from, if all of them were read. The second result has the facts to keep of each file in the reports.
    """

def fleet_build_environment() -> str:
    """Describe what this machine's environment adds to the bytes of a build, as a JSON document."""

def fleet_facts_revision() -> str:
    """Return the revision of the facts that this monowheel gathers: only facts of the same one are used."""

def fleet_files(request: str) -> str:
    """List the files of projects and releases on indexes for ``monowheel.fleet``; both are JSON documents."""

def main(argv: list[str], python: str) -> int:
    """Run one command line.

    ``argv`` holds the arguments without the program's name, ``python`` the interpreter that runs
    the Python tools (maturin, pip, zig). Returns the exit code: 0 success, 1 findings, 2 usage or
    configuration, 3 could not complete.
    """

def run_command(argv: list[str], python: str, progress: Callable[[str], object] | None = None) -> tuple[int, str, str]:
    """Run one command line and return its exit code, its stdout and its stderr.

    ``progress`` gets each line of stderr; what it raises is raised when the command has ended.
    """

@final
class Report:
    """The outcome of an audit."""

    @property
    def ok(self) -> bool:
        """Whether every file could be checked and no finding reaches ``fail-on`` (an error by default)."""
    @property
    def files(self) -> list[AuditedFile]:
        """The wheels and libraries that were checked, in the order of the arguments."""
    @property
    def findings(self) -> list[Finding]:
        """Every finding of every wheel and group of wheels, most severe first within each, without ignored ones."""
    @property
    def errors(self) -> int:
        """Number of errors."""
    @property
    def warnings(self) -> int:
        """Number of warnings."""
    @property
    def notes(self) -> int:
        """Number of notes."""
    @property
    def failures(self) -> list[tuple[str, str]]:
        """The sources that could not be checked: place and reason."""
    def to_json(self) -> str:
        """Return the report as JSON, with a versioned ``schema``."""
    def to_dict(self) -> dict[str, Any]:
        """Return the report as dictionaries and lists, in the form of ``to_json``."""
    def to_sarif(self) -> str:
        """Return the report as SARIF 2.1.0."""
    def to_html(self) -> str:
        """Return the report as one self-contained HTML page."""
    def _repr_html_(self) -> str: ...

@final
class AuditedFile:
    """A wheel, or a shared library outside one, that was checked."""

    @property
    def file(self) -> str:
        """The file name."""
    @property
    def place(self) -> str:
        """The path or URL it was read from."""
    @property
    def size(self) -> int:
        """Bytes."""
    @property
    def name(self) -> str | None:
        """The distribution's name as in the file name; ``None`` for a library outside a wheel."""
    @property
    def version(self) -> str | None:
        """The version as in the file name."""
    @property
    def tags(self) -> list[str]:
        """Every tag of the file name, one by one."""
    @property
    def requires_python(self) -> str | None:
        """``Requires-Python`` of its metadata."""
    @property
    def findings(self) -> list[Finding]:
        """Its findings, most severe first."""

@final
class Finding:
    """A problem, or a note."""

    @property
    def rule(self) -> str:
        """The rule's id; ``monowheel explain ID`` shows its documentation."""
    @property
    def severity(self) -> Literal["error", "warning", "note"]:
        """Severity: an error means that an install or an import fails, or that the index rejects the file."""
    @property
    def message(self) -> str:
        """What is wrong."""
    @property
    def file(self) -> str | None:
        """The file it is in; ``None`` if it is about several wheels together."""
    @property
    def member(self) -> str | None:
        """The member of the wheel."""
    @property
    def slice(self) -> str | None:
        """The architecture, in a universal binary."""
    @property
    def details(self) -> list[str]:
        """Details: symbols, libraries or rows."""
    @property
    def fix(self) -> str | None:
        """How to fix it."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...

class MonowheelError(Exception):
    """Base class of all monowheel errors."""

class UsageError(MonowheelError):
    """An argument or the configuration is wrong."""

class FormatError(MonowheelError):
    """A file is malformed."""

class IncompleteError(MonowheelError):
    """The operation could not be completed: a disk, network or tool error."""
