from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.part_of_line_response import PartOfLineResponse
    from ..models.taken_response import TakenResponse


T = TypeVar("T", bound="PartExplanationResponse")


@_attrs_define
class PartExplanationResponse:
    """A part of an order, and what it took of all that the event did.

    Attributes:
        at (datetime.datetime): When it was told.
        unfulfilled (bool): Whether it did not ship when the event was fulfilled; else it came back.
        reason (None | str): Why it came back.
        products (list[PartOfLineResponse]): What of which lines.
        value (float): How much of the order's value, where that was told instead.
        accumulations (list[TakenResponse]): What it took of what the event had earned.
        redemptions (list[TakenResponse]): What came back of what the event had spent.
    """

    at: datetime.datetime
    unfulfilled: bool
    reason: None | str
    products: list[PartOfLineResponse]
    value: float
    accumulations: list[TakenResponse]
    redemptions: list[TakenResponse]

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        unfulfilled = self.unfulfilled

        reason: None | str
        reason = self.reason

        products = []
        for products_item_data in self.products:
            products_item = products_item_data.to_dict()
            products.append(products_item)

        value = self.value

        accumulations = []
        for accumulations_item_data in self.accumulations:
            accumulations_item = accumulations_item_data.to_dict()
            accumulations.append(accumulations_item)

        redemptions = []
        for redemptions_item_data in self.redemptions:
            redemptions_item = redemptions_item_data.to_dict()
            redemptions.append(redemptions_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "at": at,
                "unfulfilled": unfulfilled,
                "reason": reason,
                "products": products,
                "value": value,
                "accumulations": accumulations,
                "redemptions": redemptions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.part_of_line_response import PartOfLineResponse  # noqa: PLC0415
        from ..models.taken_response import TakenResponse  # noqa: PLC0415

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        unfulfilled = d.pop("unfulfilled")

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        products = []
        _products = d.pop("products")
        for products_item_data in _products:
            products_item = PartOfLineResponse.from_dict(products_item_data)

            products.append(products_item)

        value = d.pop("value")

        accumulations = []
        _accumulations = d.pop("accumulations")
        for accumulations_item_data in _accumulations:
            accumulations_item = TakenResponse.from_dict(accumulations_item_data)

            accumulations.append(accumulations_item)

        redemptions = []
        _redemptions = d.pop("redemptions")
        for redemptions_item_data in _redemptions:
            redemptions_item = TakenResponse.from_dict(redemptions_item_data)

            redemptions.append(redemptions_item)

        part_explanation_response = cls(
            at=at,
            unfulfilled=unfulfilled,
            reason=reason,
            products=products,
            value=value,
            accumulations=accumulations,
            redemptions=redemptions,
        )

        return part_explanation_response
