"""Publish nine files to an index on this machine: monowheel against twine alone, as a ratio.

twine gets a token that was obtained beforehand; monowheel checks the wheels, gets its own token by trusted publishing,
runs the same twine, and downloads and compares the served files. Neither makes attestations. The index starts empty.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent


def seconds(command: list[str], env: dict[str, str]) -> float:
    """Run a command that has to succeed."""
    began = time.monotonic()
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def asked(url: str, headers: dict[str, str] | None = None, data: object = None) -> str:
    """Request a token from the index, and return it."""
    body = None if data is None else json.dumps(data).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, headers or {})) as answer:  # noqa: S310 - loopback
        document = json.load(answer)
    return str(document.get("value") or document.get("token"))


def complete(is_there: bool) -> None:
    """Exit if the index does not have exactly the wheels: then nothing was measured."""
    if not is_there:
        sys.exit("the index does not have exactly the distributions")


def main() -> None:
    """Time both, in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    # They build the distributions and run an index.
    publishing = SimpleNamespace(**runpy.run_path(str(ROOT / "tests" / "python" / "test_publish.py")))
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(prefix="bench publish ") as name:
        top = Path(name)
        dist = top / "dist"
        dist.mkdir()
        publishing.make_set(dist)
        subprocess.run(
            [sys.executable, "-m", "monowheel", "-q", "test", str(dist), "--python", sys.executable], check=True
        )
        files = sorted(str(path) for path in dist.iterdir() if path.name.endswith((".whl", ".tar.gz")))
        for number in range(rounds):
            with publishing.running(top / f"ours {number}") as index:
                command = [sys.executable, "-m", "monowheel", "publish", "--dist", str(dist), *index.words()]
                ours.append(seconds(command, {**os.environ, **index.env}))
                complete(index.has() == publishing.expected(dist))
            with publishing.running(top / f"theirs {number}") as index:
                bearer = {"Authorization": f"bearer {index.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
                identity = asked(f"{index.url}/ci/identity?audience=rehearsal", bearer)
                token = asked(f"{index.url}/_/oidc/mint-token", data={"token": identity})
                command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--repository-url"]
                env = {**os.environ, "TWINE_USERNAME": "__token__", "TWINE_PASSWORD": token}
                theirs.append(seconds([*command, f"{index.url}/legacy/", *files], env))
                complete(index.has() == publishing.expected(dist))
    ratio = statistics.median(one / other for one, other in zip(ours, theirs))
    print(f"{len(files)} files, {rounds} rounds, medians: monowheel {statistics.median(ours):.2f} s,", end=" ")
    print(f"twine alone {statistics.median(theirs):.2f} s, {ratio:.2f}x")


if __name__ == "__main__":
    main()
