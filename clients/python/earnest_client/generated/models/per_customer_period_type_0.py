from enum import StrEnum


class PerCustomerPeriodType0(StrEnum):
    DAY = "day"
    EVER = "ever"
    MONTH = "month"
    WEEK = "week"

    def __str__(self) -> str:
        return str(self.value)
