"""Unit tests are pure: no sockets."""

import pytest


@pytest.fixture(autouse=True)
def _no_sockets(socket_disabled: None) -> None:
    """Whoever opens one fails."""
