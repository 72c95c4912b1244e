"""Arrows between named things, and the shortest loops among them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Dict, Iterable, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Arrow(NamedTuple):
    """One thing uses another: where that is written."""

    source: str
    target: str
    file: Path
    line: int
    # A special kind of use: "test code", "dev-dependency"; else empty.
    note: str = ""


Graph = Dict[str, Dict[str, Arrow]]


def graph_of(arrows: Iterable[Arrow]) -> Graph:
    """Keep one arrow of each pair: the first without a note, because a note is the weaker evidence."""
    graph: Graph = {}
    for arrow in sorted(arrows, key=lambda arrow: (arrow.note != "", arrow.note, str(arrow.file), arrow.line)):
        if arrow.source != arrow.target:
            graph.setdefault(arrow.source, {}).setdefault(arrow.target, arrow)
            graph.setdefault(arrow.target, {})
    return graph


def loops(graph: Graph) -> list[list[Arrow]]:
    """Return the shortest cycles that cover every node in any cycle; the shortest come first."""
    through = [loop for loop in (shortest_loop(graph, node) for node in sorted(graph)) if loop]
    seen: set[str] = set()
    chosen = []
    for loop in sorted(through, key=len):
        nodes = {arrow.source for arrow in loop}
        if not nodes <= seen:
            seen |= nodes
            chosen.append(loop)
    return chosen


def shortest_loop(graph: Graph, start: str) -> list[Arrow]:
    """Return the shortest path from a node back to itself, or nothing if there is none."""
    reached: dict[str, Arrow] = {}
    queue = deque([start])
    while queue and start not in reached:
        node = queue.popleft()
        for target, arrow in sorted(graph.get(node, {}).items()):
            if target not in reached:
                reached[target] = arrow
                queue.append(target)
    if start not in reached:
        return []
    loop = [reached[start]]
    while loop[-1].source != start:
        loop.append(reached[loop[-1].source])
    return loop[::-1]


def tangles(graph: Graph) -> list[set[str]]:
    """Return the groups of nodes that all reach one another (two or more), the largest first."""
    reach = {node: _reachable(graph, node) for node in graph}
    groups = {
        frozenset({node} | {other for other in reach[node] if node in reach[other]})
        for node in graph
        if node in reach[node]
    }
    return sorted((set(group) for group in groups), key=lambda group: (-len(group), sorted(group)))


def _reachable(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    rest = [start]
    while rest:
        for target in graph[rest.pop()]:
            if target not in found:
                found.add(target)
                rest.append(target)
    return found
