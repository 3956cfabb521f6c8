from enum import StrEnum


class Kind(StrEnum):
    API_KEY = "api_key"
    BRAND = "brand"
    CAMPAIGN = "campaign"
    CONFIG_OFFER = "config_offer"
    REWARD = "reward"
    WEBHOOK = "webhook"

    def __str__(self) -> str:
        return str(self.value)
