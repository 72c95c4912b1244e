from typing import Final, final

__all__ = ["Slugger", "__version__", "slug"]

__version__: Final[str]

@final
class Slugger:
    """Makes slugs of at most ``longest`` (80) characters, with ``separator`` (a hyphen) between the words."""

    def __new__(cls, *, separator: str | None = None, longest: int | None = None) -> Slugger: ...
    def __eq__(self, other: object, /) -> bool: ...
    @property
    def longest(self) -> int: ...
    @property
    def separator(self) -> str: ...
    def slug(self, text: str) -> str:
        """The slug of ``text``. Raises ValueError if nothing is left."""

def slug(text: str) -> str:
    """The slug of ``text`` as a plain ``Slugger()`` makes it. Raises ValueError if nothing is left."""
