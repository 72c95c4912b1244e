from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import ClassVar, Final, Protocol, SupportsFloat, SupportsIndex, TypedDict, final

from typing_extensions import TypeAlias

__version__: Final[str]

# A float is no integer, even a whole one; what has __index__ is.
def byte(value: SupportsIndex) -> int:
    """``value``, which fits 8 bits. Raises OverflowError where it does not, TypeError for a float."""

def single(value: SupportsFloat) -> float:
    """``value`` with 32 bits. Raises OverflowError for a finite number that would become infinite."""

def total(values: Sequence[int]) -> int:
    """The sum of integers of any size."""

def minimum(values: Sequence[float]) -> float | None:
    """The least of ``values``; None of none; NaN where one of them is NaN."""

def length(vector: Sequence[float]) -> float:
    """The length of a vector of three numbers. Raises ValueError for more or fewer."""

def capitals(text: str) -> str:
    """``text`` in capitals. Raises UnicodeEncodeError for a lone surrogate, which no UTF-8 can hold."""

def lossy(text: str) -> str:
    """``text`` with U+FFFD for what is no Unicode."""

def decode(data: bytes) -> str:
    """The text that ``data`` is in UTF-8. Raises UnicodeDecodeError with the place that is wrong."""

def reversed_bytes(data: bytes | bytearray) -> bytes:
    """The bytes in reverse order."""

def words(text: str) -> int:
    """How many words ``text`` has."""

def tally(words: Sequence[str]) -> dict[str, int]:
    """How often each of ``words`` is there. A str, itself a sequence of str, is refused with TypeError."""

def inverted(mapping: Mapping[str, int]) -> dict[int, list[str]]:
    """The keys of each value of ``mapping``, in order."""

def utf8_length(texts: Iterable[str]) -> int:
    """The length of all of ``texts`` in bytes of UTF-8; ``texts`` is any iterable, and is read one by one."""

def file_name(path: str | PathLike[str]) -> str | None:
    """The last part of a path, or None."""

def ordinal(character: str) -> int:
    """The number of one character. Raises ValueError for a text of more or fewer."""

@final
class Unit:
    """The scale that a temperature is told in."""

    CELSIUS: ClassVar[Unit]
    KELVIN: ClassVar[Unit]
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Reading:
    """What a sensor said."""

    def __new__(cls, sensor: str, value: float, *, unit: Unit | None = None, note: str | None = None) -> Reading: ...
    @property
    def sensor(self) -> str:
        """The sensor's name."""

    @property
    def note(self) -> str | None:
        """What a person added, or None."""

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

# Names for the type checker alone: the module has none of them.
_Given: TypeAlias = Reading | tuple[str, float] | _Fields

def summary(readings: Sequence[_Given]) -> _Summary:
    """Readings in a few numbers: count, mean in degrees Celsius (None of none), and notes."""

def warmer(one: tuple[_Place, float], other: tuple[_Place, float]) -> tuple[float, float, str | None, float]:
    """Where the warmer of two places is: ``(x, y, name)`` of it, with its temperature."""
