"""Wallets: which lots are spent, what pays a debt, what comes back, and what the sums say at every instant."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from loyalty.domain.errors import InsufficientBalanceError, TooManyHoldsError, TooManyLotsError
from loyalty.domain.wallet.lots import EntryType, Hold, LedgerEntry, Lot
from loyalty.domain.wallet.update import WalletUpdate, as_of, balances, begin_update, unexpired_lots
from loyalty.domain.wallet.wallet import MAX_LOTS_PER_EVENT, MAX_OPEN_HOLDS, Wallet
from tests.support.builders import NOW, after, before, hold, lot, moved, sizes, sums, wallet

SOON, LATER, NEVER = after(days=1), after(days=2), None
ALMOST = timedelta(milliseconds=1)


def spent(of: Wallet, amount: int, now: datetime = NOW) -> list[tuple[object, object]]:
    """Expiry and amount of the parts that a redemption takes."""
    return [
        (one.expires_at, int(one.amount))
        for one in WalletUpdate(of, now).redeem("points", Decimal(amount), "e", held=False)
    ]


@pytest.mark.parametrize(
    ("amount", "taken"),
    [
        (4, [(SOON, 4)]),
        (10, [(SOON, 10)]),
        (15, [(SOON, 10), (LATER, 5)]),
        (30, [(SOON, 10), (LATER, 10), (NEVER, 10)]),
    ],
    ids=["a part of one", "one whole", "across two", "all"],
)
def test_what_expires_soonest_is_spent_first(amount: int, taken: list[tuple[object, object]]) -> None:
    assert spent(wallet(lot(10, NEVER), lot(10, LATER), lot(10, SOON)), amount) == taken


def test_of_what_expires_together_the_older_is_spent_first() -> None:
    young, old = lot(10, SOON, campaign_id="a"), lot(10, SOON, campaign_id="b", issued_at=before(days=1))
    (taken,) = WalletUpdate(wallet(young, old), NOW).redeem("points", Decimal(3), "e", held=False)
    assert taken == old._replace(amount=Decimal(3))


def test_a_lot_cannot_be_spent_at_its_instant_of_expiry() -> None:
    of = wallet(lot(10, SOON))
    assert spent(of, 10, SOON - ALMOST) == [(SOON, 10)]
    with pytest.raises(InsufficientBalanceError, match=r"^points: 10 asked for, 0 available$"):
        spent(of, 10, SOON)


def test_a_reward_is_not_paid_with_another() -> None:
    of = wallet(lot(10), lot(10, reward_id="coffee"))
    assert spent(of, 10) == [(None, 10)]
    with pytest.raises(InsufficientBalanceError):
        spent(of, 11)


def test_a_refused_redemption_moves_nothing() -> None:
    update = WalletUpdate(wallet(lot(10)), NOW)
    with pytest.raises(InsufficientBalanceError):
        update.redeem("points", Decimal(11), "e", held=False)
    assert (update.wallet, update.entries) == (wallet(lot(10)), [])


def test_a_wallet_that_is_worked_on_leaves_the_one_it_came_from_alone() -> None:
    of = wallet(lot(10), holds={"old": hold(lot(1), until=before(days=1))})
    update = begin_update(of, NOW)
    update.redeem("points", Decimal(11), "e", held=True)
    assert of == wallet(lot(10), holds={"old": hold(lot(1), until=before(days=1))})


def test_sums_of_one_campaign_that_expire_together_are_one_lot() -> None:
    update = WalletUpdate(Wallet(), NOW)
    later = lot(5, SOON, issued_at=after(hours=1))
    update.grant([lot(10, SOON), later, lot(1, LATER), lot(2, SOON, campaign_id="other")], "e")
    assert sorted(map(int, sizes(update.wallet.lots.values()))) == [1, 2, 15]
    assert update.wallet.lots[later.key].issued_at == NOW
    assert sizes(line.lot for line in update.entries) == [10, 5, 1, 2]


def test_a_lot_of_nothing_is_no_lot() -> None:
    update = WalletUpdate(wallet(lot(10)), NOW)
    update.redeem("points", Decimal(10), "e", held=False)
    assert not update.wallet.lots
    assert sums(update.wallet) == (0, 0, 0)


@pytest.mark.parametrize(
    ("granted", "debt", "left"),
    [([5], 25, []), ([30], 0, []), ([20, 15], 0, [5]), ([50], 0, [20])],
    ids=["a part", "exactly", "with two", "and more"],
)
def test_what_is_earned_pays_the_debt_first(granted: list[int], debt: int, left: list[int]) -> None:
    update = WalletUpdate(wallet(debt=30), NOW)
    update.grant([lot(amount, SOON, campaign_id=f"c{i}") for i, amount in enumerate(granted)], "e")
    assert update.wallet.debts == {"points": debt}
    assert sizes(update.wallet.lots.values()) == left
    assert sums(update.wallet)[0] == sum(left) - debt
    assert [one for _, one in moved(update.entries)] == granted


def test_what_is_over_before_it_is_granted_pays_no_debt() -> None:
    update = WalletUpdate(wallet(debt=30), NOW)
    update.grant([lot(50, before(hours=1))], "e")
    assert update.wallet.debts == {"points": 30}
    assert sums(update.wallet) == (-30, 0, 0)


def test_a_debt_is_no_balance() -> None:
    with pytest.raises(InsufficientBalanceError, match=r"^points: 1 asked for, -30 available$"):
        spent(wallet(debt=30), 1)


def test_holds_are_released_at_their_instant() -> None:
    of = wallet(lot(10), holds={"h": hold(lot(7), until=SOON, promises=(lot(100),))})
    assert sums(of, SOON - ALMOST) == (10, 7, 100)
    assert sums(of, SOON) == (17, 0, 0)


def test_what_an_expired_hold_reserved_can_be_spent_before_anyone_settled_it() -> None:
    update = begin_update(wallet(lot(10), holds={"h": hold(lot(7), until=SOON)}), SOON)
    update.redeem("points", Decimal(17), "e", held=False)
    assert update.closed_holds == ["h"]
    assert update.entries[0] == LedgerEntry(EntryType.RELEASE, lot(7), "h")
    assert sums(update.wallet, SOON) == (0, 0, 0)


def test_a_hold_is_released_once() -> None:
    update = WalletUpdate(wallet(holds={"h": hold(lot(7), until=SOON)}), NOW)
    update.release_hold("h")
    update.release_hold("h")
    assert moved(update.entries) == [(EntryType.RELEASE, 7)]


def test_what_a_hold_gives_back_pays_the_debt() -> None:
    update = WalletUpdate(wallet(debt=5, holds={"h": hold(lot(7), until=SOON)}), NOW)
    update.release_hold("h")
    assert sums(update.wallet) == (2, 0, 0)
    assert update.wallet.debts == {"points": 0}


def test_a_wallet_carries_a_hundred_holds() -> None:
    full = wallet(holds={f"h{i}": Hold(SOON) for i in range(MAX_OPEN_HOLDS - 1)})
    update = WalletUpdate(full, NOW)
    update.open_hold("the hundredth", Hold(SOON))
    with pytest.raises(TooManyHoldsError, match="the customer has 100 open holds"):
        update.open_hold("one more", Hold(SOON))
    at_last = begin_update(update.wallet, SOON)
    at_last.open_hold("one more", Hold(LATER))


def test_a_wallet_has_a_bounded_number_of_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.domain.wallet.update.MAX_LOTS", 3)
    held = {"h": hold(until=SOON, promises=(lot(1, LATER, campaign_id="held"),))}
    update = WalletUpdate(wallet(lot(10, SOON), lot(10, before(days=1)), holds=held), NOW)
    update.refuse_too_many_lots([lot(5), lot(7, SOON)])
    update.refuse_too_many_lots([])
    with pytest.raises(TooManyLotsError, match="the customer has 3 lots"):
        update.refuse_too_many_lots([lot(5), lot(7, LATER)])
    update.grant([lot(5)], "e")
    update.refuse_too_many_lots([lot(5)])
    with pytest.raises(TooManyLotsError):
        update.adjust(lot(5, LATER), allow_negative=True)


def test_an_event_grants_a_bounded_number_of_lots() -> None:
    lots = [lot(1, after(days=i)) for i in range(1, MAX_LOTS_PER_EVENT + 2)]
    update = WalletUpdate(Wallet(), NOW)
    update.refuse_too_many_lots([*lots[:-1], *lots[:-1]])
    with pytest.raises(TooManyLotsError, match=r"^campaigns grant 501 lots that end at different times; an event can"):
        update.refuse_too_many_lots(lots)


@pytest.mark.parametrize(
    ("kept", "expired", "allow_negative", "left", "lines", "gone"),
    [
        # of 30 points granted: what is still in the lot, and in another one
        ((lot(30, SOON),), 0, True, 0, [-30], 0),
        ((lot(80, SOON),), 0, True, 50, [-30], 0),
        ((lot(10, SOON),), 0, True, -20, [-10, -20], 0),
        ((lot(10, SOON), lot(15, LATER)), 0, True, -5, [-10, -15, -5], 0),
        ((lot(10, SOON), lot(50, LATER)), 0, True, 30, [-10, -20], 0),
        ((), 0, True, -30, [-30], 0),
        ((lot(30, SOON),), 0, False, 0, [-30], 0),
        ((lot(10, SOON), lot(15, LATER)), 0, False, 0, [-10, -15], 0),
        ((), 0, False, 0, [], 0),
        ((), 30, True, 0, [], 30),
        ((), 99, True, 0, [], 30),
        ((), 12, True, -18, [-18], 12),
        ((lot(50, LATER),), 12, True, 32, [-18], 12),
        ((), 12, False, 0, [], 12),
    ],
    ids=[
        "unspent",
        "unspent, in a lot it shares",
        "partly spent",
        "partly spent, the rest taken from another lot as far as it goes",
        "partly spent, another lot has enough",
        "spent whole",
        "unspent, where nothing may be owed",
        "partly spent, where nothing may be owed",
        "spent whole, where nothing may be owed",
        "expired unspent",
        "expired unspent with others",
        "a part expired unspent, the rest spent",
        "a part expired unspent, another lot pays the rest",
        "a part expired unspent, where nothing may be owed",
    ],
)
def test_taking_back_a_grant(
    kept: Sequence[Lot], expired: int, allow_negative: bool, left: int, lines: list[int], gone: int
) -> None:
    update = WalletUpdate(wallet(*kept), NOW)
    used = update.claw_back(lot(30, SOON), "e", 2, expired_unspent=Decimal(expired), allow_negative=allow_negative)
    assert moved(update.entries) == [(EntryType.REVERSAL, amount) for amount in lines]
    assert sums(update.wallet)[0] == left
    assert used == gone


def test_taking_back_does_not_owe_twice_what_is_owed_already() -> None:
    update = WalletUpdate(wallet(debt=40), NOW)
    update.claw_back(lot(30), "e", 2, expired_unspent=Decimal(0), allow_negative=True)
    assert sums(update.wallet) == (-70, 0, 0)


def test_what_is_over_but_not_settled_is_taken_back_where_it_lies() -> None:
    update = WalletUpdate(wallet(lot(30, SOON), lot(50, LATER)), SOON)
    assert update.claw_back(lot(30, SOON), "e", 2, expired_unspent=Decimal(0), allow_negative=True) == 0
    assert unexpired_lots(update.wallet, SOON) == [lot(50, LATER)]


def test_a_lot_that_is_over_comes_back_over() -> None:
    update = WalletUpdate(wallet(debt=5), LATER)
    update.refund(EntryType.REVERSAL, [lot(7, SOON)], "e", 1)
    assert sums(update.wallet, LATER) == (-5, 0, 0)
    update.expire_lots(10)
    assert moved(update.entries) == [(EntryType.REVERSAL, 7), (EntryType.EXPIRATION, -7)]
    assert update.expired_lots == [lot(7, SOON)]
    assert not update.wallet.lots


def test_as_many_lots_expire_as_are_asked_for() -> None:
    update = WalletUpdate(wallet(*(lot(1, before(days=i)) for i in range(1, 5)), lot(9)), NOW)
    update.expire_lots(3)
    assert sizes(update.expired_lots) == [1, 1, 1]
    update.expire_lots(3)
    assert sizes(update.expired_lots) == [1, 1, 1, 1]
    assert unexpired_lots(update.wallet, NOW) == [lot(9)]


def test_available_and_totals_agree_once_holds_are_settled() -> None:
    of = wallet(lot(10, SOON), lot(5), debt=0, holds={"h": hold(lot(7, LATER), until=SOON, promises=(lot(3),))})
    for now, available, settled in ((NOW, 15, (15, 7, 3)), (SOON, 5, (12, 0, 0)), (LATER, 5, (5, 0, 0))):
        assert of.available("points", now) == available
        assert sums(of, now) == settled
        assert as_of(of, now).wallet.available("points", now) == settled[0]


def test_totals_tell_every_reward_the_customer_ever_had_by_id_and_when_the_next_lot_ends() -> None:
    of = wallet(
        lot(10, LATER, "stars"), lot(5), lot(5, SOON), holds={"h": hold(until=SOON, promises=(lot(1, SOON, "coffee"),))}
    )
    assert [(one.reward_id, one.next_expiration) for one in balances(of, NOW)] == [
        ("coffee", None),
        ("points", SOON),
        ("stars", LATER),
    ]
    assert [(one.reward_id, one.next_expiration) for one in balances(of, LATER)] == [
        ("coffee", None),
        ("points", None),
        ("stars", None),
    ]


def test_amounts_add_up_exactly() -> None:
    update = WalletUpdate(Wallet(), NOW)
    update.grant([lot("0.1"), lot("0.2")], "e")
    (kept,) = update.wallet.lots.values()
    assert str(kept.amount) == "0.3"
    update.redeem("points", Decimal("0.3"), "e", held=False)
    assert str(balances(update.wallet, NOW)[0].available) == "0"
