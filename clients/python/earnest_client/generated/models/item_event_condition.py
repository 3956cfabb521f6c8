from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.item_event_condition_operator import ItemEventConditionOperator

T = TypeVar("T", bound="ItemEventCondition")


@_attrs_define
class ItemEventCondition:
    """A condition on one item of a list.

    Attributes:
        field (str): Where to look in the item, such as `sku`; a list on the way stands for each of its elements.
        operator (ItemEventConditionOperator): What is asked of the values there: it holds if it is true of one of them,
            `ne` and `not_in` if of all.
        value (Any): What they are compared with, strings without case and numbers exactly; a list for `in`, `not_in`,
            `between`.
    """

    field: str
    operator: ItemEventConditionOperator
    value: Any

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        operator = self.operator.value

        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "field": field,
                "operator": operator,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        field = d.pop("field")

        operator = ItemEventConditionOperator(d.pop("operator"))

        value = d.pop("value")

        item_event_condition = cls(
            field=field,
            operator=operator,
            value=value,
        )

        return item_event_condition
