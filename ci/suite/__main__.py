"""The program behind `./ci/test`."""

from __future__ import annotations

import sys

from suite.command import main
from suite.steps import QUICK, STEPS

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], STEPS, QUICK))
