from enum import StrEnum


class BrandResponsePurchaseIds(StrEnum):
    DAILY = "daily"
    UNIQUE = "unique"

    def __str__(self) -> str:
        return str(self.value)
