"""mkdocs hooks: pages generated from the installed monowheel, and links that point outside docs/.

The home page is README.md. The commands are those of ``monowheel --help``; each rule has a page of its own.
``llms.txt`` lists all pages (llmstxt.org), and the schema of ``[tool.monowheel]`` is where its ``$id`` says.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, NamedTuple

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent.parent
# Where the wheel is, seen from the page, which is a directory.
DEMO = "."
SOURCE = "https://github.com/monowheel/monowheel/blob/main/"
LINK = re.compile(r"(?<!!)\]\(([^)\s]+)\)")
FENCE = "```"
# rustdoc attributes after the language, which the book's test reads.
FENCE_WORDS = re.compile(r"^(```\w+),\S+$", re.MULTILINE)


class Command(NamedTuple):
    """A command and its help."""

    words: tuple[str, ...]
    help: str


def monowheel(*words: str) -> str:
    """Run the installed monowheel, with help as wide as a page."""
    command = [sys.executable, "-m", "monowheel", *words]
    env = {"COLUMNS": "96", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8", env=env, cwd=ROOT).stdout


def commands(*words: str) -> Iterator[Command]:
    """List a command and its subcommands, in the order of its help."""
    text = monowheel(*words, "--help")
    yield Command(words, text)
    for section in re.findall(r"^[A-Z][^\n]*:\n((?:  +\S[^\n]*\n|\n(?=  +[a-z]))+)", text, re.MULTILINE):
        for name in re.findall(r"^  ([a-z][a-z-]*)(?:  |$)", section, re.MULTILINE):
            if name != "help":
                yield from commands(*words, name)


def command_page() -> str:
    """Write the page of all commands."""
    parts = ["# Commands\n", "The output of `monowheel COMMAND --help`.\n"]
    for command in commands():
        title = " ".join(("monowheel", *command.words))
        parts.append(f"## {title}\n\n{FENCE}text\n{command.help.rstrip()}\n{FENCE}\n")
    return "\n".join(parts)


def rule_pages() -> dict[str, str]:
    """Write a page for each rule, one for each group and one for all."""
    rules = json.loads(monowheel("rules", "--json"))["rules"]
    pages = {}
    groups: dict[str, list[str]] = {}
    for rule in rules:
        doc = re.sub(r"^# ", "## ", rule["doc"], flags=re.MULTILINE)
        head = f"# {rule['id']}\n\n`{rule['severity']}` · group [{rule['group']}]({rule['group']}.md)\n\n"
        pages[f"rules/{rule['id']}.md"] = head + doc
        row = f"| [{rule['id']}]({rule['id']}.md) | {rule['severity']} | {rule['summary'].replace('|', '&#124;')} |"
        groups.setdefault(rule["group"], []).append(row)
    table = "| Rule | Severity | Problem |\n| --- | --- | --- |\n"
    index = f"# Rules\n\n{len(rules)} rules; `monowheel explain RULE` prints the same text.\n"
    for group, rows in groups.items():
        pages[f"rules/{group}.md"] = f"# Rules: {group}\n\n{table}" + "\n".join(rows) + "\n"
        index += f"\n## {group}\n\n{table}" + "\n".join(rows) + "\n"
    return {**pages, "rules/index.md": index}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {"index.md": readme, "reference/commands.md": command_page(), **rule_pages()}
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Refuse a page that the navigation does not list."""
    _ = config
    known = {page.file.src_uri for page in nav.pages}
    lost = [file.src_uri for file in files.documentation_pages() if file.src_uri not in known]
    lost = [path for path in lost if not path.startswith("rules/") and path != "rules.md"]
    if lost:
        raise PluginError(f"not in the navigation of mkdocs.yml: {', '.join(sorted(lost))}")
    return nav


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point links to the page of the site, or to the source where the site has none."""
    _ = config
    if page.file.src_uri == "demo.md":
        markdown = markdown.replace('"WHEEL"', f'"{DEMO}/{wheel.name}"' if (wheel := demo_wheel()) else '""')
    folder = posixpath.dirname(page.file.src_uri)
    # README.md is beside docs/, the other pages are in it.
    here = "" if page.file.src_uri == "index.md" else posixpath.join("docs", folder)

    def target(found: re.Match[str]) -> str:
        link, _, anchor = found.group(1).partition("#")
        if not link or "://" in link or link.startswith("mailto:"):
            return found.group(0)
        path = posixpath.normpath(posixpath.join(here, link))
        end = f"#{anchor}" if anchor else ""
        if path == "docs/rules.md":
            page_of_rule = f"rules/{anchor}.md"
            path, end = f"docs/{page_of_rule if files.get_file_from_path(page_of_rule) else 'rules/index.md'}", ""
        if path == "README.md":
            path = "docs/index.md"
        if path.startswith("docs/") and path != "docs":
            return f"]({posixpath.relpath(path[len('docs/') :], folder or '.')}{end})"
        return f"]({SOURCE}{path}{end})"

    return LINK.sub(target, FENCE_WORDS.sub(r"\1", markdown))


def demo_wheel() -> Path | None:
    """Find the wheel that the demo runs; without it the page says so."""
    return next(iter(sorted((ROOT / "target" / "demo").glob("*wasm32.whl"))), None)


def on_post_build(config: MkDocsConfig) -> None:
    """Write llms.txt, each page with its title; the schema, and the wheel of the demo."""
    site = Path(config.site_dir)
    if wheel := demo_wheel():
        shutil.copy(wheel, site / "demo")
    lines = [f"# {config.site_name}", "", f"> {config.site_description}", "", "## Pages", ""]
    for page in sorted(site.rglob("index.html")):
        title = re.search(r"<title>(.*?)(?: - monowheel)?</title>", page.read_text(encoding="utf-8"), re.DOTALL)
        path = page.parent.relative_to(site).as_posix().rstrip(".")
        lines.append(f"- [{title.group(1).strip() if title else path}]({config.site_url}{path}{'/' if path else ''})")
    (site / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (site / "monowheel.schema.json").write_text(monowheel("schema"), encoding="utf-8")
