"""boto3 clients, all made from one session, because making a session is most of what a client costs."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config


@cache
def session() -> boto3.Session:
    """The session of this process."""
    return boto3.Session()


def new_client(service: str, read_timeout: float) -> Any:
    """A client that tries three times and waits `read_timeout` seconds for an answer."""
    config = Config(
        connect_timeout=1,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": 3},
        tcp_keepalive=True,
        user_agent_extra="earnest",
    )
    return session().client(service, config=config)
