"""What clients see of two customers who are told apart again."""

from decimal import Decimal
from typing import Any

from loyalty.domain.customers.responses import CustomerResponse, customer_response
from loyalty.domain.customers.unmerging import Unmerge
from loyalty.domain.money import ZERO, normalize
from loyalty.domain.schemas import Answer, Number


class ReturnedResponse(Answer):
    """What a customer got back of one reward."""

    reward_id: str
    """Of which reward."""
    amount: Number
    """How much of it."""


class UnmergedResponse(Answer):
    """Two customers who have been told apart again."""

    customer: CustomerResponse
    """The one who had taken over the other."""
    split_off: CustomerResponse
    """The one who has an own wallet again."""
    returned: list[ReturnedResponse]
    """What the split-off customer got back, by reward; negative if more was owed than was there."""


def unmerged_response(split: Unmerge) -> dict[str, Any]:
    """An UnmergedResponse."""
    returned: dict[str, Decimal] = {}
    for entry in split.split_off_record.entries:
        reward_id = entry.lot.reward_id
        returned[reward_id] = normalize(returned.get(reward_id, ZERO) + entry.amount)
    return {
        "customer": customer_response(split.survivor),
        "split_off": customer_response(split.split_off),
        "returned": [{"reward_id": reward_id, "amount": amount} for reward_id, amount in sorted(returned.items())],
    }
