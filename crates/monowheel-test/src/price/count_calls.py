"""Runs statements below callgrind, which writes its counts at each call of getloadavg: COUNT FOLDER WORK NUMBER.

Imports time_calls.py, which lies beside it.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from time_calls import prepared  # noqa: E402 - after the path is known


def main():
    folder, work, number = sys.argv[1:]
    with open(work, encoding="utf-8") as file:
        work = json.load(file)
    names = prepared(folder, work)
    for statement in ["pass", *work["calls"]]:
        code = compile("for _ in range(%s):\n    %s\n" % (number, statement), "<call>", "exec")
        # Caches fill, and code is specialized.
        exec(code, names)
        os.getloadavg()
        exec(code, names)
        os.getloadavg()


if __name__ == "__main__":
    main()
