"""CRC-32 of bytes; in the wheel for CPython 3.11 and later, of any buffer."""

from versioning import _versioning
from versioning._versioning import Versions, __version__, crc32, verify, versions

__all__ = ["Versions", "__version__", "crc32", "verify", "versions"]

# This depends on the floor of the wheel, not on the running Python, which may have the wheel for 3.8.
if hasattr(_versioning, "crc32_buffer"):
    from versioning._versioning import crc32_buffer

    __all__ += ["crc32_buffer"]
