from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.item_explanation_response import ItemExplanationResponse


T = TypeVar("T", bound="AnyItemExplanationResponse")


@_attrs_define
class AnyItemExplanationResponse:
    """A condition on one item of a list, and what was found in the item that met it, or came nearest.

    Attributes:
        any_item (str): Where the list is.
        where (list[list[ItemExplanationResponse]]): What was asked of an item: all of one of these lists.
        item (int | None): Which item met it, or came nearest, counted from 0; null if there is none.
        held (bool): Whether an item met it.
    """

    any_item: str
    where: list[list[ItemExplanationResponse]]
    item: int | None
    held: bool

    def to_dict(self) -> dict[str, Any]:
        any_item = self.any_item

        where = []
        for where_item_data in self.where:
            where_item = []
            for where_item_item_data in where_item_data:
                where_item_item = where_item_item_data.to_dict()
                where_item.append(where_item_item)

            where.append(where_item)

        item: int | None
        item = self.item

        held = self.held

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "any_item": any_item,
                "where": where,
                "item": item,
                "held": held,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.item_explanation_response import ItemExplanationResponse  # noqa: PLC0415

        d = dict(src_dict)
        any_item = d.pop("any_item")

        where = []
        _where = d.pop("where")
        for where_item_data in _where:
            where_item = []
            _where_item = where_item_data
            for where_item_item_data in _where_item:
                where_item_item = ItemExplanationResponse.from_dict(where_item_item_data)

                where_item.append(where_item_item)

            where.append(where_item)

        def _parse_item(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        item = _parse_item(d.pop("item"))

        held = d.pop("held")

        any_item_explanation_response = cls(
            any_item=any_item,
            where=where,
            item=item,
            held=held,
        )

        return any_item_explanation_response
