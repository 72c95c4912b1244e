"""JSON without needless copies: ``loads``, and a ``Document`` that is parsed on access."""

from json_parser._json_parser import (
    MAX_DEPTH,
    Document,
    __version__,
    loads,
)
from json_parser.errors import JSONError

__all__ = ["MAX_DEPTH", "Document", "JSONError", "__version__", "loads"]
