"""monowheel: one abi3 wheel per platform, from one PyO3 crate, on one Linux machine.

The work is done by the extension module ``monowheel._monowheel``; this package only gives it names.
It imports nothing else, so that ``import monowheel`` costs no more than loading that module.
"""

from monowheel._monowheel import __version__

__all__ = ["__version__"]
