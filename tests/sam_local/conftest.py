"""One engine, one docker network and one runtime image for the session."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from earnest.local import deploy, sam_local
from earnest.local.bridge import bridge
from earnest.local.engine import Engine, running
from earnest.local.home import Home, exclusive
from tests.support.project import ROOT
from tests.support.sam_local.docker import network
from tests.support.sam_local.image import runtime_image
from tests.support.sam_local.sam import Sam
from tests.support.sam_local.tables import Invoked, new_table
from tests.support.stack import free_port

HOME = Home(ROOT / ".local" / "sam-local" / "home")
OF_THE_STACK = Home(ROOT / ".local" / "integration" / "home")
STAMP = "source-hash"


@pytest.fixture(scope="session")
def sam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sam]:
    folder = tmp_path_factory.mktemp("sam-local")
    port = free_port()
    with network() as net, _engine(port) as engine, bridge(net.address, port) as address:
        built = HOME.build / deploy.architecture() / "template.yaml"
        yield Sam(engine, net, runtime_image(), sam_local.write(built, f"http://{address}"), folder)


@pytest.fixture(scope="session")
def emitted(sam: Sam) -> Invoked:
    """The sample of `emit_event` by itself: SAM reads the template and makes the image with the layers."""
    world = new_table(sam.engine)
    return Invoked(sam.invoke("emit_event", world.table), world)


@pytest.fixture(scope="session")
def layered(sam: Sam, emitted: Invoked) -> Iterator[Sam]:
    """The same with the image that SAM has made for that, so that it does not make one for each container."""
    with sam.with_layers() as made:
        yield made


@contextmanager
def _engine(port: int) -> Iterator[Engine]:
    """An engine with nothing in it, and the template built beside it."""
    with exclusive(HOME) as lock:
        shutil.rmtree(HOME.state, ignore_errors=True)
        with running(HOME, port, lock) as engine:
            _build(deploy.source_hash())
            yield engine


def _build(source_hash: str) -> None:
    """Take what the tests of the stack have built of the same sources, or build it."""
    if _built_of(HOME) != source_hash and _built_of(OF_THE_STACK) == source_hash:
        shutil.rmtree(HOME.build, ignore_errors=True)
        shutil.copytree(OF_THE_STACK.build / deploy.architecture(), HOME.build / deploy.architecture())
        shutil.copy(OF_THE_STACK.build / STAMP, HOME.build / STAMP)
    deploy.build(HOME, source_hash)


def _built_of(home: Home) -> str:
    """The hash of the sources that the home's build was made of."""
    stamp = home.build / STAMP
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""
