#!/bin/sh
# Runs the debugger sessions with the interpreter in $PYTHON. It needs monowheel, pytest, and cargo to
# build for debugging.
# Exit code 77: skipped, with the reason.
set -eu
cd -- "$(dirname -- "$0")"
if ! command -v gdb >/dev/null && ! command -v lldb >/dev/null; then
    echo "skipped: neither gdb nor lldb is installed (apt-get install gdb lldb)"
    exit 77
fi
if ! command -v "${MONOWHEEL:-monowheel}" >/dev/null; then
    echo "skipped: monowheel is not on PATH (python -m pip install monowheel)"
    exit 77
fi
exec "${PYTHON:-python3}" -m pytest tests/debug -c pyproject.toml --rootdir . -p no:cacheprovider -q -rs
