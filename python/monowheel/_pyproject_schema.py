"""The plugin of validate-pyproject: the schema of ``[tool.monowheel]``."""

from __future__ import annotations

import json
from typing import Any

from monowheel._monowheel import config_schema

__all__ = ["tool_schema"]


def tool_schema(tool: str) -> dict[str, Any]:
    """Return the JSON Schema of the table; there is only one, so the name does not matter."""
    del tool
    schema: dict[str, Any] = json.loads(config_schema())
    return schema
