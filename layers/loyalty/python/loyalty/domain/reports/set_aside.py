"""What was set aside by the stack, as it failed at every attempt: how much, and what puts it right."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from loyalty.domain.schemas import Answer


class SetAsideQueue(StrEnum):
    """What a queue holds that was set aside."""

    HOT_REQUESTS = "hot_requests"
    COLD_REQUESTS = "cold_requests"
    WEBHOOK_MESSAGES = "webhook_messages"
    RECORDS_NOT_ANNOUNCED = "records_not_announced"
    DEADLINES_NOT_SETTLED = "deadlines_not_settled"


_COMMANDS = {
    SetAsideQueue.HOT_REQUESTS: "redrive",
    SetAsideQueue.COLD_REQUESTS: "redrive",
    SetAsideQueue.WEBHOOK_MESSAGES: "redrive",
    SetAsideQueue.RECORDS_NOT_ANNOUNCED: "redrive",
    SetAsideQueue.DEADLINES_NOT_SETTLED: "settle",
}


class SetAsideQueueResponse(Answer):
    """A queue of what was set aside, for all brands of the stack."""

    name: SetAsideQueue
    """What it holds."""
    messages: int
    """About how many, of all brands of the stack."""
    command: Literal["redrive", "settle"]
    """What puts it right once the cause is mended, as `earnest redrive` or `earnest settle`."""


class SetAsideResponse(Answer):
    """What was set aside by the stack; its counts are not those of the brand alone."""

    queues: list[SetAsideQueueResponse]
    """Every queue that something is set aside in, empty ones too."""


def set_aside_response(messages: Mapping[SetAsideQueue, int]) -> dict[str, Any]:
    """A SetAsideResponse."""
    return {
        "queues": [{"name": name, "messages": number, "command": _COMMANDS[name]} for name, number in messages.items()]
    }
