from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.item_event_condition import ItemEventCondition
    from ..models.item_existence_condition import ItemExistenceCondition


T = TypeVar("T", bound="Percentage")


@_attrs_define
class Percentage:
    """So many percent of a field, of all items or of those that a `where` chooses, at most `cap`.

    Nothing of what is below zero.

        Attributes:
            reward_id (str): The reward that is granted.
            percent (float): How many percent.
            of (str): Where the event says of how much; a list counts with its sum.
            expires_in (None | str | Unset): When it ends, counted from the event; never if this is left out.
            available_after (None | str | Unset): From when it can be spent, counted from the event and pending until then;
                at once if this is left out.
            cap (float | None | Unset): How much is granted at most.
            where (list[list[ItemEventCondition | ItemExistenceCondition]] | None | Unset): Which items count: all of any
                inner list have to hold for the same one. What they name are fields of the line in
                `order.products`, of the entry in `redeem`, else of the object that has the field.
    """

    reward_id: str
    percent: float
    of: str
    expires_in: None | str | Unset = UNSET
    available_after: None | str | Unset = UNSET
    cap: float | None | Unset = UNSET
    where: list[list[ItemEventCondition | ItemExistenceCondition]] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.item_event_condition import ItemEventCondition  # noqa: PLC0415

        reward_id = self.reward_id

        percent = self.percent

        of = self.of

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

        cap: float | None | Unset
        if isinstance(self.cap, Unset):
            cap = UNSET
        else:
            cap = self.cap

        where: list[list[dict[str, Any]]] | None | Unset
        if isinstance(self.where, Unset):
            where = UNSET
        elif isinstance(self.where, list):
            where = []
            for where_type_0_item_data in self.where:
                where_type_0_item = []
                for where_type_0_item_item_data in where_type_0_item_data:
                    where_type_0_item_item: dict[str, Any]
                    if isinstance(where_type_0_item_item_data, ItemEventCondition):
                        where_type_0_item_item = where_type_0_item_item_data.to_dict()
                    else:
                        where_type_0_item_item = where_type_0_item_item_data.to_dict()

                    where_type_0_item.append(where_type_0_item_item)

                where.append(where_type_0_item)

        else:
            where = self.where

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "percent": percent,
                "of": of,
            }
        )
        if expires_in is not UNSET:
            field_dict["expires_in"] = expires_in
        if available_after is not UNSET:
            field_dict["available_after"] = available_after
        if cap is not UNSET:
            field_dict["cap"] = cap
        if where is not UNSET:
            field_dict["where"] = where

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.item_event_condition import ItemEventCondition  # noqa: PLC0415
        from ..models.item_existence_condition import ItemExistenceCondition  # noqa: PLC0415

        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        percent = d.pop("percent")

        of = d.pop("of")

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

        def _parse_cap(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        cap = _parse_cap(d.pop("cap", UNSET))

        def _parse_where(data: object) -> list[list[ItemEventCondition | ItemExistenceCondition]] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                where_type_0 = []
                _where_type_0 = data
                for where_type_0_item_data in _where_type_0:
                    where_type_0_item = []
                    _where_type_0_item = where_type_0_item_data
                    for where_type_0_item_item_data in _where_type_0_item:

                        def _parse_where_type_0_item_item(data: object) -> ItemEventCondition | ItemExistenceCondition:
                            try:
                                if not isinstance(data, dict):
                                    raise TypeError()
                                where_type_0_item_item_type_0 = ItemEventCondition.from_dict(data)

                                return where_type_0_item_item_type_0
                            except (TypeError, ValueError, AttributeError, KeyError):
                                pass
                            if not isinstance(data, dict):
                                raise TypeError()
                            where_type_0_item_item_type_1 = ItemExistenceCondition.from_dict(data)

                            return where_type_0_item_item_type_1

                        where_type_0_item_item = _parse_where_type_0_item_item(where_type_0_item_item_data)

                        where_type_0_item.append(where_type_0_item_item)

                    where_type_0.append(where_type_0_item)

                return where_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[list[ItemEventCondition | ItemExistenceCondition]] | None | Unset, data)

        where = _parse_where(d.pop("where", UNSET))

        percentage = cls(
            reward_id=reward_id,
            percent=percent,
            of=of,
            expires_in=expires_in,
            available_after=available_after,
            cap=cap,
            where=where,
        )

        return percentage
