from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.history_condition_operator import HistoryConditionOperator
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.item_event_condition import ItemEventCondition
    from ..models.item_existence_condition import ItemExistenceCondition


T = TypeVar("T", bound="HistoryCondition")


@_attrs_define
class HistoryCondition:
    """A condition on what the customer has done so far, this event included.

    Attributes:
        field (str): Where to look in each event.
        operator (HistoryConditionOperator): What is counted: the sum of the numbers there, the different values, or the
            events with the same value.
        value (Any): How far that has to come.
        within (None | str | Unset): How far history is looked back at; all of it if this is left out.
        where (list[list[ItemEventCondition | ItemExistenceCondition]] | None | Unset): Which items count: all of any
            inner list have to hold for the same one. What they name are fields of the line in
            `order.products`, of the entry in `redeem`, else of the object that has the field.
    """

    field: str
    operator: HistoryConditionOperator
    value: Any
    within: None | str | Unset = UNSET
    where: list[list[ItemEventCondition | ItemExistenceCondition]] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.item_event_condition import ItemEventCondition  # noqa: PLC0415

        field = self.field

        operator = self.operator.value

        value = self.value

        within: None | str | Unset
        if isinstance(self.within, Unset):
            within = UNSET
        else:
            within = self.within

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
                "field": field,
                "operator": operator,
                "value": value,
            }
        )
        if within is not UNSET:
            field_dict["within"] = within
        if where is not UNSET:
            field_dict["where"] = where

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.item_event_condition import ItemEventCondition  # noqa: PLC0415
        from ..models.item_existence_condition import ItemExistenceCondition  # noqa: PLC0415

        d = dict(src_dict)
        field = d.pop("field")

        operator = HistoryConditionOperator(d.pop("operator"))

        value = d.pop("value")

        def _parse_within(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        within = _parse_within(d.pop("within", UNSET))

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

        history_condition = cls(
            field=field,
            operator=operator,
            value=value,
            within=within,
            where=where,
        )

        return history_condition
