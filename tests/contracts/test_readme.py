"""The README says what is: its routes are the template's, its commands exist, its links lead somewhere."""

import re
import subprocess

import pytest
from typer.testing import CliRunner

from earnest.cli import app
from tests.support.project import ROOT, routes

README = (ROOT / "README.md").read_text()
COMMANDS = sorted(
    set(re.findall(r"^(make \w+|bin/\w+|earnest \S+)", README, re.MULTILINE)) | set(re.findall(r"`(make \w+)", README))
)


def test_every_route_is_in_the_readme_and_every_route_there_is_real() -> None:
    shown = set(re.findall(r"^\| `(GET|POST|PUT|PATCH|DELETE) (/\S*)` \|", README, re.MULTILINE))
    assert shown == {(method, path) for _, method, path in routes()}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_the_readme_exists(command: str) -> None:
    program, target = command.split(" ", 1)
    if program == "make":
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)
    else:
        assert CliRunner().invoke(app, [target, "--help"]).exit_code == 0


def test_the_readme_names_the_two_commands() -> None:
    assert {"make run", "make test"} <= set(COMMANDS)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!http)([^)#]+)", README))))
def test_a_link_in_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_readme_draws_the_architecture_and_the_lifecycle() -> None:
    assert README.count("```mermaid") >= 2
