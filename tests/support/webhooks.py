"""The webhooks of docs/braze.md and docs/brame.md, read out of the pages: URL, method, headers, body."""

import re
from dataclasses import dataclass

from tests.support.project import ROOT, routes

PAGES = ROOT / "docs"


@dataclass(frozen=True)
class Webhook:
    """What a marketer enters."""

    url: str
    method: str
    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        """The route, without the host and the stage."""
        return re.sub(r"^https://[^/]+/v1", "", self.url)

    @property
    def function(self) -> str:
        """The function that is called."""
        (name,) = (name for name, method, path in routes() if (method, path) == (self.method, self.path))
        return name


def section(page: str, title: str) -> str:
    """What stands under a heading of a page, up to the next one."""
    text = (PAGES / page).read_text()
    found = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def blocks(page: str, title: str) -> list[str]:
    """The code blocks under a heading."""
    return re.findall(r"^```(?:liquid|json)\n(.*?)^```$", section(page, title), re.MULTILINE | re.DOTALL)


def rows(page: str, title: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    lines = [line for line in section(page, title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[2:]]


def webhook(page: str, title: str) -> Webhook:
    """The webhook under a heading."""
    fields = {name: value.strip("`") for name, value in rows(page, title)}
    headers = {name.removeprefix("Header ").strip("`"): value for name, value in fields.items() if "Header" in name}
    (body,) = blocks(page, title)
    url = next(value for name, value in fields.items() if name.endswith("URL"))
    return Webhook(url, fields["HTTP method"], headers, body)
