from enum import StrEnum


class ListOffersStatus(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    REDEEMED = "redeemed"
    UPCOMING = "upcoming"

    def __str__(self) -> str:
        return str(self.value)
