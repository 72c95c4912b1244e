"""Run the checks of a wheel that need Python: read a JSON file, print a JSON object."""

import ast
import io
import json
import re
import sys
import token
import tokenize
import warnings
from pathlib import Path

F_STRINGS = (3, 12)


def newer_f_string(text):
    """Return the line of an f-string that Python 3.11 cannot parse, and the reason (PEP 701); None if there is none."""
    quotes = []
    for found in tokenize.generate_tokens(io.StringIO(text).readline):
        if found.type == token.FSTRING_END:
            quotes.pop()
        elif quotes and found.type != token.FSTRING_MIDDLE:
            if any(quote in found.string for quote in quotes):
                return found.start[0], "f-string: an expression has the quotes of the string"
            if "\\" in found.string:
                return found.start[0], "f-string: an expression has a backslash"
            if found.type == tokenize.COMMENT or ("\n" in found.string and min(map(len, quotes)) == 1):
                return found.start[0], "f-string: an expression has several lines or a comment"
        if found.type == token.FSTRING_START:
            quotes.append(found.string.lstrip("fFrR"))
    return None


NEWER = [
    ((3, 12), r"type\s+\w+\s*(\[.*\])?\s*=", "type statements are from Python 3.12"),
    ((3, 12), r"(async\s+def|def|class)\s+\w+\s*\[", "type parameters are from Python 3.12"),
    ((3, 14), r"except\s+[\w.]+\s*(,\s*[\w.]+\s*)+:", "several exceptions without parentheses are from Python 3.14"),
    ((3, 14), r".*(?<![\w\"'])[tT][rR]?[\"'].*\{", "t-strings are from Python 3.14"),
]


def newer_statement(line):
    """Return why a line that this Python cannot parse is from a newer one; None if nothing says so."""
    for since, pattern, why in NEWER:
        if oldest < since and sys.version_info < since and re.match(pattern, line):
            return why
    return None


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
    except SyntaxError as error:
        newer = newer_statement((error.text or "").strip())
        if newer:
            answer["faults"].append([path, error.lineno or 1, newer])
            continue
        # Not Python, or newer than this one. f-strings are of Python 3, so this is what the oldest one says, too.
        if oldest <= sys.version_info < F_STRINGS and str(error.msg).startswith("f-string"):
            answer["faults"].append([path, error.lineno or 1, error.msg])
        continue
    except (ValueError, RecursionError, MemoryError):
        continue
    try:
        ast.parse(text, feature_version=oldest)
    except SyntaxError as error:
        answer["faults"].append([path, error.lineno or 1, error.msg])
        continue
    try:
        newer = newer_f_string(text) if oldest < F_STRINGS <= sys.version_info else None
    except (SyntaxError, tokenize.TokenError):
        continue  # the parser took what the tokenizer does not
    if newer:
        answer["faults"].append([path, *newer])
print(json.dumps(answer))
