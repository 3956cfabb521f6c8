from enum import StrEnum


class BrandResponseChannelMerging(StrEnum):
    EMAIL = "email"
    MOBILE = "mobile"
    NONE = "none"

    def __str__(self) -> str:
        return str(self.value)
