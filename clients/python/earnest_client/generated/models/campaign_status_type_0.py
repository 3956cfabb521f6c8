from enum import StrEnum


class CampaignStatusType0(StrEnum):
    PAUSED = "PAUSED"
    RUNNING = "RUNNING"

    def __str__(self) -> str:
        return str(self.value)
