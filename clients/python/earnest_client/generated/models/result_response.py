from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.event_wallet_response import EventWalletResponse
    from ..models.given_offer_response import GivenOfferResponse
    from ..models.movement_response import MovementResponse


T = TypeVar("T", bound="ResultResponse")


@_attrs_define
class ResultResponse:
    """What an event did.

    Attributes:
        accumulations (list[MovementResponse]): What it earned, or promises.
        redemptions (list[MovementResponse]): What it spent, or holds.
        offers (list[GivenOfferResponse]): The offers it gave, or will give when it is fulfilled.
        wallet (EventWalletResponse): What the customer had after an event.
    """

    accumulations: list[MovementResponse]
    redemptions: list[MovementResponse]
    offers: list[GivenOfferResponse]
    wallet: EventWalletResponse

    def to_dict(self) -> dict[str, Any]:
        accumulations = []
        for accumulations_item_data in self.accumulations:
            accumulations_item = accumulations_item_data.to_dict()
            accumulations.append(accumulations_item)

        redemptions = []
        for redemptions_item_data in self.redemptions:
            redemptions_item = redemptions_item_data.to_dict()
            redemptions.append(redemptions_item)

        offers = []
        for offers_item_data in self.offers:
            offers_item = offers_item_data.to_dict()
            offers.append(offers_item)

        wallet = self.wallet.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "accumulations": accumulations,
                "redemptions": redemptions,
                "offers": offers,
                "wallet": wallet,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_wallet_response import EventWalletResponse  # noqa: PLC0415
        from ..models.given_offer_response import GivenOfferResponse  # noqa: PLC0415
        from ..models.movement_response import MovementResponse  # noqa: PLC0415

        d = dict(src_dict)
        accumulations = []
        _accumulations = d.pop("accumulations")
        for accumulations_item_data in _accumulations:
            accumulations_item = MovementResponse.from_dict(accumulations_item_data)

            accumulations.append(accumulations_item)

        redemptions = []
        _redemptions = d.pop("redemptions")
        for redemptions_item_data in _redemptions:
            redemptions_item = MovementResponse.from_dict(redemptions_item_data)

            redemptions.append(redemptions_item)

        offers = []
        _offers = d.pop("offers")
        for offers_item_data in _offers:
            offers_item = GivenOfferResponse.from_dict(offers_item_data)

            offers.append(offers_item)

        wallet = EventWalletResponse.from_dict(d.pop("wallet"))

        result_response = cls(
            accumulations=accumulations,
            redemptions=redemptions,
            offers=offers,
            wallet=wallet,
        )

        return result_response
