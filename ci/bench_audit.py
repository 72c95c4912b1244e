"""Measures `monowheel audit` on real wheels, in one run, as ratios of CPU seconds.

Against the floor (ci/floor: decompression and SHA-256 of every entry, one thread, nothing else) and against
the tools that people use for parts of it: abi3audit, auditwheel show, delvewheel show,
check-wheel-contents, twine check, pydistcheck. The wheels are in ci/bench_audit.tsv with their
hashes; pip fetches them once.

    nox -s bench_audit -- [--rounds N] [--no-peers] [--small N]

CPU seconds are user + system of a process and its children, from the operating system; a round runs
every contestant once, one after the other, and the table shows medians over the rounds. Memory is the
largest resident size of one process. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import wheel_list
from process_cost import Cost, measured

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "ci" / "bench_audit.tsv"
WORK = ROOT / "target" / "bench_audit"
PEERS = [
    "abi3audit==0.0.26",
    "auditwheel==6.8.2",
    "delvewheel==1.13.2",
    "check-wheel-contents==0.6.3",
    "twine==7.0.0",
    "pydistcheck==0.11.3",
]
MOST_TIMES_FLOOR = 1.15
LEAST_TIMES_PEERS = 60.0
MEMORY_BESIDE_ENTRY = 64.0  # MiB


def floor() -> Path:
    """Compile the floor."""
    target = WORK / "floor"
    manifest = ROOT / "ci" / "floor" / "Cargo.toml"
    subprocess.run(
        ["cargo", "build", "-q", "--release", "--locked", "--manifest-path", manifest, "--target-dir", target],
        check=True,
    )
    return target / "release" / "floor"


def peers() -> Path:
    """Install the other tools, in an environment of their own."""
    environment = WORK / "peers"
    tool = environment / "bin"
    if not (tool / "pydistcheck").exists():
        say("installing the other tools")
        shutil.rmtree(environment, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([tool / "pip", "install", "-q", *PEERS], check=True)
    return tool


def small_wheels(count: int) -> Path:
    """Create a directory of many small wheels."""
    folder = WORK / f"small-{count}"
    if folder.is_dir():
        return folder
    say(f"creating {count} small wheels")
    staged = Path(tempfile.mkdtemp(dir=WORK))
    for index in range(count):
        name = f"small{index}"
        info = f"{name}-1.0.dist-info"
        with zipfile.ZipFile(staged / f"{name}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
            members = {
                f"{name}/__init__.py": f"VALUE = {index}\n" * 50,
                f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
                f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            }
            record = "".join(f"{path},,\n" for path in [*members, f"{info}/RECORD"])
            for path, text in {**members, f"{info}/RECORD": record}.items():
                archive.writestr(zipfile.ZipInfo(path), text, zipfile.ZIP_DEFLATED)
    staged.rename(folder)
    return folder


def largest_entry(paths: list[Path]) -> float:
    """MiB of the largest member of all wheels."""
    return max(max(entry.file_size for entry in zipfile.ZipFile(path).infolist()) for path in paths) / 2**20


def contestants(paths: list[Path], with_peers: bool) -> dict[str, list[list[str | Path]]]:
    """Return the command lines of each contestant."""
    audit: list[str | Path] = [sys.executable, "-m", "monowheel", "audit", "--quiet", "--json"]
    lines: dict[str, list[list[str | Path]]] = {
        "floor": [[floor(), *paths]],
        "monowheel, 1 thread": [[*audit, "--jobs", "1", *paths]],
        "monowheel, 2 threads": [[*audit, "--jobs", "2", *paths]],
    }
    if with_peers:
        tool = peers()
        linux = [path for path in paths if "linux" in path.name]
        windows = [path for path in paths if "win_" in path.name or "win32" in path.name]
        lines |= {
            "abi3audit": [[tool / "abi3audit", *(path for path in paths if "-abi3-" in path.name)]],
            "auditwheel show": [[tool / "auditwheel", "show", path] for path in linux],
            "delvewheel show": [[tool / "delvewheel", "show", path] for path in windows],
            "check-wheel-contents": [[tool / "check-wheel-contents", *paths]],
            "twine check": [[tool / "twine", "check", *paths]],
            "pydistcheck": [[tool / "pydistcheck", "--inspect", *paths]],
        }
    return lines


def total(costs: list[Cost]) -> Cost:
    """Sum the costs of commands that run one after the other."""
    return Cost(
        sum(cost.cpu for cost in costs),
        sum(cost.wall for cost in costs),
        max(cost.mebibytes for cost in costs),
        max(cost.code for cost in costs),
    )


def say(text: str) -> None:
    """Report progress."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Measure, print and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds (5)")
    parser.add_argument("--no-peers", action="store_true", help="only against the floor")
    parser.add_argument("--small", type=int, default=10_000, metavar="N", help="number of small wheels (10,000)")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    paths = wheel_list.fetch(LIST, WORK / "wheels")
    lines = contestants(paths, not options.no_peers)
    small = small_wheels(options.small)
    few = sorted(small.iterdir())[: max(1, options.small // 10)]
    audit = [sys.executable, "-m", "monowheel", "audit", "--quiet", "--json", "--jobs", "1"]
    few_list = WORK / "few"
    shutil.rmtree(few_list, ignore_errors=True)
    few_list.mkdir()
    for path in few:
        (few_list / path.name).hardlink_to(path)
    lines |= {"small wheels": [[*audit, small]], "a tenth of them": [[*audit, few_list]]}
    lines["floor of small wheels"] = [[lines["floor"][0][0], *sorted(small.iterdir())]]

    # Fill the disk's cache for all. The cost of a peer does not depend on the round: it is run once.
    measured(lines["floor"][0])
    rounds: dict[str, list[Cost]] = {name: [] for name in lines}
    for number in range(options.rounds):
        for name, commands in lines.items():
            is_ours = name.startswith(("floor", "monowheel", "small", "a tenth"))
            if is_ours or number == 0:
                say(f"round {number + 1}: {name}")
                rounds[name].append(total([measured(command) for command in commands]))
    return show(paths, rounds)


def show(paths: list[Path], rounds: dict[str, list[Cost]]) -> int:
    """Print the table and the goals, and give the exit code."""

    def cpu(name: str) -> float:
        return statistics.median(cost.cpu for cost in rounds[name])

    def wall(name: str) -> float:
        return statistics.median(cost.wall for cost in rounds[name])

    ratios = [ours.cpu / base.cpu for ours, base in zip(rounds["monowheel, 1 thread"], rounds["floor"])]
    entry = largest_entry(paths)
    size = sum(path.stat().st_size for path in paths) / 2**20
    print(f"{len(paths)} wheels, {size:.0f} MiB; largest entry {entry:.0f} MiB; medians of {len(ratios)} rounds\n")
    print(f"{'':24}{'CPU s':>8}{'wall s':>8}{'x floor':>9}{'peak MiB':>10}  exit")
    for name, costs in rounds.items():
        peak = max(cost.mebibytes for cost in costs)
        print(f"{name:24}{cpu(name):8.2f}{wall(name):8.2f}{cpu(name) / cpu('floor'):9.2f}{peak:10.0f}  {costs[0].code}")

    goals: list[tuple[str, bool]] = []
    ratio = statistics.median(ratios)
    goals.append((f"one thread {ratio:.2f}x the floor (goal at most {MOST_TIMES_FLOOR}x)", ratio <= MOST_TIMES_FLOOR))
    others = [name for name in rounds if name.split()[0] in {peer.split("==")[0] for peer in PEERS}]
    if others:
        times = sum(cpu(name) for name in others) / cpu("monowheel, 1 thread")
        text = f"the others together {times:.0f}x (goal at least {LEAST_TIMES_PEERS:g}x)"
        goals.append((text, times >= LEAST_TIMES_PEERS))
    for threads, name in ((1, "monowheel, 1 thread"), (2, "monowheel, 2 threads")):
        peak = max(cost.mebibytes for cost in rounds[name])
        bound = entry + MEMORY_BESIDE_ENTRY * threads
        goals.append((f"{name}: peak {peak:.0f} MiB (goal below {bound:.0f})", peak < bound))
    speed = wall("monowheel, 1 thread") / wall("monowheel, 2 threads")
    print(f"\n2 threads: {speed:.2f}x as fast as one")
    growth = cpu("small wheels") / cpu("a tenth of them")
    print(
        f"small wheels: {cpu('small wheels') / cpu('floor of small wheels'):.2f}x their floor; "
        f"ten times as many cost {growth:.1f}x"
    )
    for text, is_met in goals:
        print(f"{'met   ' if is_met else 'MISSED'}  {text}")
    return 0 if all(is_met for _, is_met in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
