from typing import Final, Sequence, final

__all__ = ["Dictionary", "__version__"]

__version__: Final[str]

@final
class Dictionary:
    """Words to search in. Raises ValueError for a word of more than 200 bytes."""

    def __new__(cls, words: Sequence[str]) -> Dictionary: ...
    def __len__(self) -> int: ...
    def closest(self, word: str, n: int | None = None) -> list[tuple[str, int]]:
        """The ``n`` (3) words most similar to ``word`` with their distances, the nearest first."""
    def closest_plain(self, word: str, n: int | None = None) -> list[tuple[str, int]]:
        """The same with the first version, for comparison."""
