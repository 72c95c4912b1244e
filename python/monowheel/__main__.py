"""The ``monowheel`` command, also as ``python -m monowheel``."""

import sys

from monowheel._monowheel import main as _main

__all__ = ["main"]

# The exit code of every command after Ctrl-C: 128 + SIGINT; the core's ``ExitCode::Interrupted``.
_INTERRUPTED = 130


def main() -> int:
    """Run the command line in ``sys.argv`` and return its exit code (0, 1, 2, 3, or 128 + a signal)."""
    # SIGPIPE stays ignored, as Python sets it: the default would kill a build whose output went to
    # `head` and leave its compilers running. The core sees a failed write instead and exits quietly,
    # and the tools it starts get the default back.
    try:
        return _main(sys.argv[1:], sys.executable)
    except KeyboardInterrupt:
        # The core handles Ctrl-C itself while it runs. This is the time before and after, when a
        # traceback would not help anybody.
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
