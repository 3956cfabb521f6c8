"""Clients of AWS, all made from one session: what costs is the first one."""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config


@cache
def session() -> Any:
    """The session of this process.

    Straight from botocore: boto3 is a tenth of a function's start-up on top and adds nothing here.
    """
    return botocore.session.get_session()


def new_client(service: str, read_timeout: float) -> Any:
    """A client that tries three times and waits `read_timeout` seconds for an answer."""
    config = Config(
        connect_timeout=1,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": 3},
        tcp_keepalive=True,
        user_agent_extra="earnest",
    )
    return session().create_client(service, config=config)
