"""The functions on a table that moto keeps in memory."""

from tests.support.moto_backend import aws, backend, client, empty

__all__ = ["aws", "backend", "client", "empty"]
