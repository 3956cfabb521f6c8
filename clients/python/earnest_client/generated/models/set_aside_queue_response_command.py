from enum import StrEnum


class SetAsideQueueResponseCommand(StrEnum):
    REDRIVE = "redrive"
    SETTLE = "settle"

    def __str__(self) -> str:
        return str(self.value)
