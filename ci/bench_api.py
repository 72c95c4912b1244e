"""Time reading the Python surface of a crate of 100,000 lines, with an optimized build of monowheel-api alone.

The benchmark is `crates/monowheel-api/benches/surface.rs`. Exit code 1 when the median is above a second.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    command = ["cargo", "bench", "--locked", "-p", "monowheel-api", "--bench", "surface"]
    sys.exit(subprocess.run(command, check=False, cwd=ROOT).returncode)
