from collections.abc import Callable
from os import PathLike
from typing import ClassVar, Final, final

__version__: Final[str]

class SettingsError(Exception):
    """Settings cannot be used. The base class of all others."""

class ParseError(SettingsError):
    """A line is invalid; ``line`` is its number."""

    line: int

class MissingError(SettingsError):
    """A setting is missing; ``key`` is its name."""

    key: str

@final
class Settings:
    """Settings: lines of ``key = value``, with ``#`` before comments."""

    @staticmethod
    def parse(text: str) -> Settings:
        """Read ``text``. Raises ParseError."""

    @staticmethod
    def read(path: str | PathLike[str]) -> Settings:
        """Read the file at ``path``. Raises ParseError, or SettingsError with the OSError as its cause."""

    def text(self, key: str) -> str:
        """The value of ``key``. Raises MissingError."""

    def number(self, key: str) -> int:
        """The value of ``key`` as a 16-bit number.

        Raises MissingError, or ParseError with the ValueError as its cause.
        """

@final
class Service:
    """The address and port of a service."""

    @staticmethod
    def load(path: str | PathLike[str], resolve: Callable[[str], str] | None = None) -> Service:
        """The service that the file at ``path`` describes.

        ``resolve`` finds the address of its host; by default the host is the address.

        Raises SettingsError. An exception of ``resolve`` is the last of its causes.
        """

    @property
    def address(self) -> str:
        """The address of its host."""

    @property
    def port(self) -> int:
        """Its port."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
