"""Whether the packages of ``monowheel[fleet]`` are installed."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from .errors import FleetError

OLDEST = (3, 10)
AUDIT = ("cryptography", "distributed", "pyarrow")
QUERY = ("duckdb", "pyarrow")


def require(packages: tuple[str, ...]) -> None:
    """Raise an error with the line that installs the packages, unless all of them are there."""
    if sys.version_info < OLDEST:
        raise FleetError(
            "toolchain",
            f"fleet needs CPython 3.10 or later, because Dask does; this is {sys.version.split()[0]}",
            place=sys.executable,
            next_step="install monowheel[fleet] into an environment with a newer Python",
        )
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise FleetError(
            "toolchain",
            f"fleet needs packages that are not installed: {', '.join(missing)}",
            place=sys.executable,
            next_step=f"{sys.executable} -m pip install 'monowheel[fleet]'",
        )
