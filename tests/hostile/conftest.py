"""The functions on a table that moto keeps in memory."""

from tests.support.moto_backend import backend, client, empty

__all__ = ["backend", "client", "empty"]
