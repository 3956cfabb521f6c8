"""The functions as tests/functions has them."""

from tests.functions.conftest import backend, client, empty

__all__ = ["backend", "client", "empty"]
