"""One fleet at a time on a dataset: a lock of the operating system, which ends with the process that holds it."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

from .errors import FleetError

if TYPE_CHECKING:
    from pathlib import Path


class Lock:
    """An exclusive lock on a file, until ``release``."""

    def __init__(self, path: Path) -> None:
        """Take it, or raise an error that names the holder."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        try:
            _take(self._file)
        except OSError as error:
            holder = os.read(self._file, 200).decode(errors="replace").strip()
            os.close(self._file)
            raise FleetError(
                "busy",
                f"another fleet writes to this dataset: {holder or 'unknown'}",
                place=str(path.parent),
                next_step="wait for its end, or use another dataset: --dataset DIR",
            ) from error
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, f"process {os.getpid()} on {socket.gethostname()}".ljust(200).encode()[:200])

    def release(self) -> None:
        """Give it back. The file stays: removing it would let two processes lock two files of one name."""
        os.close(self._file)


def _take(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - Windows only

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - not on Windows

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
