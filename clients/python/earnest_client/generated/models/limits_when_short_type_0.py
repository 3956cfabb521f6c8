from enum import StrEnum


class LimitsWhenShortType0(StrEnum):
    NOTHING = "nothing"
    PARTIAL = "partial"

    def __str__(self) -> str:
        return str(self.value)
