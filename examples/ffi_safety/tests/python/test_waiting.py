"""Threads: a waiting thread lets others run, Ctrl-C works, and under stress nothing is lost or freed too early."""

from __future__ import annotations

import gc
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ffi_safety import ClosedError, Node, Queue


class Cell:
    """An object that only the collector can free, and whose integrity can be checked."""

    def __init__(self, number: int) -> None:
        """Make it refer to itself."""
        self.number = number
        self.itself = self


def test_who_waits_lets_others_run() -> None:
    held = Queue()
    with ThreadPoolExecutor(1) as threads:
        got = threads.submit(held.get, 30)
        time.sleep(0.05)
        held.put("item")
        assert got.result(30) == "item"


def test_a_producer_waits_for_room() -> None:
    held = Queue(1)
    held.put(1)
    with ThreadPoolExecutor(1) as threads:
        put = threads.submit(held.put, 2, 30)
        assert held.get() == 1
        put.result(30)
    assert held.get(0) == 2


@pytest.mark.parametrize("timeout", [0, 0.06, 1e-9])
def test_waiting_has_an_end(timeout: float) -> None:
    held = Queue(1)
    began = time.monotonic()
    with pytest.raises(queue.Empty):
        held.get(timeout)
    held.put(1)
    with pytest.raises(queue.Full):
        held.put(2, timeout)
    assert 2 * timeout <= time.monotonic() - began < 10


@pytest.mark.parametrize("timeout", [-1, -1e-9, math.nan, -math.inf])
def test_no_such_time(timeout: float) -> None:
    with pytest.raises(ValueError, match="a timeout is 0 or more seconds"):
        Queue().get(timeout)


@pytest.mark.parametrize("timeout", [math.inf, 1e300])
def test_as_long_as_it_takes(timeout: float) -> None:
    held = Queue()
    threading.Timer(0.02, held.close).start()
    with pytest.raises(ClosedError):
        held.get(timeout)


def test_a_queue_needs_room() -> None:
    with pytest.raises(ValueError, match="capacity"):
        Queue(0)
    with pytest.raises(OverflowError):
        Queue(-1)


def test_a_closed_queue_gives_what_it_has() -> None:
    held = Queue()
    held.put(1)
    held.close()
    with pytest.raises(ClosedError):
        held.put(2)
    assert held.get() == 1
    with pytest.raises(ClosedError):
        held.get()


@pytest.mark.skipif(os.name != "posix", reason="a process cannot send itself Ctrl-C elsewhere")
def test_ctrl_c_ends_waiting() -> None:
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        Queue().get(60)
    assert time.monotonic() - began < 30
    timer.join()


def test_nothing_is_lost_or_freed_too_early() -> None:
    """Four threads put, four take, and one collects all the time: each item comes out once, and intact."""
    held = Queue(3)
    held.put(held)
    assert held.get() is held
    each, stop = 1_500, threading.Event()

    def put(first: int) -> None:
        for number in range(first, first + each):
            held.put(Cell(number))

    def take() -> list[int]:
        found: list[int] = []
        while True:
            try:
                cell = held.get()
            except ClosedError:
                return found
            assert isinstance(cell, Cell)
            assert cell.itself is cell
            found.append(cell.number)

    def collect() -> int:
        count = 0
        while not stop.is_set():
            gc.collect()
            held.items()
            count += 1
        return count

    with ThreadPoolExecutor(9) as threads:
        collected = threads.submit(collect)
        takers = [threads.submit(take) for _ in range(4)]
        makers = [threads.submit(put, maker * each) for maker in range(4)]
        for maker in makers:
            maker.result(120)
        held.close()
        found = [number for taker in takers for number in taker.result(120)]
        stop.set()
        assert collected.result(120) > 0
    assert sorted(found) == list(range(4 * each))


def test_threads_build_one_tree() -> None:
    root = Node("root")
    stop = threading.Event()

    def build(number: int) -> None:
        for _ in range(300):
            child = Node(number)
            root.add(child)
            child.add(Node(number))

    def collect() -> None:
        while not stop.is_set():
            gc.collect()
            root.walk(lambda node: node.parent)

    with ThreadPoolExecutor(5) as threads:
        collecting = threads.submit(collect)
        list(threads.map(build, range(4)))
        stop.set()
        collecting.result(60)
    assert len(root.children) == 1_200
    assert all(len(child.children) == 1 for child in root.children)


def test_of_two_that_want_to_be_the_parent_one_is() -> None:
    for _ in range(300):
        one, other = Node(1), Node(2)
        together = threading.Barrier(2)

        def add(parent: Node, child: Node, together: threading.Barrier = together) -> bool:
            together.wait(30)
            try:
                parent.add(child)
            except ValueError:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(add, (one, other), (other, one))) == [False, True]


END = """
import threading
from ffi_safety import ClosedError, Queue

def work(queue):
    try:
        while True:
            queue.get()
    except ClosedError:
        print("closed\\n", end="")  # one write: threads mix several

queue = Queue()
threads = [threading.Thread(target=work, args=(queue,)) for _ in range(4)]
for thread in threads:
    thread.start()
queue.put("item")
queue.close()
"""


def test_threads_end_when_their_queue_is_closed() -> None:
    """Not daemons: Python waits for them at exit, and they wait for the queue."""
    done = subprocess.run(
        [sys.executable, "-c", END],
        check=False,
        timeout=60,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (0, "closed\n" * 4)
