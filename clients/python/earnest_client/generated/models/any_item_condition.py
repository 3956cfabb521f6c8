from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.item_event_condition import ItemEventCondition
    from ..models.item_existence_condition import ItemExistenceCondition


T = TypeVar("T", bound="AnyItemCondition")


@_attrs_define
class AnyItemCondition:
    """A condition that there is one item in a list for which several conditions hold together.

    Attributes:
        any_item (str): Where the list is, such as `order.products`; a single object counts as a list of one.
        where (list[list[ItemEventCondition | ItemExistenceCondition]]): What has to hold for the same item: all of any
            inner list. What they name are fields of the item.
    """

    any_item: str
    where: list[list[ItemEventCondition | ItemExistenceCondition]]

    def to_dict(self) -> dict[str, Any]:
        from ..models.item_event_condition import ItemEventCondition  # noqa: PLC0415

        any_item = self.any_item

        where = []
        for where_item_data in self.where:
            where_item = []
            for where_item_item_data in where_item_data:
                where_item_item: dict[str, Any]
                if isinstance(where_item_item_data, ItemEventCondition):
                    where_item_item = where_item_item_data.to_dict()
                else:
                    where_item_item = where_item_item_data.to_dict()

                where_item.append(where_item_item)

            where.append(where_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "any_item": any_item,
                "where": where,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.item_event_condition import ItemEventCondition  # noqa: PLC0415
        from ..models.item_existence_condition import ItemExistenceCondition  # noqa: PLC0415

        d = dict(src_dict)
        any_item = d.pop("any_item")

        where = []
        _where = d.pop("where")
        for where_item_data in _where:
            where_item = []
            _where_item = where_item_data
            for where_item_item_data in _where_item:

                def _parse_where_item_item(data: object) -> ItemEventCondition | ItemExistenceCondition:
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        where_item_item_type_0 = ItemEventCondition.from_dict(data)

                        return where_item_item_type_0
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    if not isinstance(data, dict):
                        raise TypeError()
                    where_item_item_type_1 = ItemExistenceCondition.from_dict(data)

                    return where_item_item_type_1

                where_item_item = _parse_where_item_item(where_item_item_data)

                where_item.append(where_item_item)

            where.append(where_item)

        any_item_condition = cls(
            any_item=any_item,
            where=where,
        )

        return any_item_condition
