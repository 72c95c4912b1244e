"""The compiled core. Call it through ``monowheel`` and ``monowheel.__main__``."""

from typing import Final

__all__ = ["__version__", "main"]

__version__: Final[str]
"""The version of this package, the same as in its metadata (PEP 440)."""

def main(argv: list[str], python: str) -> int:
    """Run one command line.

    ``argv`` holds the arguments without the program's name, ``python`` the interpreter that runs
    the Python tools (maturin, pip, zig). The answer is the exit code: 0 clean, 1 findings, 2 usage
    or configuration, 3 could not complete.
    """
