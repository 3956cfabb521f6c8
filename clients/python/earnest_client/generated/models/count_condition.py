from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.item_event_condition import ItemEventCondition
    from ..models.item_existence_condition import ItemExistenceCondition


T = TypeVar("T", bound="CountCondition")


@_attrs_define
class CountCondition:
    """A condition on how many events the customer had so far, this one included.

    Attributes:
        operator (Literal['count_gte']): That events are counted.
        value (Any): How many there have to be.
        field (None | str | Unset): Only events with something there are counted; all if this is left out.
        within (None | str | Unset): How far history is looked back at; all of it if this is left out.
        where (list[list[ItemEventCondition | ItemExistenceCondition]] | None | Unset): Which items count: all of any
            inner list have to hold for the same one. What they name are fields of the line in
            `order.products`, of the entry in `redeem`, else of the object that has the field.
    """

    operator: Literal["count_gte"]
    value: Any
    field: None | str | Unset = UNSET
    within: None | str | Unset = UNSET
    where: list[list[ItemEventCondition | ItemExistenceCondition]] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.item_event_condition import ItemEventCondition  # noqa: PLC0415

        operator = self.operator

        value = self.value

        field: None | str | Unset
        if isinstance(self.field, Unset):
            field = UNSET
        else:
            field = self.field

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
                "operator": operator,
                "value": value,
            }
        )
        if field is not UNSET:
            field_dict["field"] = field
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
        operator = cast(Literal["count_gte"], d.pop("operator"))
        if operator != "count_gte":
            raise ValueError(f"operator must match const 'count_gte', got '{operator}'")

        value = d.pop("value")

        def _parse_field(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        field = _parse_field(d.pop("field", UNSET))

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

        count_condition = cls(
            operator=operator,
            value=value,
            field=field,
            within=within,
            where=where,
        )

        return count_condition
