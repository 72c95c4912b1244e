"""Ownership: reference counts, cycles that the collector frees, destructors and callbacks that call back in."""

from __future__ import annotations

import gc
import queue
import sys
import weakref
from typing import Iterator

import pytest

from ffi_safety import Node, Queue


class Item:
    """An object that can be watched."""

    other: object = None


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Nothing of another test is left over."""
    gc.collect()
    yield
    gc.collect()


def test_an_item_is_owned_once() -> None:
    item = Item()
    before = sys.getrefcount(item)
    held = Queue()
    held.put(item)
    assert sys.getrefcount(item) == before + 1
    assert held.items() == [item]
    assert held.get() is item
    assert sys.getrefcount(item) == before
    held.put(item)
    del held
    assert sys.getrefcount(item) == before, "freed with the queue"


def test_what_is_refused_is_let_go() -> None:
    full, item = Queue(1), Item()
    full.put(None)
    before = sys.getrefcount(item)
    for _ in range(10):
        with pytest.raises(queue.Full):
            full.put(item, timeout=0)
    assert sys.getrefcount(item) < before + 5


def test_a_queue_in_itself_is_freed() -> None:
    held, item = Queue(), Item()
    watch = weakref.ref(item)
    held.put(item)
    held.put(held)
    del held, item
    assert watch() is not None, "a cycle: reference counting does not free it"
    gc.collect()
    assert watch() is None


def test_a_cycle_through_python_is_freed() -> None:
    held, item = Queue(), Item()
    item.other = held
    held.put([{"item": item}])
    watch = weakref.ref(item)
    del held, item
    gc.collect()
    assert watch() is None


def test_the_collector_is_told_everything() -> None:
    held, items = Queue(), [Item(), Item()]
    for item in items:
        held.put(item)
    assert gc.is_tracked(held)
    found = gc.get_referents(held)
    assert all(any(item is referent for referent in found) for item in items)
    root, child, value = Node(None), Node(None), Item()
    node = Node(value)
    root.add(node)
    node.add(child)
    found = gc.get_referents(node)
    assert all(any(item is referent for referent in found) for item in (root, child, value))


def test_what_is_in_use_is_not_freed() -> None:
    held, item = Queue(), Item()
    item.other = held
    held.put(item)
    held.put(held)
    del item
    gc.collect()
    found = held.get()
    assert isinstance(found, Item)
    assert found.other is held


def test_a_destructor_may_use_the_queue() -> None:
    seen = []

    class Closing:
        def __init__(self, owner: Queue) -> None:
            self.owner = owner

        def __del__(self) -> None:
            seen.append(len(self.owner))

    held = Queue()
    for _ in range(3):
        held.put(Closing(held))
    held.get()
    assert seen == [2], "while it was taken"
    del held
    gc.collect()
    assert len(seen) == 3, "while it was freed"


def test_a_tree_is_freed() -> None:
    root, value = Node("root"), Item()
    watch = weakref.ref(value)
    node = root
    for _ in range(1_000):
        below = Node(value)
        node.add(below)
        node = below
    del root, node, below, value
    gc.collect()
    assert watch() is None


def test_a_node_alone_is_kept_by_its_parent() -> None:
    root = Node("root")
    root.add(Node("leaf"))
    gc.collect()
    (leaf,) = root.children
    assert leaf.value == "leaf"
    assert leaf.parent is root
    del root
    gc.collect()
    assert leaf.parent is not None
    assert leaf.parent.value == "root"


def test_a_tree_stays_a_tree() -> None:
    root, child, other = Node(0), Node(1), Node(2)
    root.add(child)
    for wrong in (child, root):
        with pytest.raises(ValueError, match="the node"):
            root.add(wrong)
    with pytest.raises(ValueError, match="below itself"):
        child.add(root)
    with pytest.raises(ValueError, match="has a parent"):
        other.add(child)
    assert root.children == [child]
    assert other.children == []
    with pytest.raises(TypeError):
        root.add(None)  # type: ignore[arg-type]


def test_a_callback_may_change_the_tree() -> None:
    root = Node("root")
    seen = []

    def visit(node: Node) -> None:
        seen.append(node.value)
        if len(seen) < 5:
            node.add(Node(len(seen)))
            root.add(Node("more"))

    root.walk(visit)
    assert seen[:3] == ["root", 1, 2]
    assert len(root.children) == 5


def test_a_callback_s_error_comes_through() -> None:
    root = Node("root")
    root.add(Node("leaf"))
    with pytest.raises(ZeroDivisionError):
        root.walk(lambda node: 1 // len(node.children))


def test_a_deep_tree_is_walked() -> None:
    root = node = Node(0)
    for number in range(1, 5_000):
        below = Node(number)
        node.add(below)
        node = below
    seen: list[object] = []
    root.walk(lambda node: seen.append(node.value))
    assert seen == list(range(5_000))
