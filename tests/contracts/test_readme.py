"""The README is short, and has what somebody who comes by wants to see: what it is, how it runs, a call, its answer."""

import re

from tests.support.documentation import README, blocks, calls, links, prose
from tests.support.project import ROOT

TEXT = README.read_text()


def test_the_readme_is_read_in_a_minute() -> None:
    assert len(TEXT.splitlines()) <= 150


def test_the_readme_begins_with_what_this_is_in_three_sentences() -> None:
    title, about, *_ = TEXT.split("\n\n")
    assert title.startswith("# Earnest")
    assert len(re.findall(r"\.(?=\s|$)", about)) == 3


def test_the_readme_says_how_to_run_and_to_test_it() -> None:
    assert {"make run\n", "make test\n"} <= set(blocks(README, "sh"))


def test_the_readme_shows_a_purchase_and_the_wallet_after_it_with_their_answers() -> None:
    first, second = calls(README)
    assert (first.route[0], second.route[0]) == ("emit_event", "get_wallet")
    assert first.answer
    assert second.answer


def test_the_readme_names_five_features() -> None:
    (features,) = re.findall(r"^## What it does\n(.*?)^## ", prose(README), re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^- \*\*", features, re.MULTILINE)) == 5


def test_the_readme_draws_the_architecture() -> None:
    assert len(blocks(README, "mermaid")) == 1


def test_every_page_can_be_reached_from_the_readme() -> None:
    linked = {(README.parent / link.partition("#")[0]).resolve() for link in links(README)}
    pages = {ROOT / "LICENSE", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")}
    assert not sorted(str(page.relative_to(ROOT)) for page in pages - linked)


def test_the_licence_is_the_one_that_the_package_names() -> None:
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()
    text = (ROOT / "LICENSE").read_text()
    assert text.split()[:4] == ["Apache", "License", "Version", "2.0,"]
    assert "END OF TERMS AND CONDITIONS" in text
