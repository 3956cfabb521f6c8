"""Which lines of its order have earned and spent what, as an event is emitted."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from loyalty.domain.events.schemas import EmitEventRequest, Redemption, redemptions
from loyalty.domain.limits.usage import NOTHING
from loyalty.domain.money import ZERO, total
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.domain.wallet.lots import Lot
from loyalty.domain.wallet.shares import BY_VALUE, NO_SHARES, EffectShares, Shares, effect_shares, weights_of


def shares_of(
    request: EmitEventRequest,
    granted: Sequence[Lot],
    redeemed: Iterable[Lot],
    rewards: Mapping[str, Reward],
    evaluation: Evaluation | None,
) -> Shares:
    """What of the lots that an event grants and redeems belongs to which line; nothing without an order."""
    if request.order is None or evaluation is None:
        return NO_SHARES
    reward_ids = dict.fromkeys(lot.reward_id for lot in (*granted, *redeemed))
    return Shares(
        evaluation.earnings.effect_shares(granted),
        {name: shares for name, shares in _redeemed_by(request).items() if name in reward_ids},
        evaluation.sums,
        {name: rewards[name].decimals for name in reward_ids if name in rewards and rewards[name].decimals},
    )


def _redeemed_by(request: EmitEventRequest) -> Mapping[str, EffectShares]:
    """The shares of what was redeemed of each reward: a line's own belongs to it, all else goes by value."""
    lines = request.order.products if request.order else None
    if not lines or len(lines) < 2 or not any(line.redeem for line in lines):
        return NOTHING
    of_lines = [_by_reward(line.redeem) for line in lines]
    found: dict[str, EffectShares] = {}
    others = _by_reward(one for path, one in redemptions(request) if not path.startswith("order.products."))
    for reward_id in dict.fromkeys(name for one in of_lines for name in one):
        amounts = [one.get(reward_id, ZERO) for one in of_lines]
        earned = {weights_of(amounts): Fraction(total(amounts))}
        if others.get(reward_id):
            earned[BY_VALUE] = Fraction(others[reward_id])
        found[reward_id] = effect_shares(earned)
    return found


def _by_reward(redemptions: Iterable[Redemption] | None) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for one in redemptions or ():
        sums[one.id] = total((sums.get(one.id, ZERO), one.amount))
    return sums
