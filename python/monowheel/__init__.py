"""monowheel: one abi3 wheel per platform, from one PyO3 crate, on one Linux machine.

The implementation is the extension module ``monowheel._monowheel``; this package only re-exports its names.
It imports nothing else, so ``import monowheel`` costs no more than loading that module.

>>> report = monowheel.audit("dist")
>>> report.ok
True

``monowheel.commands`` has the other commands as functions; it is imported when it is used.
"""

from monowheel._monowheel import (
    AuditedFile,
    Finding,
    FormatError,
    IncompleteError,
    MonowheelError,
    Report,
    UsageError,
    __version__,
    audit,
)

__all__ = [
    "AuditedFile",
    "Finding",
    "FormatError",
    "IncompleteError",
    "MonowheelError",
    "Report",
    "UsageError",
    "__version__",
    "audit",
]
