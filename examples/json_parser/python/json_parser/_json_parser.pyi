from typing import Any, Final, final

MAX_DEPTH: Final[int]
__version__: Final[str]

@final
class Document:
    """A text that is validated completely, and parsed on access.

    It keeps the text that it was given, and copies nothing of it.
    """

    def __new__(cls, text: str | bytes | bytearray) -> Document: ...
    def get(self, pointer: str = "", default: Any = None) -> Any:  # noqa: ANN401 - any value
        """The value at ``pointer`` (RFC 6901), such as "/items/0/name"; ``default`` if there is none."""

    def raw(self, pointer: str = "") -> str | None:
        """The text of the value at ``pointer``, as it is written; None if there is none."""

def loads(text: str | bytes | bytearray, /) -> Any:  # noqa: ANN401 - any value
    """Parse ``text``: a ``str``, or UTF-8 in ``bytes`` or ``bytearray``. Raises JSONError."""
