"""The wheels that a release has on the index, and which of them answers to one of ours."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kept_results import Json

INDEX = "https://pypi.org/simple"


def published(release: str) -> list[Json]:
    """List the wheels of a release on the index, with hash and size: one request."""
    name, _, version = release.partition("==")
    request = urllib.request.Request(f"{INDEX}/{name}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})  # noqa: S310 - https
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - https
        files = json.load(answer)["files"]
    wheels = [file for file in files if file["filename"].endswith(".whl")]
    return [
        {
            "file": file["filename"],
            "size": file.get("size"),
            "sha256": file["hashes"].get("sha256"),
            "url": urllib.parse.urljoin(f"{INDEX}/{name}/", file["url"]),
        }
        for file in wheels
        if file["filename"].split("-")[1] == version
    ]


def systems(tag: str) -> set[tuple[str, str]]:
    """Split the platforms of a tag into system and processor, without levels."""
    found = set()
    for part in tag.split("."):
        system = next((name for name in ("manylinux", "musllinux", "macosx", "win") if part.startswith(name)), part)
        arch = next(
            (name for name in ("x86_64", "aarch64", "arm64", "universal2", "amd64") if part.endswith(name)), part
        )
        found.add((system, arch))
    return found


def alone(file: Json | None) -> Json | None:
    """Return a counterpart that is one file."""
    return file and {"files": [file], "size": file["size"]}


def counterpart(wheel: str, others: list[Json]) -> Json | None:
    """Find the published wheel for the same ABI and platform, for a universal one also both halves together.

    The floor of abi3 may differ. If none has the stable ABI, it is the wheel for the newest single version.
    """
    _, _, python, abi, tag = Path(wheel).stem.split("-")
    parts = []
    for other in others:
        theirs, its, on = Path(other["file"]).stem.split("-")[-3:]
        parts.append((other, theirs, its, systems(on)))
    if abi.startswith("cp"):
        same = [(other, on) for other, theirs, its, on in parts if theirs == python and its in {abi, "none"}]
    else:
        stable = abi.split(".")[-1]
        same = [(other, on) for other, _, its, on in parts if its.split(".")[-1] == stable]
        if not same and stable == "abi3":
            same = [(other, on) for other, theirs, its, on in reversed(parts) if its == theirs]
    ours = systems(tag)
    if ("macosx", "universal2") not in ours:
        return alone(next((other for other, on in same if on & ours), None))
    whole = alone(next((other for other, on in same if ("macosx", "universal2") in on), None))
    halves = [next((other for other, on in same if on == {("macosx", arch)}), None) for arch in ("x86_64", "arm64")]
    if whole or None in halves:
        return whole
    sizes = [half["size"] or 0 for half in halves if half]
    return {"files": [half for half in halves if half], "size": sum(sizes)}


def fetched(file: Json, folder: Path) -> Path:
    """Download a published wheel and compare its hash."""
    folder.mkdir(exist_ok=True)
    path = folder / str(file["file"])
    if not path.is_file():
        with urllib.request.urlopen(file["url"], timeout=600) as answer:  # noqa: S310 - https
            content: bytes = answer.read()
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise SystemExit(f"{file['file']}: not the file that the index promised")
        path.write_bytes(content)
    return path
