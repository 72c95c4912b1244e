from typing import Callable, Final, Sequence, final

__all__ = ["Basket", "__version__", "discounted"]

__version__: Final[str]

@final
class Basket:
    """Lines of ``(article, cents, pieces)``. Raises ValueError for a line without pieces."""

    def __new__(cls, lines: Sequence[tuple[str, int, int]]) -> Basket: ...
    def __len__(self) -> int: ...
    def total(self, price: Callable[[str, int], int] | None = None) -> int:
        """The sum in cents, with ``price(article, cents)`` for one piece; without it, the list price."""

def discounted(cents: int, percent: int) -> int:
    """``cents`` less ``percent``, rounded down. Raises ValueError for more than 100 percent."""
