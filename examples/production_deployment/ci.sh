#!/bin/sh
# The release of README.md, in a repository of its own in a temporary directory, with only the wheel of this machine and
# the interpreter in $PYTHON. It needs git, and monowheel with its extras `build` and `release` ($MONOWHEEL).
# Nothing is pushed or published. Exit code 77: skipped, with the reason.
set -eu
cd -- "$(dirname -- "$0")"
monowheel=${MONOWHEEL:-monowheel}
for tool in "$monowheel" git; do
    command -v "$tool" >/dev/null || {
        echo "skipped: $tool is not installed"
        exit 77
    }
done
[ "$(uname -s)" = Linux ] || {
    echo "skipped: releases are built on Linux"
    exit 77
}
step() {
    echo "== $*"
    "$@"
}

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir "$work/repository"
tar --exclude=./target --exclude=./dist -cf - . | tar -xf - -C "$work/repository"
cd -- "$work/repository"
git init -q -b main
git config user.name "The example"
git config user.email example@example.invalid
git add .
git commit -qm "The sources"

# The workflows belong at the top of the repository, which this directory is now. Until monowheel is on an index, their
# locks do not have its hashes.
step "$monowheel" ci github --check --offline
# They build with the Rust and the packages that pyproject.toml names, this machine with its own: `release check`
# would report that.
git rm -rq .github

# One wheel instead of five, which takes minutes less; all other steps are as in README.md.
target=manylinux_2_17_$(uname -m)
sed -i '/^targets = \[$/,/^\]$/c\targets = ["'"$target"'"]' pyproject.toml
git commit -qam "Only $target"

# The first build writes the tool lock, which is committed: a release is built from a commit.
step "$monowheel" --quiet build
git add monowheel.lock
git commit -qm "The tools"

step "$monowheel" release prepare 0.1.0 --yes
git commit -qam "Release 0.1.0"
step "$monowheel" --quiet build
step "$monowheel" --quiet test dist --python "${PYTHON:-python3}"
step "$monowheel" release check
step "$monowheel" release tag
step "$monowheel" publish --rehearse --python "${PYTHON:-python3}"
step "$monowheel" pin dist -o "$work/requirements.txt"
step "$monowheel" pin --check "$work/requirements.txt" dist
step "${PYTHON:-python3}" -m pip install --quiet --no-deps --require-hashes --no-index --find-links dist \
    --target "$work/installed" -r "$work/requirements.txt"

# Test that the check can fail: with one more byte, it has to report the release.
echo >>dist/production_deployment-0.1.0.tar.gz
if "$monowheel" --quiet release check >"$work/check.txt" || ! grep "has changed since" "$work/check.txt"; then
    echo "error: release check did not notice a changed sdist"
    exit 1
fi
echo "the release of $target: every step succeeded, and a changed file was noticed"
