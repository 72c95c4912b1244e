"""Service settings, and the exceptions that they raise."""

from error_handling._error_handling import (
    MissingError,
    ParseError,
    Service,
    Settings,
    SettingsError,
    __version__,
)

__all__ = ["MissingError", "ParseError", "Service", "Settings", "SettingsError", "__version__"]
