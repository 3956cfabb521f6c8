"""What a part of an order takes of all that its event did: goods that came back, or that did not ship."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from loyalty.domain.errors import FieldProblem, MoreThanLeftError, TooManyPartsError, ValidationError, invalid
from loyalty.domain.events.event import Event
from loyalty.domain.events.parts import (
    MAX_PARTS,
    Part,
    RemainingOrder,
    less,
    share_of_amount,
    sums,
    taken_in_proportion,
)
from loyalty.domain.limits.budgets import BudgetAmount
from loyalty.domain.limits.counters import CounterValues, add_counters
from loyalty.domain.limits.usage import NOTHING, Usage
from loyalty.domain.money import MAX_DECIMALS, ZERO, difference, from_units, normalize, round_half_up, total
from loyalty.domain.orders import Order, has_prices_by_piece, order_in
from loyalty.domain.wallet.lots import Lot
from loyalty.domain.wallet.shares import EffectShares


class Goods(NamedTuple):
    """So much of the lines with this sku."""

    sku: str
    amount: Decimal


class WantedPart(NamedTuple):
    """A part of an order that is to be taken back: its `products`, or so much of its `value`."""

    products: tuple[Goods, ...] = ()
    value: Decimal | None = None


class Shipped(NamedTuple):
    """What of an order was delivered: its `products`, or the final `order` as it was sent."""

    products: tuple[Goods, ...] = ()
    order: Mapping[str, Any] | None = None


def part_of(event: Event, wanted: WantedPart, now: datetime, reason: str) -> tuple[Part, bool]:
    """What taking back this part of the order takes; and whether nothing is left after it.

    Raises ValidationError, MoreThanLeftError, TooManyPartsError.
    """
    order = _order_of(event, wanted)
    if len(event.parts) >= MAX_PARTS:
        raise TooManyPartsError(f"{MAX_PARTS} parts of the event have been taken; what is left is reversed as a whole")
    before = RemainingOrder(order, event.parts)
    part = Part(now, lines_of(before, wanted.products), _value(before, wanted.value), reason=reason)
    after = RemainingOrder(order, [*event.parts, part])
    if part.lines and after.value_left < 0 and not after.has_no_piece_left:
        raise _more_than_left("products", f"are more than is left of the order's value, {_left(before)}")
    if after.is_empty:
        return rest_of(event, now, reason)._replace(lines=part.lines, value=part.value), True
    return _PartEffects(event, order, part).part(), False


def unfulfilled_part(event: Event, shipped: Shipped, now: datetime) -> Part | None:
    """What an event in standby does not pay because it did not ship; None if all of it did.

    Raises ValidationError, and MoreThanLeftError if more shipped than was ordered.
    """
    field = "products" if shipped.order is None else "order"
    order = order_in(event.data)
    if order is None:
        raise invalid(field, "needs an event that has an order")
    if shipped.order is None:
        named = lines_of(RemainingOrder(order, ()), shipped.products)
        part = Part(now, _unshipped(order, {int(i): amount for i, amount in named.items()}), unfulfilled=True)
    else:
        part = _final(order, event.data["order"], shipped.order, now)
    if not part.lines and not part.value:
        return None
    if RemainingOrder(order, [part]).is_empty:
        raise invalid(field, "must have something that shipped; an order of which nothing did is cancelled")
    return _PartEffects(event, order, part).part()


def rest_of(event: Event, now: datetime, reason: str) -> Part:
    """All that is left of an event."""
    order = order_in(event.data)
    remaining = RemainingOrder(order, event.parts) if order else None
    lines = {str(i): left for i in range(len(remaining.lines)) if (left := remaining.left_of(i))} if remaining else {}
    granted, redeemed = left_lots(event)
    usage = event.usage
    for part in event.parts:
        usage = Usage(
            add_counters(usage.progress, part.usage.progress, -1),
            usage.limits,
            {
                campaign_id: amount.minus(part.usage.budgets.get(campaign_id, BudgetAmount()))
                for campaign_id, amount in usage.budgets.items()
            },
        )
    return Part(now, lines, ZERO, tuple(granted), tuple(redeemed), usage, reason)


def left_lots(event: Event) -> tuple[list[Decimal], list[Decimal]]:
    """What is left of each lot that all of the order grants, and of each part of a lot that it redeems."""
    granted, redeemed = event.promised_lots, event.reserved_lots
    return (
        less(granted, sums((part.granted for part in event.parts), len(granted))),
        less(redeemed, sums((part.redeemed for part in event.parts), len(redeemed))),
    )


def lines_of(remaining: RemainingOrder, products: Sequence[Goods], path: str = "products") -> dict[str, Decimal]:
    """How much of each line, by its number: of lines with the same sku the first ones, as far as they are left.

    Raises ValidationError for a sku that the order does not have, and MoreThanLeftError.
    """
    unknown: list[FieldProblem] = []
    exceeding: list[FieldProblem] = []
    taken: dict[int, Decimal] = {}
    for number, goods in enumerate(products):
        lines = [i for i, line in enumerate(remaining.order.lines) if line.sku == goods.sku]
        left = {i: normalize(remaining.left_of(i) - taken.get(i, ZERO)) for i in lines}
        missing = goods.amount
        for i, of_line in left.items():
            amount = min(missing, of_line)
            if amount > 0:
                taken[i] = normalize(taken.get(i, ZERO) + amount)
                missing -= amount
        if not lines:
            unknown.append(FieldProblem(f"{path}.{number}.sku", "is not in the order of this event"))
        elif missing:
            message = f"is more than is left, {normalize(total(left.values())):f}"
            exceeding.append(FieldProblem(f"{path}.{number}.amount", message))
    if unknown:
        raise ValidationError(*unknown)
    if exceeding:
        raise MoreThanLeftError(exceeding)
    return {str(i): amount for i, amount in taken.items()}


def _unshipped(order: Order, shipped: Mapping[int, Decimal]) -> dict[str, Decimal]:
    left = {str(i): difference(line.amount, shipped.get(i, ZERO)) for i, line in enumerate(order.lines)}
    return {number: amount for number, amount in left.items() if amount}


def _final(order: Order, ordered: Mapping[str, Any], final: Mapping[str, Any], now: datetime) -> Part:
    """What a final order has less than what was ordered: of lines by what they are worth, else by their amounts."""
    after = order_in({"order": final}, by_piece=has_prices_by_piece(ordered))
    assert after is not None
    if final.get("purchase_id") not in (None, ordered.get("purchase_id")):
        raise invalid("order.purchase_id", "is not that of this event's order")
    value = final.get("value")
    if value is not None and Decimal(value) > order.value:
        raise _more_than_left("order.value", f"is more than was ordered, {order.value:f}")
    part = Part(now, unfulfilled=True)
    if final.get("products") is not None:
        part = _final_lines(order, after, [one.get("value") is not None for one in final["products"]], part)
    elif value is None:
        raise invalid("order", "must have products or a value")
    if value is not None:
        # What the order is worth less than its lines is taken of all of them alike.
        left = _left(RemainingOrder(order, [part]))
        part = part._replace(value=max(ZERO, normalize(left - Decimal(value))))
    return part


def _final_lines(order: Order, after: Order, priced: Sequence[bool], part: Part) -> Part:
    by_sku: dict[str | None, list[int]] = {}
    for number, line in enumerate(after.lines):
        by_sku.setdefault(line.sku, []).append(number)
    shipped: dict[int, Decimal] = {}
    paid_less: dict[str, Decimal] = {}
    for sku, numbers in by_sku.items():
        own = [i for i, line in enumerate(order.lines) if line.sku == sku]
        goods = [Goods(sku or "", after.lines[n].amount) for n in numbers]
        if not own:
            raise ValidationError(
                *(FieldProblem(f"order.products.{n}.sku", "is not in the order of this event") for n in numbers)
            )
        if len(own) != len(numbers):
            # Lines of one product were joined or split: only how many there are together is known.
            only = Order(tuple(order.lines[i] for i in own), ZERO)
            for position, amount in lines_of(RemainingOrder(only, ()), goods, "order.products").items():
                shipped[own[int(position)]] = amount
            continue
        for i, n in zip(own, numbers, strict=True):
            before, line = order.lines[i], after.lines[n]
            if line.amount > before.amount:
                raise _more_than_left(f"order.products.{n}.amount", f"is more than was ordered, {before.amount:f}")
            shipped[i] = line.amount
            if priced[n] and before.value:
                if line.value > before.value:
                    message = f"makes the line worth more than was ordered, {before.value:f}"
                    raise _more_than_left(f"order.products.{n}.value", message)
                shipped[i] = _exact(Fraction(before.amount) * Fraction(line.value) / Fraction(before.value))
                if shipped[i] != line.amount:
                    paid_less[str(i)] = line.amount
    return part._replace(lines=_unshipped(order, shipped), shipped=paid_less)


class _PartEffects:
    """What one part takes of each effect: the share that is gone after it, less what was taken before.

    What did not ship is the rest of the share that did. It was never paid: what is taken back later is a share of what
    is left without it.
    """

    def __init__(self, event: Event, order: Order, part: Part) -> None:
        self._event = event
        self._part = part
        self._unfulfilled = [one for one in event.parts if one.unfulfilled]
        self._first = RemainingOrder(order, self._unfulfilled)
        self._after = RemainingOrder(order, [*event.parts, part])

    def part(self) -> Part:
        """The part with what it takes."""
        event, shares = self._event, self._event.shares
        lots, left = event.promised_lots, left_lots(event)[0]
        released = sums((one.granted for one in self._unfulfilled), len(lots))
        granted = [
            self._take(
                lot.amount - released[i],
                left[i],
                self._share(shares.granted[i] if i < len(shares.granted) else ()),
                shares.decimals.get(lot.reward_id, 0),
            )
            for i, lot in enumerate(lots)
        ]
        redeemed = self._redeemed()
        return self._part._replace(
            granted=tuple(granted) if any(granted) else (),
            redeemed=tuple(redeemed) if any(redeemed) else (),
            usage=Usage(self._progress(), NOTHING, self._budgets(lots, granted)),
        )

    def _redeemed(self) -> list[Decimal]:
        """By reward; of its lots each in proportion to what is left of it."""
        event, shares = self._event, self._event.shares
        lots, left = event.reserved_lots, left_lots(event)[1]
        released = sums((one.redeemed for one in self._unfulfilled), len(lots))
        taken = [ZERO] * len(lots)
        for reward_id in dict.fromkeys(lot.reward_id for lot in lots):
            numbers = [i for i, lot in enumerate(lots) if lot.reward_id == reward_id]
            base = total(lots[i].amount - released[i] for i in numbers)
            left_of_all = total(left[i] for i in numbers)
            decimals = shares.decimals.get(reward_id, 0)
            amount = self._take(base, left_of_all, self._share(shares.redeemed.get(reward_id, ())), decimals)
            for i, one in zip(numbers, taken_in_proportion(amount, [left[i] for i in numbers], decimals), strict=True):
                taken[i] = one
        return taken

    def _progress(self) -> dict[str, CounterValues]:
        """Of sums over history, each by what its lines have added; what has left a window came off with the event."""
        taken: dict[str, CounterValues] = {}
        for key, weights in self._event.shares.progress.items():
            share = self._relative(self._first.gone_share_of(weights), self._after.gone_share_of(weights))
            for name, number in self._event.usage.progress.get(key, NOTHING).items():
                added = Decimal(number)
                before = [Decimal(one.usage.progress.get(key, NOTHING).get(name, 0)) for one in self._event.parts]
                released = [Decimal(one.usage.progress.get(key, NOTHING).get(name, 0)) for one in self._unfulfilled]
                amount = self._take(added - total(released), added - total(before), share, MAX_DECIMALS)
                if added > 0 and amount:
                    taken[key] = {**taken.get(key, {}), name: amount}
        return taken

    def _budgets(self, lots: Sequence[Lot], granted: Sequence[Decimal]) -> dict[str, BudgetAmount]:
        """What a campaign takes from its budget is what it grants, so the same comes back."""
        taken: dict[str, BudgetAmount] = {}
        for lot, amount in zip(lots, granted, strict=True):
            budget = self._event.usage.budgets.get(lot.campaign_id or "")
            if budget and budget.amount and amount and lot.campaign_id:
                before = taken.get(lot.campaign_id, BudgetAmount())
                taken[lot.campaign_id] = before.plus(BudgetAmount(amount))
        return taken

    def _take(self, base: Decimal, left: Decimal, share: Fraction, decimals: int) -> Decimal:
        if self._part.unfulfilled:
            return normalize(base - share_of_amount(base, 1 - share, decimals))
        target = share_of_amount(base, share, decimals)
        return normalize(max(ZERO, min(left, target - (base - left))))

    def _share(self, shares: EffectShares) -> Fraction:
        return self._relative(self._first.gone_share(shares), self._after.gone_share(shares))

    def _relative(self, first: Fraction, after: Fraction) -> Fraction:
        if self._part.unfulfilled or first >= 1:
            return after
        return (after - first) / (1 - first)


def _order_of(event: Event, wanted: WantedPart) -> Order:
    order = order_in(event.data)
    if order is None:
        raise invalid("products" if wanted.products else "value", "needs an event that has an order")
    return order


def _value(remaining: RemainingOrder, value: Decimal | None) -> Decimal:
    if value is None:
        return ZERO
    if not remaining.order.value:
        raise invalid("value", "needs an order that has a value; name its products")
    left = _left(remaining)
    if value > left:
        raise _more_than_left("value", f"is more than is left of the order, {left:f}")
    # What is left may have more decimals than an amount: they go with the last of it.
    return _exact(remaining.value_left) if value == left else value


def _left(remaining: RemainingOrder) -> Decimal:
    return round_half_up(_exact(remaining.value_left))


def _exact(value: Fraction) -> Decimal:
    """The value to 30 decimals, and not less."""
    return from_units(ceil(value * 10**30), 30)


def _more_than_left(field: str, message: str) -> MoreThanLeftError:
    return MoreThanLeftError([FieldProblem(field, message)])
