"""Check that no crates of the workspace, and no top-level modules of one crate, use each other in a cycle.

    python ci/cycles.py [FOLDER]        the workspace in FOLDER (this repository)

The shortest cycles are printed, with the file and the line of every arrow. Unit tests count: a module
whose tests use a module above it cannot become a crate. Exit code 0: no cycle; 1: cycles; 2: could not check.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cycles_crates import WorkspaceError, arrows, packages, roots
from cycles_graph import Arrow, Graph, graph_of, loops, tangles
from cycles_modules import Crate, SourceError

ROOT = Path(__file__).resolve().parent.parent
NONE, LOOPS, NOT_LOOKED = 0, 1, 2


def report(what: str, graph: Graph, folder: Path) -> int:
    """Print the cycles of one graph and return their number."""
    for group in tangles(graph):
        print(f"error: {what}: {len(group)} in one cycle: {', '.join(sorted(group))}")
    found = loops(graph)
    for loop in found:
        print(f"\n{what}: {' → '.join([*(arrow.source for arrow in loop), loop[0].source])}")
        for arrow in loop:
            print(f"  {arrow.source} → {arrow.target}  {place(arrow, folder)}")
    return len(found)


def place(arrow: Arrow, folder: Path) -> str:
    """Return the place of an arrow: FILE:LINE."""
    where = f"{os.path.relpath(arrow.file, folder)}:{arrow.line}"
    return f"{where} ({arrow.note})" if arrow.note else where


def main(arguments: list[str]) -> int:
    """Check a workspace and return the exit code."""
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        print("usage: python ci/cycles.py [FOLDER]", file=sys.stderr)
        return NOT_LOOKED
    folder = Path(arguments[0]).resolve() if arguments else ROOT
    try:
        members = packages(folder)
        found = report("crates", graph_of(arrows(members)), folder)
        modules = 0
        for root in roots(members):
            crate = Crate(root.file)
            modules += len(crate.top)
            found += report(f"modules of {root.name}", graph_of(crate.arrows()), folder)
    except (WorkspaceError, SourceError) as error:
        print(f"error: {error}", file=sys.stderr)
        return NOT_LOOKED
    if not modules:
        print(f"error: no crate in {folder} has a module; is this the workspace?", file=sys.stderr)
        return NOT_LOOKED
    print(f"{len(members)} crates, {modules} top-level modules: {found or 'no'} {'loop' if found == 1 else 'loops'}")
    return LOOPS if found else NONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
