from enum import StrEnum


class Outcome(StrEnum):
    BUDGETSPENT = "BudgetSpent"
    EXCLUDED = "Excluded"
    LIMITREACHED = "LimitReached"
    NOMATCHINGCONDITIONS = "NoMatchingConditions"
    NOTEVALUATED = "NotEvaluated"
    OUTOFSCHEDULE = "OutOfSchedule"
    PROGRESSONLY = "ProgressOnly"
    REWARDED = "Rewarded"

    def __str__(self) -> str:
        return str(self.value)
