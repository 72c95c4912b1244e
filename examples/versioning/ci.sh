#!/bin/sh
# Runs the tests on the wheel for 3.11; `monowheel test` has run them on the one for 3.8. It is compiled and put before
# the installed one for $PYTHON, which has pytest. Exit code 77: skipped, with the reason.
set -eu
cd -- "$(dirname -- "$0")"
python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "skipped: $("$python" --version) does not take a wheel for 3.11"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# maturin sets this: the module takes Python's symbols from the process that loads it.
PYO3_BUILD_EXTENSION_MODULE=1 cargo build --locked --lib --no-default-features --features abi3-py311
target=$(cargo metadata --locked --no-deps --format-version 1 |
    "$python" -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
cp -R python/versioning "$work/"
for library in "$target"/debug/libversioning.so "$target"/debug/libversioning.dylib; do
    [ ! -f "$library" ] || cp "$library" "$work/versioning/_versioning.abi3.so"
done
export PYTHONPATH="$work" PYTHONDONTWRITEBYTECODE=1
"$python" -c 'import versioning; assert versioning.versions().floor == (3, 11), versioning.versions()'
"$python" -m pytest tests/python -c pyproject.toml --rootdir . -p no:cacheprovider -q
