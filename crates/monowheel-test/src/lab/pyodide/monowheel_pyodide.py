"""A plugin of pytest for Pyodide: a test that starts a thread or a process is skipped, and the end says how many were."""

import pytest

skipped = {}


def why(error):
    """Say what Pyodide does not have, if that is what the test failed of; else None."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        text = str(error)
        if "can't start new thread" in text or "failed to spawn thread" in text:
            return "Pyodide has no threads"
        if "emscripten does not support processes" in text:
            return "Pyodide has no processes"
        error = error.__cause__ or error.__context__
    return None


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    reason = why(call.excinfo.value) if report.failed and call.excinfo else None
    if reason:
        skipped[reason] = skipped.get(reason, 0) + 1
        path, line, _ = item.location
        report.outcome = "skipped"
        report.longrepr = (path, (line or 0) + 1, "Skipped: " + reason)


def pytest_terminal_summary(terminalreporter):
    for reason, count in sorted(skipped.items()):
        terminalreporter.write_line("monowheel: {} skipped: {}".format(count, reason))
