from enum import StrEnum


class RewardSettingsTypeType0(StrEnum):
    DISCOUNT = "DISCOUNT"
    GIFT_CARD = "GIFT_CARD"
    POINTS = "POINTS"
    PRODUCT = "PRODUCT"

    def __str__(self) -> str:
        return str(self.value)
