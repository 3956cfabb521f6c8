from enum import StrEnum


class PreviewCampaignResponseRewardType(StrEnum):
    COUPON = "Coupon"
    POINTS = "Points"

    def __str__(self) -> str:
        return str(self.value)
