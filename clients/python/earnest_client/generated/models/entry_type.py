from enum import StrEnum


class EntryType(StrEnum):
    ACCUMULATION = "ACCUMULATION"
    ADJUSTMENT = "ADJUSTMENT"
    EXPIRATION = "EXPIRATION"
    MIGRATION = "MIGRATION"
    REDEMPTION = "REDEMPTION"
    RELEASE = "RELEASE"
    REVERSAL = "REVERSAL"
    TRANSFER = "TRANSFER"

    def __str__(self) -> str:
        return str(self.value)
