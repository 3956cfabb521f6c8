from enum import StrEnum


class BrandSettingsPurchaseIdsType0(StrEnum):
    DAILY = "daily"
    UNIQUE = "unique"

    def __str__(self) -> str:
        return str(self.value)
