"""How the evaluation of a campaign can end."""

from enum import StrEnum


class Outcome(StrEnum):
    """How the evaluation of one campaign ended."""

    REWARDED = "Rewarded"
    PROGRESS_ONLY = "ProgressOnly"
    NO_MATCHING_CONDITIONS = "NoMatchingConditions"
    LIMIT_REACHED = "LimitReached"
    BUDGET_SPENT = "BudgetSpent"
    OUT_OF_SCHEDULE = "OutOfSchedule"
    EXCLUDED = "Excluded"
    NOT_EVALUATED = "NotEvaluated"
