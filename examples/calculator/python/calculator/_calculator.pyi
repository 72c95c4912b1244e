from collections.abc import Sequence
from typing import ClassVar, Final, final

MAX_DEPTH: Final[int]
MAX_LENGTH: Final[int]
__version__: Final[str]

@final
class Expression:
    """A parsed and valid expression."""

    def __new__(cls, text: str) -> Expression: ...
    @property
    def text(self) -> str:
        """The text that was parsed."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its variables, each once, in order of appearance."""

    def __call__(self, **variables: float) -> float:
        """Its value for these values of its variables."""

    def table(self, name: str, values: Sequence[float], /, **variables: float) -> list[float]:
        """Its value for each of ``values`` of the variable ``name``; the other variables keep theirs.

        Other threads run in the meantime, and Ctrl-C interrupts it.
        """

    def __getnewargs__(self) -> tuple[str]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

def evaluate(text: str, /, **variables: float) -> float:
    """The value of ``text`` for these values of its variables."""
