from enum import StrEnum


class SetAsideQueue(StrEnum):
    COLD_REQUESTS = "cold_requests"
    DEADLINES_NOT_SETTLED = "deadlines_not_settled"
    HOT_REQUESTS = "hot_requests"
    RECORDS_NOT_ANNOUNCED = "records_not_announced"
    WEBHOOK_MESSAGES = "webhook_messages"

    def __str__(self) -> str:
        return str(self.value)
