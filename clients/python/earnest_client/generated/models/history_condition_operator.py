from enum import StrEnum


class HistoryConditionOperator(StrEnum):
    DISTINCT_GTE = "distinct_gte"
    REPEAT_GTE = "repeat_gte"
    TOTAL_GTE = "total_gte"

    def __str__(self) -> str:
        return str(self.value)
