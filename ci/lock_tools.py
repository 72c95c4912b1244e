"""Lock the packages that workflows and this checkout install: with all dependencies, each file by its SHA-256.

`monowheel ci` copies the locks of lock/data into a project, so that the job with permission to publish installs
only packages chosen here. Those of ci/locks are for ./ci/test and tox. The requirements are those of pyproject.toml,
actions.toml and ci/requirements-*.txt; uv resolves them on the index. `--upgrade` uses the newest versions, otherwise
those in the locks stay if they are still valid. Only wheels are used: no code of a package runs while it is installed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
CI = ROOT / "crates" / "monowheel-release" / "src" / "ci"
LOCKS = CI / "lock" / "data"
OWN = ROOT / "ci" / "locks"
# Packages that only a rehearsal imports.
REHEARSAL = ("multipart", "pypiserver")
# The oldest Python of a machine that builds or publishes: that of Ubuntu 24.04. GitLab's image has 3.13.
LINUX = ["--python-version", "3.12", "--python-platform", "x86_64-manylinux_2_28"]


def every(oldest: str) -> list[str]:
    """Return the options for a lock for every system, on this Python and later."""
    return ["--python-version", oldest, "--universal"]


def requirements() -> dict[Path, tuple[list[str], list[str]]]:
    """Return the requirements of each lock, and its machines."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    with (CI / "actions.toml").open("rb") as file:
        tools = {tool["name"]: tool["version"] for tool in tomllib.load(file)["tool"]}
    publish = [wanted for wanted in extras["release"] if not wanted.startswith(REHEARSAL)]
    everywhere = every(tools["python"])
    test = (ROOT / "ci" / "requirements-test.txt").read_text(encoding="utf-8").splitlines()
    dev = (ROOT / "ci" / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    dev = [*test, *(line for line in dev if not line.startswith("-r "))]
    return {
        LOCKS / "build.txt": (extras["build"], LINUX),
        LOCKS / "publish.txt": (publish, LINUX),
        LOCKS / "tox.txt": ([f"{name}=={tools[name]}" for name in ("tox", "tox-uv")], everywhere),
        LOCKS / "msvc.txt": ([f"cibuildwheel=={tools['cibuildwheel']}"], everywhere),
        # Older ones copy the entire checkout, target directory included, before they build it.
        OWN / "pip.txt": (["pip>=23.1"], every("3.8")),
        OWN / "build.txt": (extras["build"], every("3.8")),
        OWN / "test.txt": (test, every("3.8")),
        OWN / "dev.txt": (dev, every("3.9")),
    }


def main() -> None:
    """Write the locks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", action="store_true", help="use the newest versions")
    options = parser.parse_args()
    uv = Path(sys.executable).with_name("uv")
    shape = ["--generate-hashes", "--only-binary", ":all:", "--no-header", "--no-annotate", "--no-config"]
    for path, (wanted, machines) in requirements().items():
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "requirements.in"
            source.write_text("\n".join(wanted) + "\n", encoding="utf-8")
            words = [str(uv), "pip", "compile", "--quiet", *shape, *machines]
            words += ["--upgrade"] if options.upgrade else []
            subprocess.run([*words, str(source), "--output-file", str(path)], check=True)
        print(f"{path.relative_to(ROOT)}: {path.read_text(encoding='utf-8').count('==')} packages")


if __name__ == "__main__":
    main()
