from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.step import Step
    from ..models.tier_points_by_tier import TierPointsByTier


T = TypeVar("T", bound="TierPoints")


@_attrs_define
class TierPoints:
    """What the customer's tier gets, and nothing for other tiers; with `per`, for every full step of a field.

    Attributes:
        reward_id (str): The reward that is granted.
        by_tier (TierPointsByTier): How much customers of these tiers get, by the customer's attribute `tier`.
        expires_in (None | str | Unset): When it ends, counted from the event; never if this is left out.
        available_after (None | str | Unset): From when it can be spent, counted from the event and pending until then;
            at once if this is left out.
        per (None | Step | Unset): What it is granted for again and again.
    """

    reward_id: str
    by_tier: TierPointsByTier
    expires_in: None | str | Unset = UNSET
    available_after: None | str | Unset = UNSET
    per: None | Step | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.step import Step  # noqa: PLC0415

        reward_id = self.reward_id

        by_tier = self.by_tier.to_dict()

        expires_in: None | str | Unset
        if isinstance(self.expires_in, Unset):
            expires_in = UNSET
        else:
            expires_in = self.expires_in

        available_after: None | str | Unset
        if isinstance(self.available_after, Unset):
            available_after = UNSET
        else:
            available_after = self.available_after

        per: dict[str, Any] | None | Unset
        if isinstance(self.per, Unset):
            per = UNSET
        elif isinstance(self.per, Step):
            per = self.per.to_dict()
        else:
            per = self.per

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "by_tier": by_tier,
            }
        )
        if expires_in is not UNSET:
            field_dict["expires_in"] = expires_in
        if available_after is not UNSET:
            field_dict["available_after"] = available_after
        if per is not UNSET:
            field_dict["per"] = per

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.step import Step  # noqa: PLC0415
        from ..models.tier_points_by_tier import TierPointsByTier  # noqa: PLC0415

        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        by_tier = TierPointsByTier.from_dict(d.pop("by_tier"))

        def _parse_expires_in(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        expires_in = _parse_expires_in(d.pop("expires_in", UNSET))

        def _parse_available_after(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        available_after = _parse_available_after(d.pop("available_after", UNSET))

        def _parse_per(data: object) -> None | Step | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                per_type_0 = Step.from_dict(data)

                return per_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Step | Unset, data)

        per = _parse_per(d.pop("per", UNSET))

        tier_points = cls(
            reward_id=reward_id,
            by_tier=by_tier,
            expires_in=expires_in,
            available_after=available_after,
            per=per,
        )

        return tier_points
