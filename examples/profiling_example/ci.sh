#!/bin/sh
# Profiles both versions with the interpreter in $PYTHON, which has pytest; it needs monowheel, and cargo to build for
# profilers. Profilers that are not available are skipped by name: perf comes from the system (linux-perf), the others
# from the index.
# Exit code 77: everything was skipped.
set -eu
cd -- "$(dirname -- "$0")"
python=${PYTHON:-python3}
if [ "$(uname -s)" != Linux ]; then
    echo "skipped: perf is for Linux"
    exit 77
fi
if ! command -v "${MONOWHEEL:-monowheel}" >/dev/null; then
    echo "skipped: monowheel is not on PATH (python -m pip install monowheel)"
    exit 77
fi
while read -r profiler; do
    # There may be no wheel of it for this Python yet.
    "$python" -m pip install --quiet --only-binary :all: "$profiler" || echo "not installed: $profiler"
done <profile/requirements.txt
exec "$python" -m pytest tests/profile -c pyproject.toml --rootdir . -p no:cacheprovider -q -rsP
