import sys
from typing import Final, final

from typing_extensions import Buffer  # of a type checker's own: nothing has to be installed

__version__: Final[str]

@final
class Versions:
    """The versions that met."""

    @property
    def floor(self) -> tuple[int, int]:
        """The oldest Python that this wheel is for."""
    @property
    def stable_abi(self) -> bool:
        """Whether the module keeps to the stable ABI, and so serves later Pythons too."""
    @property
    def running(self) -> tuple[int, int, int]:
        """The Python that runs."""
    @property
    def gil(self) -> bool:
        """Whether it has its GIL on now; Pythons before 3.13 always do."""

def crc32(data: bytes, start: int | None = None) -> int:
    """The CRC-32 of ``data``, going on from ``start``."""

if sys.version_info >= (3, 11):
    def crc32_buffer(data: Buffer, start: int | None = None) -> int:
        """The CRC-32 of anything with a buffer of bytes. Only in wheels with a floor of 3.11 or later."""

def verify(data: bytes, expected: int) -> None:
    """Raise ValueError unless ``data`` has this CRC-32."""

def versions() -> Versions:
    """The versions that met: of the wheel and of the interpreter."""
