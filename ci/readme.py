"""Run the first block of README.md as it is written, in an empty directory and a new environment: `nox -s readme`.

`pip` finds this checkout's wheel (./ci/bootstrap builds it) beside the index; everything else is as a reader has it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def commands() -> list[str]:
    """Return the commands of the first block, without the prompt."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.split("```console\n", 1)[1].split("```", 1)[0]
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


def main() -> int:
    """Run them in one shell, which ends at the first that fails."""
    with tempfile.TemporaryDirectory(prefix="a reader's ") as directory:
        environment = Path(directory) / "environment"
        venv.create(environment, with_pip=True)
        empty = Path(directory) / "empty"
        empty.mkdir()
        env = {
            **os.environ,
            "PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PIP_FIND_LINKS": (ROOT / "target" / "host-wheel").as_uri(),
            "VIRTUAL_ENV": str(environment),
        }
        script = "set -ex\n" + "\n".join(commands()) + "\n"
        done = subprocess.run(["bash", "-c", script], check=False, cwd=empty, env=env, stdin=subprocess.DEVNULL)
        wheels = len(list(empty.glob("*/dist/*.whl")))
    print(f"exit code {done.returncode}, {wheels} wheels")
    return done.returncode or int(wheels == 0)


if __name__ == "__main__":
    sys.exit(main())
