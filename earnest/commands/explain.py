"""Prints the explanation of an event as a tree."""

from typing import Any

from rich.text import Text
from rich.tree import Tree

from earnest.commands.client import Document
from loyalty import json as exact

_MARKS = {True: ("✓ ", "green"), False: ("✗ ", "red")}
_NOTHING = "nothing"


def explanation_tree(explanation: Document) -> Tree:
    """Return a tree to print: the event, its campaigns, their rules, and each condition with the value it found."""
    title = Text.assemble(("Event ", "bold"), (explanation["event_id"], "bold cyan"), f"  {explanation['type']}")
    root = Tree(title)
    if not explanation["evaluated"]:
        root.add(Text("recorded, not evaluated: the brand was disabled", style="yellow"))
    elif not explanation["campaigns"]:
        root.add(Text(f"no campaign listens to {explanation['type']}", style="yellow"))
    if rescue := explanation.get("rescue"):
        root.add(Text(f"rescued at {rescue['at']} with the key {rescue['key_id']}: {rescue['reason']}"))
    for campaign in explanation["campaigns"]:
        _add_campaign(root, campaign)
    return root


def _add_campaign(root: Tree, campaign: Document) -> None:
    rewarded = campaign["outcome"] == "Rewarded"
    name = (campaign["name"], "bold green" if rewarded else "bold")
    outcome = (campaign["outcome"], "green" if rewarded else "yellow")
    label = Text.assemble(name, f" ({campaign['campaign_id']})  ", outcome)
    branch = root.add(label.append(f"\n{campaign['sentence']}"))
    for number, rule in enumerate(campaign["rules"], 1):
        groups = rule["conditions"]
        twig = branch.add(_marked(rule["held"], (rule["name"] or f"rule {number}") + ("" if groups else ": always")))
        for which, group in enumerate(groups, 1):
            parent = twig if len(groups) == 1 else twig.add(Text("any of these" if which == 1 else "or", style="dim"))
            for condition in group:
                _add_condition(parent, condition)


def _add_condition(branch: Tree, condition: Document) -> None:
    if "any_item" not in condition:
        branch.add(_marked(condition["held"], _condition(condition)))
        return
    item = (
        "there is none" if condition["item"] is None else f"the nearest is {condition['any_item']}.{condition['item']}"
    )
    twig = branch.add(_marked(condition["held"], f"any item of {condition['any_item']}, {item}"))
    for which, group in enumerate(condition["where"]):
        if which:
            twig.add(Text("or", style="dim"))
        for one in group:
            twig.add(_marked(one["held"], _condition(one)))


def _condition(condition: Document) -> str:
    words = [condition["field"], condition["operator"]]
    words += [] if condition["wanted"] is None else [_shown(condition["wanted"])]
    words += ["within", condition["within"]] if "within" in condition else []
    return f"{' '.join(word for word in words if word)}, found {_shown(condition['found'])}"


def _marked(held: object, text: str) -> Text:
    return Text.assemble(_MARKS[held is True], text)


def _shown(value: Any) -> str:
    return _NOTHING if value is None else exact.dumps(value)
