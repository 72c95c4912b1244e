"""The compiled core. Call it through ``monowheel`` and ``monowheel.__main__``."""

import os
from collections.abc import Callable, Mapping
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
    """Audit wheels, folders of wheels and shared libraries.

    Each source is a path, or a pair of file name and bytes. ``jobs`` is the number of threads (as
    many as there are cores by default), ``floor`` the oldest Python (``"3.8"``) for libraries
    outside a wheel, ``ignore`` maps rules to the reason why their findings do not count, ``config``
    is the pyproject.toml whose settings apply: without it none do, also where there is one in the
    current directory. Other Python threads run meanwhile, and Ctrl-C ends it.

    Raises ``UsageError`` for a path that does not exist or an unknown rule, ``IncompleteError`` when
    nothing could be looked at. What is wrong *with* a file is a finding, never an exception.
    """

def config_schema() -> str:
    """Return the JSON Schema (draft 7) of ``[tool.monowheel]``, as JSON."""

def main(argv: list[str], python: str) -> int:
    """Run one command line.

    ``argv`` holds the arguments without the program's name, ``python`` the interpreter that runs
    the Python tools (maturin, pip, zig). The answer is the exit code: 0 clean, 1 findings, 2 usage
    or configuration, 3 could not complete.
    """

def run_command(
    argv: list[str], python: str, progress: Callable[[str], object] | None = None
) -> tuple[int, str, str]:
    """Run one command line and return its exit code, its stdout and its stderr.

    ``progress`` gets each line of stderr; what it raises is raised when the command has ended.
    """

@final
class Report:
    """The outcome of an audit."""

    @property
    def ok(self) -> bool:
        """Whether everything could be looked at and no finding reaches ``fail-on`` (an error by default)."""
    @property
    def files(self) -> list[AuditedFile]:
        """What was looked at, in the order it was given."""
    @property
    def findings(self) -> list[Finding]:
        """Every finding of every wheel and set, worst first within each; those ignored are left out."""
    @property
    def errors(self) -> int:
        """How many errors there are."""
    @property
    def warnings(self) -> int:
        """How many warnings there are."""
    @property
    def notes(self) -> int:
        """How many notes there are."""
    @property
    def failures(self) -> list[tuple[str, str]]:
        """What could not be looked at: place and reason."""
    def to_json(self) -> str:
        """Give the report as JSON, with a versioned ``schema``."""
    def to_dict(self) -> dict[str, Any]:
        """Give the report as dictionaries and lists, in the form of ``to_json``."""
    def to_sarif(self) -> str:
        """Give the report as SARIF 2.1.0."""
    def to_html(self) -> str:
        """Give the report as one self-contained HTML page."""
    def _repr_html_(self) -> str: ...

@final
class AuditedFile:
    """A wheel, or a shared library outside one, that was looked at."""

    @property
    def file(self) -> str:
        """The file name."""
    @property
    def place(self) -> str:
        """The path or URL by which it was named."""
    @property
    def size(self) -> int:
        """Bytes."""
    @property
    def name(self) -> str | None:
        """The distribution's name as file names write it; ``None`` for a library outside a wheel."""
    @property
    def version(self) -> str | None:
        """The version as the file name has it."""
    @property
    def tags(self) -> list[str]:
        """Every tag of the file name, one by one."""
    @property
    def requires_python(self) -> str | None:
        """``Requires-Python`` of its metadata."""
    @property
    def findings(self) -> list[Finding]:
        """What is wrong with it, worst first."""

@final
class Finding:
    """Something that is wrong, or worth knowing."""

    @property
    def rule(self) -> str:
        """The rule's id; ``monowheel explain ID`` tells all about it."""
    @property
    def severity(self) -> Literal["error", "warning", "note"]:
        """How bad it is: an error means that an install or an import fails, or the index refuses the file."""
    @property
    def message(self) -> str:
        """What is wrong."""
    @property
    def file(self) -> str | None:
        """The file it is in; ``None`` when it is about several wheels together."""
    @property
    def member(self) -> str | None:
        """The member of the wheel."""
    @property
    def slice(self) -> str | None:
        """The architecture, in a binary that has several."""
    @property
    def details(self) -> list[str]:
        """Names that belong to it: symbols, libraries, rows."""
    @property
    def fix(self) -> str | None:
        """What to do about it."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...

class MonowheelError(Exception):
    """What every error of monowheel is."""

class UsageError(MonowheelError):
    """An argument or the configuration has to change first."""

class FormatError(MonowheelError):
    """A file is not what it should be."""

class IncompleteError(MonowheelError):
    """It could not be completed: a disk, a network, a tool."""
