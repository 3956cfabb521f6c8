from enum import StrEnum


class SetAsideQueueResponseCommandType0(StrEnum):
    REDRIVE = "redrive"
    SETTLE = "settle"

    def __str__(self) -> str:
        return str(self.value)
