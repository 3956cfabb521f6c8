"""The pages of the documentation as tests read them: text, code blocks, tables, links, and the calls they show."""

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.project import ROOT, routes

README, DOCS = ROOT / "README.md", ROOT / "docs"
CLIENTS = [ROOT / "clients" / name / "README.md" for name in ("python", "typescript")]
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "tests" / "README.md", *CLIENTS, *sorted(DOCS.glob("*.md"))]

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Call:
    """A curl line of a page, and the JSON that the page shows as its answer."""

    page: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str | None
    answer: str | None

    @property
    def route(self) -> tuple[str, dict[str, str]]:
        """The folder of the function that answers, and the path's parameters."""
        for folder, method, path in routes():
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), self.path)
            if found and method == self.method:
                return folder, found.groupdict()
        raise AssertionError(f"{self.page} calls {self.method} {self.path}, which is no route")


def name_of(page: Path) -> str:
    """The page's path in the repository."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> list[str]:
    """The page's code blocks in these languages; all of them if none is named."""
    found = _BLOCK.findall(page.read_text())
    return [textwrap.dedent(text) for _, language, text in found if not languages or language in languages]


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return _BLOCK.sub("", page.read_text())


def links(page: Path) -> list[str]:
    """Where the page's links lead that lead into the repository."""
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose(page))


def headings(page: Path) -> set[str]:
    """The anchors of the page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def rows(page: Path) -> list[list[str]]:
    """The cells of every row of the page's tables, without code marks."""
    lines = re.findall(r"^\|(.*)\|$", prose(page), re.MULTILINE)
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [row for row in cells if not all(set(cell) <= set("-: ") for cell in row)]


def calls(page: Path) -> Iterator[Call]:
    """The page's curl lines in order, each with the JSON block that follows it at once, if one does."""
    text = page.read_text()
    for block in _BLOCK.finditer(text):
        lines = re.findall(r"^curl .*?(?=^curl |\Z)", block[3], re.MULTILINE | re.DOTALL) if block[2] == "sh" else []
        following = re.match(r"\s*```json\n(.*?)^```$", text[block.end() :], re.MULTILINE | re.DOTALL)
        for line in lines:
            yield call_of(name_of(page), line, following[1] if following and line is lines[-1] else None)


def call_of(page: str, line: str, answer: str | None = None) -> Call:
    """What a curl line of that page calls."""
    words = iter(shlex.split(line.replace("$URL", "")))
    method, url, body = None, "", None
    headers: dict[str, str] = {}
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                body = next(words)
                if body.startswith("@"):
                    body = (ROOT / body[1:]).read_text()
            case _ if word.startswith("/"):
                url = word
    path, _, asked = url.partition("?")
    query = dict(pair.split("=", 1) for pair in asked.split("&")) if asked else {}
    return Call(page, method or ("GET" if body is None else "POST"), path, query, headers, body, answer)
