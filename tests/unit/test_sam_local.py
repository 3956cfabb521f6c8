"""The template as `sam local` understands it, made of the template."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from earnest.commands import cli
from earnest.errors import CommandError
from earnest.local import containers
from earnest.local.sam_local import for_sam_local, write
from tests.support.project import resources, template


def test_every_authorizer_is_the_function_itself() -> None:
    (api,) = [one for one in for_sam_local(template(), None)["Resources"].values() if one["Type"].endswith("::Api")]
    authorizers = api["Properties"]["Auth"]["Authorizers"].values()
    assert [one["FunctionArn"] for one in authorizers] == [{"Fn::GetAtt": ["Authorize", "Arn"]}] * len(authorizers)
    assert len(authorizers) == 3


def test_the_address_of_an_engine_is_there_if_there_is_an_engine() -> None:
    before = template()["Globals"]["Function"]["Environment"]["Variables"]
    for endpoint, more in ((None, {}), ("http://172.18.0.1:4566", {"AWS_ENDPOINT_URL": "http://172.18.0.1:4566"})):
        after = for_sam_local(template(), endpoint)["Globals"]["Function"]["Environment"]["Variables"]
        assert after == {**before, **more}


def test_nothing_else_is_different_and_the_template_stays_as_it_is(tmp_path: Path) -> None:
    built = tmp_path / "template.yaml"
    built.write_text(yaml.safe_dump(template()))
    local = yaml.safe_load(write(built).read_text())
    assert yaml.safe_load(built.read_text()) == template()
    different = [name for name, one in template()["Resources"].items() if local["Resources"][name] != one]
    assert different == list(resources("AWS::Serverless::Api"))
    assert local["Parameters"]["PathParameters"]["Default"] == "decoded"
    local["Parameters"]["PathParameters"]["Default"] = template()["Parameters"]["PathParameters"]["Default"]
    assert {**local, "Resources": None} == {**template(), "Resources": None}


def test_a_function_waits_for_a_debugger_that_is_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_DEBUGGER", tmp_path)
    with pytest.raises(CommandError, match="debugpy is missing: `make invoke DEBUG=5890`"):
        containers.debugger(5890)
    (tmp_path / "debugpy").mkdir()
    told: list[list[str]] = []

    def run(_home: object, verb: str, words: list[str]) -> int:
        told.append([verb, *words])
        return 0

    monkeypatch.setattr(cli, "run_sam_local", run)
    assert CliRunner().invoke(cli.app, ["invoke", "EmitEvent", "--debug", "5890", "--skip-pull-image"]).exit_code == 0
    assert CliRunner().invoke(cli.app, ["invoke", "EmitEvent", "--debug", "0"]).exit_code == 2
    ((*words, name, path, arguments, value),) = told
    assert words[:2] == ["invoke", "EmitEvent"]
    assert words[4:] == ["--skip-pull-image", "--debug-port", "5890"]
    assert (name, path, arguments) == ("--debugger-path", str(tmp_path), "--debug-args")
    assert value.endswith("/debugpy --listen 0.0.0.0:5890 --wait-for-client")
