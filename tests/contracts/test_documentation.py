"""The documentation says what is: its routes are the template's, its commands exist, its links lead somewhere."""

import json
import re
import subprocess
from pathlib import Path

import botocore.session
import pytest
import yaml
from typer.testing import CliRunner

from benchmarks import cost
from earnest import openapi
from earnest.commands.cli import app
from loyalty.domain.events.event import EventStatus
from tests.support.documentation import DOCS, PAGES, blocks, headings, links, name_of, prose, rows
from tests.support.expanded import expanded
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


def test_every_alarm_has_a_section_with_a_command_and_every_section_is_about_an_alarm() -> None:
    text = (DOCS / "operations.md").read_text()
    (alarms,) = re.findall(r"^## Alarms\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    _, *parts = re.split(r"^### (\w+)\n", alarms, flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    assert set(sections) == set(resources("AWS::CloudWatch::Alarm"))
    for name, section in sections.items():
        said, _, rest = section.partition("```sh\n")
        assert len(said.split()) > 8, f"{name}: what it means"
        assert rest, f"{name}: with what one begins"


@pytest.mark.parametrize("page", [DOCS / "operations.md", DOCS / "production.md"], ids=name_of)
def test_a_command_of_aws_has_the_options_that_a_page_gives_it(page: Path) -> None:
    text = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    services = {"deploy": "codedeploy"}
    found = re.findall(r"\baws ([\w-]+) ([a-z0-9-]+)((?:[^\n|)\"']|\"[^\"]*\"|'[^']*')*)", text)
    assert len(found) > 10
    for service, command, rest in found:
        if command == "wait":
            continue
        client = botocore.session.get_session().create_client(services.get(service, service), "us-east-1")
        operation = client.meta.method_to_api_mapping[command.replace("-", "_")]
        shape = client.meta.service_model.operation_model(operation).input_shape
        known = shape.members if shape else {}
        options = {name.replace("-", "") for name in re.findall(r"--(?:no-)?([\w-]+)", rest)}
        options -= {"query", "output", "notificationendpoint"}  # SNS's `endpoint` is another option of the command
        assert options <= {name.lower() for name in known}, f"aws {service} {command}"


def test_the_cost_of_a_month_is_what_the_measured_units_give() -> None:
    text = (DOCS / "production.md").read_text()
    assert cost.table() in text, "`python -m benchmarks.cost` reckons it anew"
    assert f"| {len(expanded())} of this one, and one for each function" in text
    assert f"Snapshots of {len(resources('AWS::Serverless::Function'))} functions" in text
    measured = cost.units()
    request = [
        measured[f"{what} an offer{more}"] for what, more in (("accept", ""), ("carry out", " (the queue's function)"))
    ]
    assert f"{sum(writes for *_, writes in request)} write units: about" in text
    _, _, lots = re.findall(
        r"^\| emit \|.* (\d+) · (\d+) · (\d+) \|$", (DOCS / "figures.md").read_text(), re.MULTILINE
    )[0]
    assert f"takes {lots} write units an emit in place of {measured['emit'][2]}" in text
    more = (int(lots) - measured["emit"][2]) * cost.WRITE_UNIT * cost.MILLION
    assert f"${more:.0f} a million events more" in text


def test_the_deployer_may_use_every_service_of_the_stack() -> None:
    named = {service for row in rows(DOCS / "production.md") for service in re.findall(r"^`(\w+)`|, `(\w+)`", row[0])}
    services = {one["Type"].split("::")[1].lower() for one in expanded(GradualDeployment="true").values()}
    assert services <= {first or second for first, second in named}


def test_the_life_of_an_event_is_drawn_with_all_its_states() -> None:
    (drawing,) = blocks(DOCS / "lifecycle.md", "mermaid")
    assert set(re.findall(r"[A-Z]{2,}", drawing)) == {status.value for status in EventStatus}


def test_the_glossary_has_ten_words() -> None:
    _, *words = rows(DOCS / "glossary.md")
    assert len(words) == 10
