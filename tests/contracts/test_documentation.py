"""The documentation says what is: its routes are the template's, its commands exist, its links lead somewhere."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from earnest import openapi
from earnest.commands.cli import app
from loyalty.domain.events.event import EventStatus
from tests.support.documentation import DOCS, PAGES, blocks, headings, links, name_of, prose, rows
from tests.support.project import FUNCTIONS, LAYER, ROOT, resources, routes, template
from tests.support.published import operations

TESTS = ROOT / "tests"
LINKS = sorted({(name_of(page), link) for page in PAGES for link in links(page)})
NAMES = sorted(
    {
        (name_of(page), name)
        for page in PAGES
        for name in re.findall(r"`((?:[a-z]\w*/)*(?:\w+/|[\w-]+\.(?:py|md|json|yaml|toml|txt)))`", prose(page))
    }
)
# The example of CONTRIBUTING is of something that is not there.
EXAMPLE = "send_thanks"
each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def _commands(page: Path) -> set[str]:
    """What the page tells its reader to type: lines of its shell blocks, and commands within its sentences."""
    lines = {line for block in blocks(page, "sh", "") for line in block.splitlines()}
    said = set(re.findall(r"`([^`]+)`", prose(page)))
    wanted = r"(make [a-z]+|bin/\w+|earnest keys [a-z]+|earnest [a-z-]+)(?= |$)"
    return {found[1] for one in lines | said if (found := re.match(wanted, one))}


COMMANDS = sorted({command for page in PAGES for command in _commands(page)})


def test_every_route_is_described_with_its_scopes_and_every_route_described_is_real() -> None:
    shown = {row[0].strip("`"): set(row[1].split(", ")) for row in rows(DOCS / "endpoints.md") if row[0][:1] == "`"}
    shown = {route: scopes for route, scopes in shown.items() if " /" in route}
    wanted = {}
    for folder, method, path in routes():
        scopes = {scope for one in operations()[folder]["security"] for named in one.values() for scope in named}
        wanted[f"{method} {path}"] = (scopes - {"admin"} or scopes) if scopes else {"none", "no key"}
    assert shown == wanted


def test_every_section_takes_its_key_in_the_header_that_is_described() -> None:
    (api,) = resources("AWS::Serverless::Api").values()
    headers = {name: one["Identity"]["Headers"][0] for name, one in api["Auth"]["Authorizers"].items()}
    shown = [(row[0], row[1].strip("`")) for row in rows(DOCS / "endpoints.md") if row[1].endswith(" KEY`")]
    *sections, (others, default) = [(re.findall(r"`/([\w-]+)/…`", paths), header) for paths, header in shown]
    assert not others
    for route in openapi.routes():
        if route.authorizer:
            section = next(
                part for part in route.path.split("/") if part and part not in ("api", "v3.0", "v4.0", "v4", "v4.1")
            )
            header = next((header for named, header in sections if section in named), default)
            assert header.partition(":")[0] == headers[route.authorizer], route.path


@each_page
def test_a_route_that_a_page_names_is_real(page: Path) -> None:
    named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`?\s]*)", prose(page)))
    if page.name == "CONTRIBUTING.md":
        named -= {"POST /customers/{id}/thanks"}  # the one to add
    assert named <= {f"{method} {path}" for _, method, path in routes()}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_named_exists(command: str) -> None:
    program, *words = command.split()
    if program == "make":
        subprocess.run(["make", "--dry-run", *words], cwd=ROOT, check=True, capture_output=True)
    elif program == "earnest":
        assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0
    else:
        assert (ROOT / program).exists()


@pytest.mark.parametrize(("page", "link"), LINKS, ids=str)
def test_a_link_leads_somewhere(page: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page
    assert target.exists()
    assert not anchor or anchor in headings(target)


@pytest.mark.parametrize(("page", "name"), NAMES, ids=str)
def test_a_file_that_is_named_is_there(page: str, name: str) -> None:
    if EXAMPLE in name:
        assert EXAMPLE not in FUNCTIONS
    else:
        whole = [place / name for place in (ROOT, ROOT / "tests", LAYER, LAYER / "loyalty", (ROOT / page).parent)]
        parts = [] if "/" in name else [path for place in (DOCS, LAYER, TESTS) for path in place.rglob(name)]
        assert parts or any(path.exists() for path in whole)


@each_page
def test_what_is_shown_in_a_language_is_in_that_language(page: Path) -> None:
    for text in blocks(page, "json"):
        json.loads(text)
    for text in blocks(page, "yaml"):
        assert yaml.safe_load(text)
    for text in blocks(page, "python"):
        compile(text, page, "exec")


@each_page
def test_prose_is_wrapped_where_code_is(page: Path) -> None:
    if page.name != "figures.md":  # written by `make bench`
        assert not [line for line in prose(page).splitlines() if len(line) > 120 and not line.startswith("|")]


def test_every_parameter_of_the_stack_is_described_with_its_default() -> None:
    shown = {row[0].strip("`"): row[1] for row in rows(DOCS / "deployment.md")[1:]}
    assert shown == {name: str(one["Default"]) for name, one in template()["Parameters"].items()}


def test_the_life_of_an_event_is_drawn_with_all_its_states() -> None:
    (drawing,) = blocks(DOCS / "lifecycle.md", "mermaid")
    assert set(re.findall(r"[A-Z]{2,}", drawing)) == {status.value for status in EventStatus}


def test_the_glossary_has_ten_words() -> None:
    _, *words = rows(DOCS / "glossary.md")
    assert len(words) == 10
