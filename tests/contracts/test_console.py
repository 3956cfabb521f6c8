"""The console: what is committed beside its function is what its source is built to, with types that are right."""

from pathlib import Path

import pytest

from earnest import console

BUNDLED = ("openapi-fetch", "preact", "uplot", "yaml")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what has just been built; fails if a type is wrong, or if it is too large."""
    folder = tmp_path_factory.mktemp("console")
    console.build(folder)
    return folder


@pytest.mark.parametrize("name", console.BUILT)
def test_what_is_committed_is_what_is_built(made: Path, name: str) -> None:
    fresh = (made / name).read_bytes()
    assert fresh
    assert fresh == (console.PUBLISHED / name).read_bytes(), "`make console` builds it anew"


def test_nothing_lies_beside_it_that_is_not_built() -> None:
    assert {path.name for path in console.PUBLISHED.iterdir() if path.is_file()} == {"handler.py", *console.BUILT}


@pytest.mark.parametrize("name", BUNDLED)
def test_the_licence_of_what_is_bundled_comes_along(name: str) -> None:
    assert f"\n{name} " in "\n" + (console.PUBLISHED / "licences.txt").read_text()
