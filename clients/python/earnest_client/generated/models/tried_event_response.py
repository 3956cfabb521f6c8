from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.campaign_explanation_response import CampaignExplanationResponse
    from ..models.tried_effect_response import TriedEffectResponse


T = TypeVar("T", bound="TriedEventResponse")


@_attrs_define
class TriedEventResponse:
    """What it would have made of one event.

    Attributes:
        event_id (str): The event's id.
        type_ (str): What it was.
        issued_at (datetime.datetime): When it happened; the campaign is evaluated as of then.
        matched (bool): Whether it would have been rewarded; if not, the explanation says why.
        certain (bool): False if that depends on what the customer did before the events that were tried. It is then
            told as if that had
            been nothing.
        effects (list[TriedEffectResponse]): What it would have granted; tags and offers are in the explanation.
        explanation (CampaignExplanationResponse | None): Why, as it would be kept with the event; null if the campaign
            is too long to be explained.
    """

    event_id: str
    type_: str
    issued_at: datetime.datetime
    matched: bool
    certain: bool
    effects: list[TriedEffectResponse]
    explanation: CampaignExplanationResponse | None

    def to_dict(self) -> dict[str, Any]:
        from ..models.campaign_explanation_response import CampaignExplanationResponse  # noqa: PLC0415

        event_id = self.event_id

        type_ = self.type_

        issued_at = self.issued_at.isoformat()

        matched = self.matched

        certain = self.certain

        effects = []
        for effects_item_data in self.effects:
            effects_item = effects_item_data.to_dict()
            effects.append(effects_item)

        explanation: dict[str, Any] | None
        if isinstance(self.explanation, CampaignExplanationResponse):
            explanation = self.explanation.to_dict()
        else:
            explanation = self.explanation

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "event_id": event_id,
                "type": type_,
                "issued_at": issued_at,
                "matched": matched,
                "certain": certain,
                "effects": effects,
                "explanation": explanation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.campaign_explanation_response import CampaignExplanationResponse  # noqa: PLC0415
        from ..models.tried_effect_response import TriedEffectResponse  # noqa: PLC0415

        d = dict(src_dict)
        event_id = d.pop("event_id")

        type_ = d.pop("type")

        issued_at = datetime.datetime.fromisoformat(d.pop("issued_at"))

        matched = d.pop("matched")

        certain = d.pop("certain")

        effects = []
        _effects = d.pop("effects")
        for effects_item_data in _effects:
            effects_item = TriedEffectResponse.from_dict(effects_item_data)

            effects.append(effects_item)

        def _parse_explanation(data: object) -> CampaignExplanationResponse | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                explanation_type_0 = CampaignExplanationResponse.from_dict(data)

                return explanation_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CampaignExplanationResponse | None, data)

        explanation = _parse_explanation(d.pop("explanation"))

        tried_event_response = cls(
            event_id=event_id,
            type_=type_,
            issued_at=issued_at,
            matched=matched,
            certain=certain,
            effects=effects,
            explanation=explanation,
        )

        return tried_event_response
