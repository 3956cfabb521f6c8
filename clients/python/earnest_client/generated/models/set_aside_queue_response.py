from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.set_aside_queue import SetAsideQueue
from ..models.set_aside_queue_response_command_type_0 import (
    SetAsideQueueResponseCommandType0,
)

T = TypeVar("T", bound="SetAsideQueueResponse")


@_attrs_define
class SetAsideQueueResponse:
    """A queue of what was set aside, for all brands of the stack.

    Attributes:
        name (SetAsideQueue): What a queue holds that was set aside.
        messages (int): About how many, of all brands of the stack.
        command (None | SetAsideQueueResponseCommandType0): What puts it right once the cause is mended, as `earnest
            redrive` or `earnest settle`; null if nothing does by
            itself.
    """

    name: SetAsideQueue
    messages: int
    command: None | SetAsideQueueResponseCommandType0

    def to_dict(self) -> dict[str, Any]:
        name = self.name.value

        messages = self.messages

        command: None | str
        if isinstance(self.command, SetAsideQueueResponseCommandType0):
            command = self.command.value
        else:
            command = self.command

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

        def _parse_command(data: object) -> None | SetAsideQueueResponseCommandType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                command_type_0 = SetAsideQueueResponseCommandType0(data)

                return command_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SetAsideQueueResponseCommandType0, data)

        command = _parse_command(d.pop("command"))

        set_aside_queue_response = cls(
            name=name,
            messages=messages,
            command=command,
        )

        return set_aside_queue_response
