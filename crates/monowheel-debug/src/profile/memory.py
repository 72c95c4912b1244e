"""Prints what is allocated at the peak as JSON: `memory.py FILE`, a recording of memray."""

from __future__ import annotations

import json
import sys

import memray

MOST = 20_000


def main() -> None:
    """Read the recording."""
    with memray.FileReader(sys.argv[1]) as reader:
        sums: dict[tuple[tuple[str, str], ...], int] = {}
        has_native = reader.metadata.has_native_traces
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            trace = record.hybrid_stack_trace() if has_native else record.stack_trace()
            key = tuple((str(function), str(file)) for function, file, _ in trace)
            sums[key] = sums.get(key, 0) + record.size
        peak = reader.metadata.peak_memory
    stacks = sorted(sums.items(), key=lambda pair: -pair[1])[:MOST]
    json.dump({"peak": peak, "stacks": [{"frames": frames, "size": size} for frames, size in stacks]}, sys.stdout)


main()
