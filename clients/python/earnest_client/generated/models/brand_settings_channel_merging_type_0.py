from enum import StrEnum


class BrandSettingsChannelMergingType0(StrEnum):
    EMAIL = "email"
    MOBILE = "mobile"
    NONE = "none"

    def __str__(self) -> str:
        return str(self.value)
