from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.set_aside_queue import SetAsideQueue
from ..models.set_aside_queue_response_command import SetAsideQueueResponseCommand

T = TypeVar("T", bound="SetAsideQueueResponse")


@_attrs_define
class SetAsideQueueResponse:
    """A queue of what was set aside, for all brands of the stack.

    Attributes:
        name (SetAsideQueue): What a queue holds that was set aside.
        messages (int): About how many, of all brands of the stack.
        command (SetAsideQueueResponseCommand): What puts it right once the cause is mended, as `earnest redrive` or
            `earnest settle`.
    """

    name: SetAsideQueue
    messages: int
    command: SetAsideQueueResponseCommand

    def to_dict(self) -> dict[str, Any]:
        name = self.name.value

        messages = self.messages

        command = self.command.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "messages": messages,
                "command": command,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = SetAsideQueue(d.pop("name"))

        messages = d.pop("messages")

        command = SetAsideQueueResponseCommand(d.pop("command"))

        set_aside_queue_response = cls(
            name=name,
            messages=messages,
            command=command,
        )

        return set_aside_queue_response
