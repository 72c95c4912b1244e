"""The rows of the audit crate's `tests/audit/resolve.tsv` come from `packaging`; its Rust tests compare with them.

`python tests/python/test_resolve.py` writes new rows. It needs packaging 26.3: older ones do not know abi3t, or put
`linux_*` last.
"""

from __future__ import annotations

import random
from pathlib import Path
from unittest import mock

import pytest
from packaging import __version__, _manylinux, _musllinux, tags
from packaging.specifiers import SpecifierSet
from packaging.utils import parse_wheel_filename
from packaging.version import Version

GOLDEN = Path(__file__).resolve().parents[2] / "crates" / "monowheel-audit" / "tests" / "audit" / "resolve.tsv"
HEAD = "# Answers of packaging 26.3, written by tests/python/test_resolve.py: python, platform, wheels, the one taken"

pytestmark = [
    pytest.mark.every_python,
    pytest.mark.skipif(Version(__version__) < Version("26.3"), reason="packaging is too old"),
]


def platforms(machine: str) -> list[str]:
    """The result of `platform_tags()` on a machine named by its newest platform tag."""
    system, _, rest = machine.partition("_")
    if system not in {"manylinux", "musllinux", "macosx"}:
        return [machine]
    major, minor, arch = rest.split("_", 2)
    version = (int(major), int(minor))
    if system == "macosx":
        return list(tags.mac_platforms(version, arch))
    if system == "manylinux":
        glibc = mock.patch.object(_manylinux, "_get_glibc_version", return_value=_manylinux._GLibCVersion(*version))
        with glibc, mock.patch.object(_manylinux, "_have_compatible_abi", return_value=True):
            return [f"linux_{arch}", *_manylinux.platform_tags([arch])]
    musl = _musllinux._MuslVersion(*version)
    with mock.patch.object(_musllinux, "_get_musl_version", return_value=musl):
        return [f"linux_{arch}", *_musllinux.platform_tags([arch])]


def accepted(python: str, machine: str) -> dict[tags.Tag, int]:
    """Every tag that the interpreter accepts, with its place in the order of preference."""
    version = tuple(int(part) for part in python.rstrip("t").split("."))
    nodot = f"cp{version[0]}{version[1]}"
    abi = nodot + ("t" if python.endswith("t") else "")
    known = platforms(machine)
    ordered = [*tags.cpython_tags(version, [abi], known), *tags.compatible_tags(version, nodot, known)]
    ranks: dict[tags.Tag, int] = {}
    for rank, tag in enumerate(ordered):
        ranks.setdefault(tag, rank)
    return ranks


def taken(python: str, machine: str, wheels: list[str]) -> str:
    """The wheel that pip's `CandidateEvaluator` would sort last, `-` for none; pre-releases only without others."""
    ranks = accepted(python, machine)
    best = None
    for wheel in wheels:
        file, _, requires = wheel.partition("|")
        _, version, build, of_wheel = parse_wheel_filename(file)
        rank = min((ranks[tag] for tag in of_wheel if tag in ranks), default=None)
        if rank is None or not SpecifierSet(requires).contains(python.rstrip("t") + ".99"):
            continue
        key = (not version.is_prerelease, version, -rank, build)
        if best is None or key > best[0]:
            best = (key, file)
    return "-" if best is None else best[1]


def rows() -> list[list[str]]:
    """The rows of the file, split."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def test_the_rows_are_what_packaging_says() -> None:
    """Nothing in the file was written by hand, and packaging has not changed its result."""
    wrong = [row for row in rows() if taken(row[0], row[1], row[2].split(" ")) != row[3]]
    assert rows()
    assert not wrong


def write(seed: int = 803, count: int = 600) -> None:
    """Write rows of random wheels, chosen so that most rows have several wheels to choose from."""
    chance = random.Random(seed)  # noqa: S311 - the same rows each time
    pythons = [f"3.{minor}" for minor in range(8, 16)] + ["3.13t", "3.14t", "3.15t"]
    linux = [
        *("manylinux_2_17_{}", "manylinux_2_28_{}", "manylinux2014_{}", "manylinux1_{}"),
        *("linux_{}", "musllinux_1_2_{}", "musllinux_1_1_{}", "manylinux_2_5_{}"),
    ]
    mac = [
        *("macosx_10_9_x86_64", "macosx_10_12_universal2", "macosx_11_0_arm64", "macosx_11_0_universal2"),
        *("macosx_10_9_intel", "macosx_14_0_arm64", "macosx_13_0_x86_64", "macosx_11_1_arm64", "macosx_10_16_x86_64"),
    ]
    machines = {
        "manylinux_2_17_x86_64": [name.format("x86_64") for name in linux],
        "manylinux_2_34_aarch64": [name.format(arch) for name in linux for arch in ("aarch64", "aarch64", "x86_64")],
        "manylinux_2_39_i686": [name.format("i686") for name in linux],
        "musllinux_1_2_x86_64": [name.format("x86_64") for name in linux],
        "macosx_10_12_x86_64": mac,
        "macosx_11_0_arm64": mac,
        "macosx_14_0_x86_64": mac,
        "macosx_26_0_arm64": mac,
        "win_amd64": ["win_amd64", "win_amd64", "win32", "win_arm64"],
        "win32": ["win_amd64", "win32"],
    }
    lines = [HEAD]
    for _ in range(count):
        python, machine = chance.choice(pythons), chance.choice(list(machines))
        free = python.endswith("t")
        minor = int(python.rstrip("t")[2:])
        wheels = set()
        for _ in range(chance.randint(1, 6)):
            near = max(2, min(16, minor + chance.choice([-3, -2, -1, 0, 0, 0, 0, 1])))
            own = f"cp3{near}"
            tag, abi = chance.choice(
                [
                    (own, "abi3"),
                    (own, "abi3"),
                    (own, "abi3t"),
                    (own, "abi3.abi3t"),
                    (own, own),
                    (own, own + "t"),
                    (own, own + ("t" if free else "")),
                    (own, "none"),
                    ("py3", "none"),
                    (f"py3{near}", "none"),
                    ("py2.py3", "none"),
                    ("cp38", "abi3"),
                    ("cp315", "abi3.abi3t"),
                    ("pp39", "pypy39_pp73"),
                ]
            )
            names = chance.sample(machines[machine], chance.choice([1, 1, 1, 2]))
            platform = "any" if abi == "none" and chance.random() < 0.5 else ".".join(sorted(set(names)))
            build = chance.choice(["", "", "", "", "-1", "-2b", "-10"])
            version = chance.choice(["1.0", "1.0", "1.0", "1.0", "1.1rc1", "0.9"])
            requires = chance.choice(["", "", "", ">=3.8", f">=3.{near}", ">=3.10,!=3.12.*", "<3.13"])
            wheels.add(f"demo-{version}{build}-{tag}-{abi}-{platform}.whl|{requires}")
        files = sorted({wheel.split("|")[0]: wheel for wheel in sorted(wheels)}.values())
        lines.append("\t".join([python, machine, " ".join(files), taken(python, machine, files)]))
    GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
