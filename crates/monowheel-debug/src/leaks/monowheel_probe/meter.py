"""Measures one round: Python objects, references, blocks, the C heap, resident memory.

Between two measurements nothing of this module grows: a difference is the unit's.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import sysconfig
import types
from typing import Any

HAVE_GC = 1 << 14  # Py_TPFLAGS_HAVE_GC
HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE
# From 3.12 on None, small integers and the built-in types have a constant count, which is huge.
IMMORTAL = 1 << 29
# An instance of a heap type holds a reference to it (3.8 and later): the count of a type that the collector does not
# know is that of its instances. A free-threaded interpreter distributes these counts over its threads.
HAS_TYPE_REFERENCES = not sysconfig.get_config_var("Py_GIL_DISABLED")
FIELDS = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")


class Mallinfo2(ctypes.Structure):
    """`struct mallinfo2` of glibc 2.33 and later."""

    _fields_ = [(name, ctypes.c_size_t) for name in FIELDS]


class Mallinfo(ctypes.Structure):
    """`struct mallinfo` of earlier ones; its numbers wrap at 4 GiB."""

    _fields_ = [(name, ctypes.c_uint) for name in FIELDS]


def _heap() -> tuple[str | None, Any]:
    try:
        library = ctypes.CDLL(None)
    except OSError:
        return None, None
    for name, result in (("mallinfo2", Mallinfo2), ("mallinfo", Mallinfo)):
        function = getattr(library, name, None)
        if function is not None:
            function.restype = result
            return name, function
    return None, None


HEAP_SOURCE, HEAP = _heap()


def heap_source() -> str | None:
    """The function that reports the C heap; None where the C library has none (musl)."""
    return HEAP_SOURCE


def heap() -> int | None:
    """Bytes that are allocated by `malloc`: of Rust, of C, and Python's larger blocks."""
    if HEAP is None:
        return None
    told = HEAP()
    return int(told.uordblks + told.hblkhd)


def resident() -> int | None:
    """Bytes in memory."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * 4096
    except (OSError, IndexError, ValueError):
        return None


def settle() -> None:
    """Write out what was printed, and collect garbage until there is none: a finalizer may create more."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    for _ in range(4):
        if gc.collect() == 0:
            break


def type_name(kind: type) -> str:
    """`module.Class`; without the module for what is built in."""
    try:
        module, name = kind.__module__, kind.__qualname__
    except Exception:
        return object.__repr__(kind)
    return str(name) if module == "builtins" else f"{module}.{name}"


def type_names(kinds: list[type]) -> list[str]:
    """Different names for different types."""
    seen: dict[str, int] = {}
    names = []
    for kind in kinds:
        name = type_name(kind)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


class Meter:
    """What one round is compared with."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        """Hold the types and the long-lived objects whose references are counted."""
        self.types = [kind for kind in gc.get_objects() if isinstance(kind, type) and kind.__flags__ & HEAP_TYPE]
        self.names = type_names(self.types)
        self.kept, self.kept_names = self._long_lived(namespace)
        self.first: dict[str, dict[str, int]] = {}
        self.before = {id(one) for one in gc.get_objects()}

    def measure(self) -> dict[str, Any]:
        """Collect, then read everything; counts only where they differ from the first measurement."""
        settle()
        told: dict[str, Any] = {
            "heap": heap(),
            "blocks": sys.getallocatedblocks(),
            "resident": resident(),
            "uncollectable": len(gc.garbage),
        }
        told["objects"] = self._changed("objects", self._objects())
        told["types"] = self._changed("types", self._type_references())
        told["references"] = self._changed("references", self._references())
        return told

    def _changed(self, what: str, now: dict[str, int]) -> dict[str, int]:
        if what not in self.first:
            self.first[what] = now
            return {}
        first = self.first[what]
        changed = {name: count - first.get(name, 0) for name, count in now.items() if count != first.get(name, 0)}
        changed.update({name: -count for name, count in first.items() if name not in now})
        return changed

    @staticmethod
    def _objects() -> dict[str, int]:
        counts: dict[type, int] = {}
        for one in gc.get_objects():
            kind = type(one)
            counts[kind] = counts.get(kind, 0) + 1
        named: dict[str, int] = {}
        for kind, count in counts.items():
            name = type_name(kind)
            named[name] = named.get(name, 0) + count
        return named

    def _type_references(self) -> dict[str, int]:
        if not HAS_TYPE_REFERENCES:
            return {}
        return {name: sys.getrefcount(kind) for name, kind in zip(self.names, self.types)}

    def _references(self) -> dict[str, int]:
        return {name: sys.getrefcount(one) for name, one in zip(self.kept_names, self.kept)}

    def _long_lived(self, namespace: dict[str, Any]) -> tuple[list[Any], list[str]]:
        """The objects that modules and the unit's namespace name, each once, but for types and modules."""
        places = [("__main__", namespace)]
        places += [(name, vars(module)) for name, module in list(sys.modules.items()) if _is_module(module)]
        kept: dict[int, tuple[Any, str]] = {}
        for place, names in places:
            for name, one in list(names.items()):
                if isinstance(one, (type, types.ModuleType)) or sys.getrefcount(one) > IMMORTAL:
                    continue
                kept.setdefault(id(one), (one, f"{place}.{name}"))
        own = {id(one) for one in (self.types, self.names, namespace)}
        chosen = [pair for key, pair in kept.items() if key not in own]
        return [one for one, _ in chosen], [name for _, name in chosen]


def _is_module(module: object) -> bool:
    return isinstance(module, types.ModuleType) and not module.__name__.startswith("monowheel_probe")
