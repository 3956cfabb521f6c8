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
from tests.support.stack import free_port

HOME = Home(ROOT / ".local" / "sam-local" / "home")


@pytest.fixture(scope="session")
def sam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sam]:
    folder = tmp_path_factory.mktemp("sam-local")
    port = free_port()
    with network() as net, _engine(port) as engine, bridge(net.address, port) as address:
        built = HOME.build / deploy.architecture() / "template.yaml"
        yield Sam(engine, net, runtime_image(), sam_local.write(built, f"http://{address}"), folder)


@contextmanager
def _engine(port: int) -> Iterator[Engine]:
    """An engine with nothing in it, and the template built beside it."""
    with exclusive(HOME) as lock:
        shutil.rmtree(HOME.state, ignore_errors=True)
        with running(HOME, port, lock) as engine:
            deploy.build(HOME, deploy.source_hash())
            yield engine
