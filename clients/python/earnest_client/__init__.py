"""A typed client of the Earnest loyalty backend: sync and async, with retries that pay once."""

from earnest_client.client import EarnestClient

__all__ = ["EarnestClient"]
