from enum import StrEnum


class EventStatus(StrEnum):
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    PENDING = "PENDING"
    RESOLVED = "RESOLVED"
    REVERSED = "REVERSED"

    def __str__(self) -> str:
        return str(self.value)
