"""Budgets: what is taken from which shard, and when more has to be read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.errors import ValidationError
from loyalty.domain.limits.budgets import (
    MAX_SHARDS,
    SHARDS,
    UNLIMITED,
    BudgetAmount,
    BudgetFragmented,
    BudgetReservation,
    NeedsAllShards,
    ShardsLeft,
    first_shard,
    shard_names,
    spread,
    total,
)


def share(amount: int = 0, times: int = 0) -> BudgetAmount:
    return BudgetAmount(Decimal(amount), times)


def all_shards(*amounts: int) -> dict[str, BudgetAmount]:
    return {shard: share(amounts[i] if i < len(amounts) else 0) for i, shard in enumerate(SHARDS)}


def test_one_shard_is_enough_as_long_as_it_has_enough() -> None:
    budget = BudgetReservation({"c": {"3": share(10)}})
    assert budget.available("c", share(10)) == share(10)
    assert budget.consume("c", share(10)) == share(10)
    assert budget.consumed == {("c", "3"): share(10)}
    with pytest.raises(NeedsAllShards):
        budget.available("c", share(1))


def test_all_shards_together_say_how_much_there_is() -> None:
    budget = BudgetReservation({"c": all_shards(3, 4, 5)})
    assert budget.available("c", share(20)) == share(12)
    assert budget.consume("c", share(10)) == share(10)
    assert budget.consumed == {("c", "2"): share(5), ("c", "1"): share(4), ("c", "0"): share(1)}
    assert budget.available("c", share(3)) == share(2)


def test_a_debt_on_the_first_shard_counts() -> None:
    budget = BudgetReservation({"c": all_shards(-10, 8, 5)})
    assert budget.available("c", share(5)) == share(3)


def test_a_shard_that_says_there_is_a_debt_does_not_tell_what_is_left() -> None:
    budget = BudgetReservation({"c": ShardsLeft({"3": share(10, 5)}, 8, share(7))})
    with pytest.raises(NeedsAllShards):
        budget.available("c", share(1))
    assert budget.consume("c", share(times=1)) == share(times=1)  # nobody owes times


def test_a_debt_that_refunds_have_paid_is_settled_before_anything_is_consumed() -> None:
    left = {"c": ShardsLeft(all_shards(-10, 8, 5), 8, share(13))}
    budget = BudgetReservation(left)
    assert budget.available("c", share(5)) == share(3)
    with pytest.raises(BudgetFragmented) as refused:
        budget.consume("c", share(3))
    assert refused.value.campaigns == ["c"]
    # What is only tried consumes nothing, so nothing has to be settled for it.
    assert BudgetReservation(left, UNLIMITED).consume("c", share(3)) == share(3)


def test_shards_that_a_campaign_once_had_are_read_before_it_is_short() -> None:
    budget = BudgetReservation({"c": ShardsLeft(all_shards(1), 16)})
    with pytest.raises(NeedsAllShards):
        budget.available("c", share(2))


def test_what_a_limit_owes_that_is_no_longer_one_is_in_nobodys_way() -> None:
    budget = BudgetReservation({"c": {"0": BudgetAmount(Decimal(80), -1)}, "d": {"0": BudgetAmount(Decimal(-5), 7)}})
    for campaign_id, wanted in (("c", share(10)), ("d", share(times=1))):
        budget.available(campaign_id, wanted)
        assert budget.consume(campaign_id, wanted) == wanted


def test_what_lies_in_more_shards_than_a_transaction_has_room_for_has_to_be_consolidated() -> None:
    with pytest.raises(BudgetFragmented) as refused:
        BudgetReservation({"c": all_shards(3, 4, 5)}, max_writes=2).consume("c", share(12))
    assert refused.value.campaigns == {"c"}
    budget = BudgetReservation({"a": all_shards(3, 4), "b": all_shards(9), "c": all_shards(9)}, max_writes=3)
    assert [budget.consume("a", share(7)), budget.consume("b", share(9))] == [share(7), share(9)]
    with pytest.raises(BudgetFragmented) as refused:
        budget.consume("c", share(9))
    assert refused.value.campaigns == {"a"}


def test_what_is_consolidated_and_still_too_much_is_refused() -> None:
    budget = BudgetReservation({"a": all_shards(9), "b": all_shards(9)}, max_writes=1)
    assert [budget.consume("a", share(7)), budget.consume("a", share(1))] == [share(7), share(1)]
    with pytest.raises(ValidationError, match="send fewer at once"):
        budget.consume("b", share(9))


def test_what_is_owed_is_given_back_as_far_as_there_is_room() -> None:
    budget = BudgetReservation(max_writes=4)
    owed = {"a": share(1), "b": share(2), "c": share(3)}
    assert budget.refund(owed) == {"c": share(3)}
    assert budget.refunds == {"a": share(1), "b": share(2)}
    assert budget.refund({"a": share(5)}) == {}
    assert budget.refunds["a"] == share(6)


@given(amount=st.integers(-1000, 10_000), times=st.integers(-10, 10_000), count=st.integers(1, MAX_SHARDS))
def test_a_budget_is_spread_without_loss_and_only_the_first_shard_may_owe(amount: int, times: int, count: int) -> None:
    shards = spread(share(amount, times), count)
    assert total(shards.values()) == share(amount, times)
    assert tuple(shards) == shard_names(count)
    for shard in shard_names(count)[1:]:
        assert shards[shard] == share(max(0, amount) // count, max(0, times) // count)


def test_events_begin_at_all_shards() -> None:
    assert {first_shard(str(i)) for i in range(100)} == set(SHARDS)
    assert {first_shard(str(i), 64) for i in range(1000)} == set(shard_names(64))
