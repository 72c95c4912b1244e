"""Print the CPythons that tox ran the wheel on, and fail if there was none.

tox skips an interpreter that is not on the machine; a run that skipped all of them has tested nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(path: str) -> int:
    """Read tox's ``--result-json`` file and return the exit code."""
    environments = json.loads(Path(path).read_text(encoding="utf-8"))["testenvs"]
    ran = {
        name: result["python"]["version_info"][:2]
        for name, result in environments.items()
        if result.get("test") and "python" in result
    }
    for name, version in sorted(ran.items(), key=lambda item: item[1]):
        print(f"{name}: ran on CPython {'.'.join(map(str, version))}")
    if not ran:
        print("error: tox ran the wheel on no interpreter; install a CPython from 3.8 to 3.13", file=sys.stderr)
    return 0 if ran else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
