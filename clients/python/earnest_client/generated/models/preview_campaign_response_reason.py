from enum import StrEnum


class PreviewCampaignResponseReason(StrEnum):
    NOMATCHINGCONDITIONS = "NoMatchingConditions"
    NONPOINTSREWARD = "NonPointsReward"
    PROGRESSONLY = "ProgressOnly"
    REWARDED = "Rewarded"

    def __str__(self) -> str:
        return str(self.value)
