"""Settings from the environment, read once and frozen."""

import os
from functools import cache
from typing import NamedTuple


class Settings(NamedTuple):
    """The template's variables: the first two for every function, the others for those that send or read there."""

    table_name: str
    stack_id: str = ""
    queue_url: str = ""
    event_bus: str = ""
    customer_field: str = ""


def in_lambda() -> bool:
    """Whether this process is a function, rather than a test or a command that uses the layer."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


@cache
def settings() -> Settings:
    """The settings of this process; KeyError names the variable that is missing."""
    # A command or a test has a table and no stack.
    return Settings(
        table_name=os.environ["TABLE_NAME"],
        stack_id=os.environ.get("STACK_ID", ""),
        queue_url=os.environ.get("QUEUE_URL", ""),
        event_bus=os.environ.get("EVENT_BUS", ""),
        customer_field=os.environ.get("CUSTOMER_FIELD", ""),
    )
