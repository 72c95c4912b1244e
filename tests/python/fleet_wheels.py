"""Synthetic wheels for the tests of fleets: clean ones, defective ones, and files that are not wheels."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Iterable, Mapping

DATE = (1980, 1, 1, 0, 0, 0)


def wheel(
    name: str = "demo",
    version: str = "1.0",
    *,
    tag: str = "py3-none-any",
    members: Mapping[str, bytes] | None = None,
    spoil: str | None = None,
    generator: str = "flit 3.12",
) -> bytes:
    """Make a wheel; the RECORD's hash of the member ``spoil`` is wrong."""
    info = f"{name}-{version}.dist-info"
    pure = "true" if tag.endswith("-any") else "false"
    said = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nLicense-Expression: MIT\nLicense-File: LICENSE\n"
    all_members = {
        f"{name}/__init__.py": f"X = {version!r}\n".encode(),
        **(members or {}),
        f"{info}/licenses/LICENSE": b"MIT\n",
        f"{info}/METADATA": said.encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: {generator}\nRoot-Is-Purelib: {pure}\nTag: {tag}\n".encode(),
    }
    rows = []
    for path, data in all_members.items():
        digest = hashlib.sha256(b"other" if path == spoil else data).digest()
        rows.append(f"{path},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},{len(data)}\n")
    all_members[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"]).encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in all_members.items():
            entry = zipfile.ZipInfo(path, DATE)
            entry.external_attr = 0o100644 << 16
            # Stored, so that the size of a wheel is about that of its members.
            archive.writestr(entry, data, zipfile.ZIP_STORED)
    return out.getvalue()


def extension() -> bytes:
    """Return a real extension module for this Python: one that Dask depends on."""
    import msgpack  # noqa: PLC0415 - only with monowheel[fleet]

    (path,) = [path for path in Path(msgpack.__file__).parent.iterdir() if path.suffix in {".so", ".pyd"}]
    return path.read_bytes()


def distinct(count: int, *, padding: int = 0) -> Iterable[tuple[str, bytes]]:
    """Return file names and bytes of many wheels: two for each release; every seventh has a defect."""
    for number in range(count):
        name, version = f"p{number // 4:05}", f"{1 + number // 2 % 2}.0"
        tag = ("py3-none-any", "py2-none-any")[number % 2]
        members = {f"{name}/data.bin": hashlib.shake_128(str(number).encode()).digest(padding)} if padding else None
        spoil = f"{name}/__init__.py" if number % 7 == 0 else None
        generator = ("flit 3.12", "maturin 1.9", "hatchling 1.27")[number % 3]
        data = wheel(name, version, tag=tag, members=members, spoil=spoil, generator=generator)
        yield f"{name}-{version}-{tag}.whl", data


def hostile() -> dict[str, bytes]:
    """Return files that are not the wheels that their names promise."""
    good = wheel("bad", "1.0")
    return {
        "bad-1.0-py3-none-any.whl": good[:-30],
        "empty-1.0-py3-none-any.whl": b"",
        "text-1.0-py3-none-any.whl": b"<html>not found</html>",
        "nameless.whl": good,
        "odd-1.0-py3-none-any.whl": b"PK\x05\x06" + b"\xff" * 18,
    }


def tree(root: Path, count: int = 200, *, padding: int = 0) -> Path:
    """Write wheels to a directory tree of 8 directories, with hostile ones, duplicates and an sdist."""
    for number, (file, data) in enumerate(distinct(count, padding=padding)):
        folder = root / f"d{number // 4 % 8}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(data)
    for file, data in hostile().items():
        (root / "d0" / file).write_bytes(data)
    copies = root / "copies"
    copies.mkdir()
    for path in sorted((root / "d1").glob("*.whl"))[:4]:
        (copies / path.name).write_bytes(path.read_bytes())
    (root / "d0" / "p00000-1.0.tar.gz").write_bytes(b"not a tarball")
    return root
