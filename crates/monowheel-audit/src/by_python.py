"""Run the checks of a wheel that need Python: read a JSON file, print a JSON object."""

import ast
import io
import json
import sys
import warnings
from pathlib import Path

asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
answer = {"description": None, "unavailable": None, "faults": [], "unjudged": None}

if asked["description"] is not None:
    try:
        from readme_renderer import rst
    except ImportError as error:
        answer["unavailable"] = f"{error.name or error} is not installed"
    else:
        if isinstance(getattr(rst, "SETTINGS", None), dict):
            # Report every problem, not only fatal ones, to get the line number.
            rst.SETTINGS = {**rst.SETTINGS, "report_level": rst.SETTINGS.get("halt_level", 2)}
        said = io.StringIO()
        rendered = rst.render(asked["description"], said)
        lines = [line.strip() for line in said.getvalue().splitlines() if line.strip()]
        failed = (lines or ["no content rendered"])[0]
        failed = failed[len("<string>:") :] if failed.startswith("<string>:") else failed
        answer["description"] = "" if rendered is not None else "line " + failed if failed[:1].isdigit() else failed

oldest = max(tuple(asked["oldest"]), (3, 7))
warnings.simplefilter("ignore")
# Older parsers accept assignment expressions whatever the feature version.
can_judge = sys.version_info >= (3, 10)
if asked["sources"] and not can_judge:
    answer["unjudged"] = (
        f"Python {sys.version_info[0]}.{sys.version_info[1]} cannot check it; run monowheel with 3.10 or later"
    )
for path, text in asked["sources"] if can_judge else []:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        continue  # not Python, or newer than this one
    try:
        ast.parse(text, feature_version=oldest)
    except SyntaxError as error:
        answer["faults"].append([path, error.lineno or 1, error.msg])
print(json.dumps(answer))
