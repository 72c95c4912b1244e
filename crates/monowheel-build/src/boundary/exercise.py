"""Calls the functions of the probe crate with values at the edges, and times them: EXERCISE FOLDER WORK RESULT.

WORK is JSON: the types with their Python expressions, the values, the number of rounds (0: nothing is timed). Standard library
only, from CPython 3.8 on, and the modules that WORK names.
"""

import importlib
import json
import sys
import time as clocks
import timeit
from array import array
from datetime import date, datetime, time, timedelta, timezone  # noqa: F401 - names in the expressions of WORK
from decimal import Decimal  # noqa: F401
from enum import IntEnum
from fractions import Fraction  # noqa: F401
from ipaddress import ip_address  # noqa: F401
from operator import index  # noqa: F401
from os import fsencode  # noqa: F401
from pathlib import Path  # noqa: F401
from types import MappingProxyType  # noqa: F401
from uuid import UUID  # noqa: F401

# The longest text of a value in the result.
LONGEST = 60
# Elements of the sized values: items, and the bytes of a str, bytes or bytearray.
ITEMS, BYTES = (100, 10_000), (1_000, 100_000)
# Seconds of one sample.
SAMPLE = 1e-3
# Other programs on the machine do not count where the system has a precise clock for that.
IS_CPU_TIME = clocks.get_clock_info("thread_time").resolution <= 1e-6
TIMER = clocks.thread_time if IS_CPU_TIME else clocks.perf_counter


class Int(int):
    pass


class Float(float):
    pass


class Str(str):
    pass


class Bytes(bytes):
    pass


class List(list):
    pass


class Dict(dict):
    pass


class Enum(IntEnum):
    SEVEN = 7


class HasIndex:
    def __index__(self):
        return 7


class HasFloat:
    def __float__(self):
        return 1.5


class HasIter:
    def __iter__(self):
        return iter([1, 2, 3])


class HasItems:
    def __len__(self):
        return 3

    def __getitem__(self, at):
        return [1, 2, 3][at]


class HasPath:
    def __fspath__(self):
        return "/tmp/x"


def shown(value):
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def is_same(one, other):
    """Whether both are the same value, elements and types included."""
    if type(one) is not type(other):
        return False
    if hasattr(one, "dtype"):
        one, other = one.tolist(), other.tolist()
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one is other or one == other or (one != one and other != other)


def is_equal(back, value):
    """Whether what came back means the same: an equal value, the same items, the same path."""
    # Arrays of NumPy compare their elements.
    back, value = (one.tolist() if hasattr(one, "dtype") else one for one in (back, value))
    # An object that equals only itself has no value to compare.
    if type(value).__eq__ is object.__eq__ or back == value:
        return True
    if hasattr(back, "__fspath__") and isinstance(value, str):
        return str(back) == value
    try:
        return list(back) == list(value)
    except TypeError:
        return False


def answers(through, values):
    """Return what each value becomes on its way to Rust and back, or the exception."""
    found = []
    for expression in values:
        # A new value for each call: a generator can be used only once.
        value = eval(expression, globals())
        try:
            back = through(value)
        except BaseException as error:
            message = str(error).encode("utf-8", "backslashreplace").decode()
            found.append({"raises": type(error).__name__, "message": message[:300]})
        else:
            # The value of a generator is gone.
            again = eval(expression, globals())
            is_kept = back is value or is_same(back, again)
            found.append(
                {
                    "becomes": shown(back),
                    "type": type(back).__name__,
                    "is_same": is_kept,
                    "is_equal": is_kept or is_equal(back, again),
                }
            )
    return found


class Task:
    """A statement that is timed in rounds."""

    def __init__(self, statement, **names):
        self.timer = timeit.Timer(statement, timer=TIMER, globals=dict(globals(), **names))
        self.samples = []
        # The first call may fill a cache.
        self.timer.timeit(1)
        took, self.number = 0.0, 1
        while True:
            took = self.timer.timeit(self.number)
            if took * 4 > SAMPLE:
                break
            self.number *= 4
        self.number = max(1, int(self.number * SAMPLE / took))

    def run(self):
        self.samples.append(self.timer.timeit(self.number) / self.number * 1e9)


def middle(samples):
    """Return the median and the quartiles."""
    ordered = sorted(samples)
    last = len(ordered) - 1

    def at(share):
        low = int(last * share)
        rest = last * share - low
        return ordered[low] + rest * (ordered[min(low + 1, last)] - ordered[low])

    return {"median": at(0.5), "low": at(0.25), "high": at(0.75)}


class Way:
    """Something that is timed with values of one size or of two, minus what is left when it converts nothing."""

    def __init__(self, unit, sizes, task, base):
        self.unit, self.sizes = unit, sizes
        self.tasks, self.bases = [task(n) for n in sizes], [base(n) for n in sizes]

    def all(self):
        return self.tasks + self.bases

    def cost(self):
        """Return nanoseconds: at the first size, at the second, and for each element."""
        costs = [
            [one - other for one, other in zip(task.samples, base.samples)]
            for task, base in zip(self.tasks, self.bases)
        ]
        found = {"sizes": self.sizes, "at": [middle(cost) for cost in costs]}
        if len(costs) == 2:
            more = self.sizes[1] - self.sizes[0]
            found["unit"] = self.unit
            found["per_element"] = middle([(large - small) / more for small, large in zip(*costs)])
        return found


def ways(module, one):
    """Return the ways of a type that can be timed, by name."""
    value, found, unit, sizes = one["value"], {}, "", (1_000,)
    if value and "n" in compile(value, "<value>", "eval").co_names:
        is_text = isinstance(eval(value, dict(globals(), n=3)), (str, bytes, bytearray))
        unit, sizes = ("byte", BYTES) if is_text else ("item", ITEMS)

    def called(name, argument):
        return Task("call(value)", call=getattr(module, name), value=argument)

    if value:
        values = {n: eval(value, dict(globals(), n=n)) for n in sizes}
        take = "take_%d" % one["number"]
        found["argument"] = Way(unit, sizes, lambda n: called(take, values[n]), lambda n: called("nothing", values[n]))
        if one["control"]:
            found["control"] = Way(unit, sizes, lambda n: Task(one["control"], value=values[n]), lambda n: Task("pass"))
    if one["is_result"]:
        give, make = "give_%d" % one["number"], "make_%d" % one["number"]
        found["result"] = Way(unit, sizes, lambda n: called(give, n), lambda n: called(make, n))
    return found


def timed(module, types, rounds):
    """Return the costs of each type, and by how much two empty calls differ."""
    tasks = {one["type"]: ways(module, one) for one in types}
    same = Way("", (1_000,), *[lambda n: Task("call(value)", call=module.nothing, value=n)] * 2)
    every = [task for found in tasks.values() for way in found.values() for task in way.all()] + same.all()
    for number in range(rounds):
        # Each time another one begins.
        start = number * len(every) // rounds
        for task in every[start:] + every[:start]:
            task.run()
    costs = {name: {key: way.cost() for key, way in found.items()} for name, found in tasks.items()}
    return costs, same.cost()["at"][0], middle(same.tasks[0].samples)["median"]


def main():
    folder, work, result = sys.argv[1:]
    with open(work, encoding="utf-8") as file:
        work = json.load(file)
    sys.path.insert(0, folder)
    module = importlib.import_module("boundary")
    globals()["Class"] = module.Class
    sys.path.extend(work["paths"])
    globals().update((name, importlib.import_module(name)) for name in work["modules"])
    found = []
    for one in work["types"]:
        row = {"type": one["type"]}
        if one["is_argument"]:
            row["answers"] = answers(getattr(module, "through_%d" % one["number"]), work["values"])
        if one["is_result"]:
            row["returns"] = type(getattr(module, "give_%d" % one["number"])(3)).__name__
        found.append(row)
    report = {"types": found}
    if work["rounds"]:
        expressions = {one["type"]: one["control"] for one in work["types"]}
        costs, noise, empty = timed(module, work["types"], work["rounds"])
        for row in found:
            row.update(costs[row["type"]], control_is=expressions[row["type"]])
        report.update(noise=noise, empty=empty, is_cpu_time=IS_CPU_TIME)
    with open(result, "w", encoding="utf-8") as file:
        json.dump(report, file)


if __name__ == "__main__":
    main()
