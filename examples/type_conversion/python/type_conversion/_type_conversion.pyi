from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import ClassVar, Final, Protocol, SupportsFloat, SupportsIndex, TypedDict, final

from typing_extensions import TypeAlias

__version__: Final[str]

# A float is not an integer, even one without a fraction; an object with __index__ is.
def byte(value: SupportsIndex) -> int:
    """``value``, which has to fit 8 bits. Raises OverflowError if it does not, TypeError for a float."""

def single(value: SupportsFloat) -> float:
    """``value`` with 32 bits. Raises OverflowError for a finite number that would become infinite."""

def total(values: Sequence[int]) -> int:
    """The sum of integers of any size."""

def minimum(values: Sequence[float]) -> float | None:
    """The smallest of ``values``; None if there are none; NaN if one of them is NaN."""

def length(vector: Sequence[float]) -> float:
    """The length of a vector of three numbers. Raises ValueError for more or fewer."""

def capitals(text: str) -> str:
    """``text`` in capitals. Raises UnicodeEncodeError for a lone surrogate, which UTF-8 cannot represent."""

def lossy(text: str) -> str:
    """``text`` with U+FFFD in place of invalid Unicode."""

def decode(data: bytes) -> str:
    """``data`` decoded from UTF-8. Raises UnicodeDecodeError with the invalid position."""

def reversed_bytes(data: bytes | bytearray) -> bytes:
    """The bytes in reverse order."""

def words(text: str) -> int:
    """The number of words in ``text``."""

def tally(words: Sequence[str]) -> dict[str, int]:
    """The number of occurrences of each of ``words``. A str, itself a sequence of str, is refused with TypeError."""

def inverted(mapping: Mapping[str, int]) -> dict[int, list[str]]:
    """The keys of each value of ``mapping``, in order."""

def utf8_length(texts: Iterable[str]) -> int:
    """The total length of ``texts`` in bytes of UTF-8; ``texts`` is any iterable, and is read one by one."""

def file_name(path: str | PathLike[str]) -> str | None:
    """The last part of a path, or None."""

def ordinal(character: str) -> int:
    """The code point of one character. Raises ValueError for a text of another length."""

@final
class Unit:
    """The unit of a temperature."""

    CELSIUS: ClassVar[Unit]
    KELVIN: ClassVar[Unit]
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Reading:
    """A reading of a sensor."""

    def __new__(cls, sensor: str, value: float, *, unit: Unit | None = None, note: str | None = None) -> Reading: ...
    @property
    def sensor(self) -> str:
        """The sensor's name."""

    @property
    def note(self) -> str | None:
        """A note, or None."""

    def value(self, unit: Unit | None = None) -> float:
        """The temperature in ``unit``, by default in degrees Celsius."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

class _Fields(TypedDict, total=False):
    sensor: str
    value: float
    note: str | None

class _Summary(TypedDict):
    count: int
    mean: float | None
    notes: list[str]

class _Place(Protocol):
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...

# Names for the type checker only: the module has none of them.
_Given: TypeAlias = Reading | tuple[str, float] | _Fields

def summary(readings: Sequence[_Given]) -> _Summary:
    """A summary of readings: count, mean in degrees Celsius (None if there are none), and notes."""

def warmer(one: tuple[_Place, float], other: tuple[_Place, float]) -> tuple[float, float, str | None, float]:
    """The warmer of two places: its ``(x, y, name)``, with its temperature."""
