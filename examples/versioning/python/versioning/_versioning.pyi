import sys
from typing import Final, final

from typing_extensions import Buffer  # built into type checkers: nothing has to be installed

__version__: Final[str]

@final
class Versions:
    """The versions of the wheel and of the interpreter."""

    @property
    def floor(self) -> tuple[int, int]:
        """The oldest Python that this wheel is for."""
    @property
    def stable_abi(self) -> bool:
        """Whether the module uses only the stable ABI, and so supports later Pythons too."""
    @property
    def running(self) -> tuple[int, int, int]:
        """The running Python."""
    @property
    def gil(self) -> bool:
        """Whether its GIL is currently enabled; before 3.13 it always is."""

def crc32(data: bytes, start: int | None = None) -> int:
    """The CRC-32 of ``data``, continued from ``start``."""

if sys.version_info >= (3, 11):
    def crc32_buffer(data: Buffer, start: int | None = None) -> int:
        """The CRC-32 of any object with a buffer of bytes. Only in wheels with a floor of 3.11 or later."""

def verify(data: bytes, expected: int) -> None:
    """Raise ValueError unless ``data`` has this CRC-32."""

def versions() -> Versions:
    """The versions of the wheel and of the interpreter."""
