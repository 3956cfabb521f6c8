"""Settings from environment variables."""

import os
from functools import cache
from typing import NamedTuple


class Settings(NamedTuple):
    """The variables that the template sets: the first four for every function, the others for those that use them."""

    table_name: str
    stack_id: str = ""
    path_parameters: str = ""
    webhook_targets: str = ""
    queue_url: str = ""
    event_bus: str = ""
    customer_field: str = ""
    hot_requests_set_aside: str = ""
    cold_requests_set_aside: str = ""
    webhook_messages_set_aside: str = ""
    records_not_announced: str = ""
    deadlines_not_settled: str = ""


def in_lambda() -> bool:
    """Whether this process is a Lambda function, and not a test or a command."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


@cache
def settings() -> Settings:
    """The settings of this process. Raises KeyError without TABLE_NAME; tests and commands need no other."""
    return Settings(
        table_name=os.environ["TABLE_NAME"],
        stack_id=os.environ.get("STACK_ID", ""),
        path_parameters=os.environ.get("PATH_PARAMETERS", ""),
        webhook_targets=os.environ.get("WEBHOOK_TARGETS", ""),
        queue_url=os.environ.get("QUEUE_URL", ""),
        event_bus=os.environ.get("EVENT_BUS", ""),
        customer_field=os.environ.get("CUSTOMER_FIELD", ""),
        hot_requests_set_aside=os.environ.get("HOT_REQUESTS_SET_ASIDE", ""),
        cold_requests_set_aside=os.environ.get("COLD_REQUESTS_SET_ASIDE", ""),
        webhook_messages_set_aside=os.environ.get("WEBHOOK_MESSAGES_SET_ASIDE", ""),
        records_not_announced=os.environ.get("RECORDS_NOT_ANNOUNCED", ""),
        deadlines_not_settled=os.environ.get("DEADLINES_NOT_SETTLED", ""),
    )
