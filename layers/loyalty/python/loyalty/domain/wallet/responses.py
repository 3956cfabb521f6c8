"""What clients see of a wallet."""

from datetime import datetime
from typing import Any

from loyalty.domain.schemas import Answer, Number, Time, to_time
from loyalty.domain.wallet.lots import Balance, Lot
from loyalty.domain.wallet.update import balances, unexpired_lots
from loyalty.domain.wallet.wallet import Wallet


class BalanceResponse(Answer):
    """What a customer has of one reward."""

    reward_id: str
    """Of which reward."""
    available: Number
    """What can be spent; negative if there is a debt."""
    total: Number
    """The same, as Masivo's API names it."""
    reserved: Number
    """What open holds have taken."""
    pending: Number
    """What open holds promise, and what has been earned and is not available yet."""
    next_expiration: Time | None
    """When the next lot ends."""
    expiration_date: Time | None
    """The same, as Masivo's API names it."""


class LotResponse(Answer):
    """An amount that was earned together and ends together."""

    reward_id: str
    """Of which reward."""
    amount: Number
    """What is left of it."""
    campaign_id: str | None
    """The campaign that granted it."""
    issued_at: Time
    """When it was earned."""
    expiration_date: Time | None
    """When it ends; null for never."""
    available_from: Time | None
    """From when it can be spent, pending until then; null if it can be now."""


class WalletResponse(Answer):
    """What a customer has now."""

    totals: list[BalanceResponse]
    """The sums by reward."""
    lines: list[LotResponse]
    """The lots they consist of, soonest-expiring first."""


def wallet_response(wallet: Wallet, now: datetime) -> dict[str, Any]:
    """A WalletResponse as of now."""
    return {
        "totals": [balance_response(balance) for balance in balances(wallet, now)],
        "lines": [_lot_response(lot) for lot in unexpired_lots(wallet, now)],
    }


def balance_response(balance: Balance) -> dict[str, Any]:
    """A BalanceResponse."""
    ends = to_time(balance.next_expiration)
    return {
        "reward_id": balance.reward_id,
        "available": balance.available,
        "total": balance.available,
        "reserved": balance.reserved,
        "pending": balance.pending,
        "next_expiration": ends,
        "expiration_date": ends,
    }


def _lot_response(lot: Lot) -> dict[str, Any]:
    return {
        "reward_id": lot.reward_id,
        "amount": lot.amount,
        "campaign_id": lot.campaign_id,
        "issued_at": to_time(lot.issued_at),
        "expiration_date": to_time(lot.expires_at),
        "available_from": to_time(lot.available_from),
    }
