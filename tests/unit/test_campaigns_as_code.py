"""Files of rewards and campaigns: what they say, what is wrong with them, and how they differ from a stack."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from rich.console import Console

from earnest.commands.apply import Change, InvalidFiles, export_files, plan, schema_text
from earnest.commands.program_files import KINDS, Documents, file_name, read_folder
from earnest.commands.yaml import read
from earnest.errors import CommandError
from tests.support.project import ROOT

REWARD, CONFIG_OFFER, CAMPAIGN = KINDS
POINTS = "kind: reward\nid: points\nname: Points\n"
WELCOME = """\
kind: campaign
id: welcome
name: Welcome
trigger: REGISTRATION
rules:
  - name: hello
    conditions:
      -   - field: metadata.country
            operator: eq
            value: NO
    effects:
      - reward_id: points
        amount: 100
"""
THERE: Documents = {
    ("reward", "points"): REWARD.with_defaults({"name": "Points"}),
    ("campaign", "welcome"): CAMPAIGN.with_defaults(
        {
            "name": "Welcome",
            "trigger": "REGISTRATION",
            "rules": [
                {
                    "name": "hello",
                    "conditions": [[{"field": "metadata.country", "operator": "eq", "value": "NO"}]],
                    "effects": [{"reward_id": "points", "amount": 100}],
                }
            ],
            "end_date": None,
        }
    ),
}


def folder(path: Path, **files: str) -> Path:
    """A folder with these files."""
    for name, text in files.items():
        (path / f"{name}.yaml").write_text(text)
    return path


def mistakes(path: Path, existing: Documents | None = None) -> list[str]:
    """What is wrong with a folder, without the folder's own path."""
    with pytest.raises(InvalidFiles) as refused:
        plan(path, existing or {}, prune=False)
    return [line.removeprefix(f"{path}/") for line in str(refused.value).split("\n")]


def test_a_new_folder_creates_what_is_named_first(tmp_path: Path) -> None:
    changes = plan(folder(tmp_path, a=WELCOME, b=POINTS), {}, prune=False)
    assert [(one.kind.name, one.id, one.before) for one in changes] == [
        ("reward", "points", None),
        ("campaign", "welcome", None),
    ]


def test_a_config_offer_is_a_file_as_well(tmp_path: Path) -> None:
    coffee = "kind: config_offer\nid: coffee\nname: A free coffee\nbenefits:\n  sku: COFFEE\n"
    (change,) = plan(folder(tmp_path, a=coffee), {}, prune=False)
    assert (change.kind.path, change.after) == (
        "config-offers",
        {"name": "A free coffee", "benefits": {"sku": "COFFEE"}, "active": True},
    )
    existing: Documents = {
        ("config_offer", "coffee"): CONFIG_OFFER.with_defaults({"name": "A free coffee", "benefits": {"sku": "COFFEE"}})
    }
    assert plan(tmp_path, existing, prune=True) == []
    assert plan(folder(tmp_path, a=coffee + "active: false\n"), existing, prune=False)[0].after != change.after
    assert mistakes(folder(tmp_path, a=coffee + "activ: false\n")) == ["a.yaml:6:1: activ: is not a known field"]


def test_a_campaign_may_give_a_config_offer_of_the_folder_or_the_stack_and_no_other(tmp_path: Path) -> None:
    gives = WELCOME.replace("reward_id: points\n        amount: 100", "offer: coffee\n        valid_for: 7/days")
    coffee = "kind: config_offer\nid: coffee\nname: A free coffee\n"
    folder(tmp_path, a=gives)
    assert mistakes(tmp_path) == ["a.yaml:12:9: rules.0.effects.0.offer: is not a config offer of this brand"]
    existing: Documents = {("config_offer", "coffee"): CONFIG_OFFER.with_defaults({"name": "A free coffee"})}
    assert [one.id for one in plan(tmp_path, existing, prune=False)] == ["welcome"]
    with pytest.raises(InvalidFiles, match=r"a\.yaml:12:9: rules\.0\.effects\.0\.offer"):
        plan(tmp_path, existing, prune=True)
    assert [one.id for one in plan(folder(tmp_path, b=coffee), {}, prune=True)] == ["coffee", "welcome"]
    assert mistakes(folder(tmp_path, b=coffee + "active: 1\n")) == ["b.yaml:4:1: active: must be true or false"]


def test_what_is_there_already_changes_nothing(tmp_path: Path) -> None:
    assert plan(folder(tmp_path, a=WELCOME, b=POINTS), THERE, prune=True) == []


def test_a_difference_in_the_form_alone_is_none(tmp_path: Path) -> None:
    text = WELCOME.replace("amount: 100", "amount: 1.0e2") + "status: RUNNING\nstart_date:\n"
    assert plan(folder(tmp_path, a=text), THERE, prune=False) == []


def test_true_is_not_one(tmp_path: Path) -> None:
    one, true = (WELCOME.replace("value: NO", f"value: {word}") for word in ("1", "true"))
    (existing,) = plan(folder(tmp_path, a=one), THERE, prune=False)
    assert existing.after
    changed = {**THERE, ("campaign", "welcome"): existing.after}
    assert plan(tmp_path, changed, prune=False) == []
    assert len(plan(folder(tmp_path, a=true), changed, prune=False)) == 1


def test_pruning_deletes_what_names_it_before_what_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("empty").mkdir()
    assert plan(tmp_path, THERE, prune=False) == []
    changes = plan(tmp_path, THERE, prune=True)
    assert [(one.kind.name, one.after) for one in changes] == [("campaign", None), ("reward", None)]


def test_a_campaign_may_grant_a_reward_of_the_stack_unless_that_is_pruned(tmp_path: Path) -> None:
    folder(tmp_path, a=WELCOME)
    assert plan(tmp_path, THERE, prune=False) == []
    with pytest.raises(InvalidFiles, match=r"a\.yaml:12:9: rules\.0\.effects\.0\.reward_id: is not a reward"):
        plan(tmp_path, THERE, prune=True)


def test_every_mistake_is_told_with_file_line_and_column(tmp_path: Path) -> None:
    bad = WELCOME.replace("eq", "equals").replace("amount: 100", "amount: -1\n        colour: red")
    folder(tmp_path, a=bad, b=POINTS.replace("Points", "5"), c="kind: thing\nid: x\n", d="- 1\n", e="a: [\n")
    first, *others = mistakes(tmp_path)
    assert first.startswith("a.yaml:9:13: rules.0.conditions.0.0.operator: must be 'eq', 'ne'")
    assert others == [
        "a.yaml:13:9: rules.0.effects.0.amount: must be greater than 0",
        "a.yaml:14:9: rules.0.effects.0.colour: is not a known field",
        "b.yaml:3:1: name: must be a string",
        "c.yaml:1:1: kind: must be reward or config_offer or campaign",
        "d.yaml:1:1: body: must be an object",
        "e.yaml:2:1: expected the node content, but found '<stream end>'",
    ]


def test_one_thing_in_two_files_is_a_mistake(tmp_path: Path) -> None:
    folder(tmp_path, a=POINTS, b=POINTS)
    assert mistakes(tmp_path) == [f"b.yaml:2:1: id: reward points is in {tmp_path}/a.yaml already"]


def test_a_mistaken_reward_is_not_told_again_by_the_campaigns_that_grant_it(tmp_path: Path) -> None:
    folder(tmp_path, a=WELCOME, b=POINTS + "decimals: 9\n")
    assert mistakes(tmp_path) == ["b.yaml:4:1: decimals: must be less than or equal to 4"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder"):
        plan(tmp_path / "none", {}, prune=False)


def test_what_is_exported_applies_without_a_change(tmp_path: Path) -> None:
    written = export_files(tmp_path, THERE)
    assert [str(one.relative_to(tmp_path)) for one in written] == [
        "earnest.schema.json",
        "rewards/points.yaml",
        "campaigns/welcome.yaml",
    ]
    assert plan(tmp_path, THERE, prune=True) == []
    first = (tmp_path / "campaigns/welcome.yaml").read_text().split("\n")[0]
    assert first == "# yaml-language-server: $schema=../earnest.schema.json"


def test_exporting_again_leaves_files_that_say_the_same_and_writes_over_the_others(tmp_path: Path) -> None:
    folder(tmp_path, mine="# our own words\n" + POINTS, other=WELCOME.replace("100", "50"))
    written = export_files(tmp_path, THERE)
    assert [one.name for one in written] == ["earnest.schema.json", "other.yaml"]
    assert (tmp_path / "mine.yaml").read_text().startswith("# our own words")
    assert plan(tmp_path, THERE, prune=True) == []


@pytest.mark.parametrize("id_", ["a", "A", "a%2Fb", "..\\..\\x", "x" * 255, "😀" * 100, "...", "a b", "con:"])
def test_any_id_has_a_file_name_of_its_own(tmp_path: Path, id_: str) -> None:
    existing: Documents = {("reward", one): REWARD.with_defaults({"name": one}) for one in ("plain", id_)}
    written = export_files(tmp_path, existing)
    assert len({str(one).lower() for one in written}) == 3
    assert all(one.resolve().is_relative_to(tmp_path.resolve()) for one in written)
    assert plan(tmp_path, existing, prune=True) == []
    assert len(file_name(id_).encode()) < 130


def test_a_change_is_shown_line_by_line() -> None:
    before, after = THERE["campaign", "welcome"], {**THERE["campaign", "welcome"], "status": "PAUSED"}
    console = Console(width=80, color_system="standard", force_terminal=True)
    with console.capture() as captured:
        Change(CAMPAIGN, "welcome", before, after).show(console)
    shown = captured.get()
    assert "change campaign welcome" in shown
    assert "\x1b[31m  -status: RUNNING\x1b[0m" in shown
    assert "\x1b[32m  +status: PAUSED\x1b[0m" in shown


def test_a_field_that_no_request_is_known_to_have_is_told_with_its_line_and_applied(tmp_path: Path) -> None:
    misspelt = WELCOME.replace("metadata.country", "order.valeu")
    _, change = plan(folder(tmp_path, a=misspelt, b=POINTS), {}, prune=False)
    console = Console(width=80, color_system=None)
    with console.capture() as captured:
        change.show(console)
    *_, last = captured.get().splitlines()
    assert last == (
        f"warning: {tmp_path}/a.yaml:8:13: rules.0.conditions.0.0.field: "
        "no request is known to have order.valeu; did you mean order.value?"
    )


def test_a_change_is_told_alone_and_a_file_in_the_order_of_a_tale(tmp_path: Path) -> None:
    stored = {"rules": THERE["campaign", "welcome"]["rules"], "status": "RUNNING", "trigger": "REGISTRATION"}
    existing: Documents = {**THERE, ("campaign", "welcome"): CAMPAIGN.with_defaults({**stored, "name": "Welcome"})}
    (change,) = plan(folder(tmp_path, a=WELCOME.replace("amount: 100", "amount: 50")), existing, prune=False)
    assert [line.strip() for line in change.lines() if line[0] in "+-"] == [
        "-        amount: 100",
        "+        amount: 50",
    ]
    (tmp_path / "a.yaml").unlink()
    export_files(tmp_path, existing)
    _, written = (tmp_path / "campaigns" / "welcome.yaml").read_text().split("\n", 1)
    assert written.replace("'NO'", "NO").replace("status: RUNNING\n", "") == WELCOME


def test_the_committed_schema_is_the_generated_one() -> None:
    assert (ROOT / "docs" / "campaign.schema.json").read_text() == schema_text()


def test_the_schema_knows_every_field_of_each_kind() -> None:
    kinds: list[dict[str, Any]] = json.loads(schema_text())["oneOf"]
    assert [one["properties"]["kind"] for one in kinds] == [{"const": kind.name} for kind in KINDS]
    assert [one["required"] for one in kinds] == [
        ["kind", "id", "name"],
        ["kind", "id", "name"],
        ["kind", "id", "name", "trigger", "rules"],
    ]
    assert all(one["additionalProperties"] is False for one in kinds)


def test_the_schema_takes_what_the_models_take() -> None:
    takes = jsonschema_rs.Draft202012Validator(json.loads(schema_text())).is_valid
    examples = sorted((ROOT / "docs" / "examples").glob("*.json"))
    assert all(takes({"kind": "campaign", "id": "c", **json.loads(one.read_text())}) for one in examples)
    assert takes(read(POINTS).value)
    welcome = read(WELCOME).value
    assert takes(welcome)
    (effect,) = welcome["rules"][0]["effects"]
    for wrong in ({"cap": 5}, {"amount": 0}, {"per": {"field": "order.value"}}, {"colour": "red"}):
        assert not takes({**welcome, "rules": [{"effects": [{**effect, **wrong}]}]})
    for condition in ({"operator": "count_gte", "value": 3}, {"field": "order", "operator": "exists"}):
        assert takes({**welcome, "rules": [{"conditions": [[condition]], "effects": [effect]}]})
    assert not takes({**welcome, "rules": [{"conditions": [[{"operator": "equals"}]], "effects": [effect]}]})


def test_reading_is_by_kind_and_id(tmp_path: Path) -> None:
    found, problems = read_folder(folder(tmp_path, a=WELCOME, b=POINTS), {})
    assert (list(found), problems) == ([("reward", "points"), ("campaign", "welcome")], [])
