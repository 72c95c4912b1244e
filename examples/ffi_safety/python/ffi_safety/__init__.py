"""A queue and a tree that hold Python objects."""

from ffi_safety._ffi_safety import (
    ClosedError,
    Node,
    Queue,
    __version__,
)

__all__ = ["ClosedError", "Node", "Queue", "__version__"]
