from enum import StrEnum


class TraceStatus(StrEnum):
    ASSIGNED = "ASSIGNED"
    DONE = "DONE"
    FAILED = "FAILED"
    QUEUED = "QUEUED"

    def __str__(self) -> str:
        return str(self.value)
