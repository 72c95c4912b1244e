from collections.abc import Callable
from typing import Final, final

__version__: Final[str]

class ClosedError(Exception):
    """The queue is closed, and has no items left."""

@final
class Queue:
    """A queue of objects between threads."""

    def __new__(cls, capacity: int | None = None) -> Queue: ...
    def put(self, item: object, timeout: float | None = None) -> None:
        """Put ``item`` in; wait for room for at most ``timeout`` seconds, by default without limit.

        Raises queue.Full, or ClosedError.
        """

    def get(self, timeout: float | None = None) -> object:
        """Take the oldest item; wait for one for at most ``timeout`` seconds, by default without limit.

        Raises queue.Empty, or ClosedError when nothing is left in a closed queue.
        """

    def close(self) -> None:
        """Close the queue. Its remaining items can still be taken."""

    def items(self) -> list[object]:
        """The items, oldest first. They stay in the queue."""

    def __len__(self) -> int: ...

@final
class Node:
    """A node of a tree. It owns its children, and they own it: Python counts both references."""

    def __new__(cls, value: object) -> Node: ...
    @property
    def value(self) -> object:
        """The value it was created with."""

    @property
    def parent(self) -> Node | None:
        """The node above, or None."""

    @property
    def children(self) -> list[Node]:
        """The nodes below, in order."""

    def add(self, child: Node) -> None:
        """Add ``child``. Raises ValueError if it has a parent, or if this node is below it."""

    def walk(self, visit: Callable[[Node], object]) -> None:
        """Call ``visit`` with this node and all below it, from the top. It may change the tree."""
