"""Run pystack, with the place of the code after the library of each native frame: `/site/x.so+0x1f0`, from its base.

The program is pystack's own. If a version of it is made in another way, what it prints stays as it is.
"""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterable, Iterator, Tuple

from pystack import __main__ as program

pystack: Any = program
# Beginning, end and path of a mapped part of a file, by address.
Part = Tuple[int, int, str]


def parts_of_process(pid: int) -> Iterator[Part]:
    """What a process has mapped."""
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            # Range, permissions, offset, device, inode; and the path, unless it is memory without a file.
            fields = line.rstrip("\n").split(maxsplit=5)
            if fields[-1].startswith("/"):
                begin, end = (int(text, 16) for text in fields[0].split("-"))
                yield begin, end, fields[-1]


def parts_of_core(core: str) -> Iterator[Part]:
    """What the process of a core file had mapped."""
    parts = sorted(pystack.CoreFileAnalyzer(core).extract_maps(), key=lambda part: part.start)
    return ((part.start, part.end, str(part.path)) for part in parts if part.path is not None)


def place(frame: Any, parts: Iterable[Part]) -> None:
    """Add the place to a frame."""
    library, base = "", 0
    for begin, end, path in parts:
        if path != library:
            library, base = path, begin
        if begin <= frame.address < end:
            frame.library = f"{library}+{frame.address - base:#x}"


def placed(read: Callable[..., Any], parts_of: Callable[[Any], Iterable[Part]]) -> Callable[..., Any]:
    """Wrap a function that reads the threads of a process or of a core file."""

    def wrapped(source: Any, *rest: Any, **options: Any) -> Any:
        threads = list(read(source, *rest, **options))
        # Places are an addition: the stacks are there without them.
        with contextlib.suppress(Exception):
            parts = list(parts_of(source))
            for thread in threads:
                for frame in thread.native_frames:
                    place(frame, parts)
        return threads

    return wrapped


for name, parts_of in (("get_process_threads", parts_of_process), ("get_process_threads_for_core", parts_of_core)):
    if hasattr(pystack, name):
        setattr(pystack, name, placed(getattr(pystack, name), parts_of))
pystack.main()
