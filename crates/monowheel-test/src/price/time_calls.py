"""Times statements with one build of a module: TIME FOLDER WORK RESULT. Standard library only, from CPython 3.8 on."""

import json
import sys
import timeit

# A pure Python function with the same statement for every build: what differs there is noise.
CONTROL = "control(1, 2)"
# Seconds that one timing takes at least, and how many there are.
ENOUGH, TIMES = 0.005, 5


def control(a, b):
    return a + b


def prepared(folder, work):
    """Import the build; return the names that the statements use."""
    sys.path.insert(0, folder)
    names = {"__name__": "__monowheel__", "control": control}
    exec(compile(work["setup"], "<setup>", "exec"), names)
    files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
    if not any(file.startswith(folder) and file.endswith((".so", ".pyd")) for file in files):
        raise SystemExit("the setup imports no extension module of the wheel")
    return names


def timed(statement, names):
    """Return the nanoseconds of one execution: the fastest of a few timings."""
    timer = timeit.Timer(statement, globals=names)
    number, seconds = 1, timer.timeit(1)
    while seconds < ENOUGH:
        number = number * 2 if seconds <= 0 else max(number * 2, int(number * min(ENOUGH * 1.2 / seconds, 100)))
        seconds = timer.timeit(number)
    return min(timer.timeit(number) for _ in range(TIMES)) / number * 1e9


def main():
    folder, work, result = sys.argv[1:]
    with open(work, encoding="utf-8") as file:
        work = json.load(file)
    names = prepared(folder, work)
    times = {statement: timed(statement, names) for statement in [*work["calls"], CONTROL]}
    with open(result, "w", encoding="utf-8") as file:
        json.dump(times, file)


if __name__ == "__main__":
    main()
