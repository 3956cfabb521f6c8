from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.outcome import Outcome

if TYPE_CHECKING:
    from ..models.campaign_explanation_response_tags import (
        CampaignExplanationResponseTags,
    )
    from ..models.granted_response import GrantedResponse
    from ..models.rule_explanation_response import RuleExplanationResponse


T = TypeVar("T", bound="CampaignExplanationResponse")


@_attrs_define
class CampaignExplanationResponse:
    """What one campaign made of an event, and why.

    Attributes:
        campaign_id (str): The campaign's id.
        name (str): The campaign's name.
        outcome (Outcome): How the evaluation of one campaign ended.
        sentence (str): The same in words.
        granted (list[GrantedResponse]): What it granted, by reward.
        offers (list[str]): The config offers it gave offers of.
        tags (CampaignExplanationResponseTags): The tags it set.
        rules (list[RuleExplanationResponse]): Its rules.
    """

    campaign_id: str
    name: str
    outcome: Outcome
    sentence: str
    granted: list[GrantedResponse]
    offers: list[str]
    tags: CampaignExplanationResponseTags
    rules: list[RuleExplanationResponse]

    def to_dict(self) -> dict[str, Any]:
        campaign_id = self.campaign_id

        name = self.name

        outcome = self.outcome.value

        sentence = self.sentence

        granted = []
        for granted_item_data in self.granted:
            granted_item = granted_item_data.to_dict()
            granted.append(granted_item)

        offers = self.offers

        tags = self.tags.to_dict()

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign_id": campaign_id,
                "name": name,
                "outcome": outcome,
                "sentence": sentence,
                "granted": granted,
                "offers": offers,
                "tags": tags,
                "rules": rules,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.campaign_explanation_response_tags import (
            CampaignExplanationResponseTags,  # noqa: PLC0415
        )
        from ..models.granted_response import GrantedResponse  # noqa: PLC0415
        from ..models.rule_explanation_response import RuleExplanationResponse  # noqa: PLC0415

        d = dict(src_dict)
        campaign_id = d.pop("campaign_id")

        name = d.pop("name")

        outcome = Outcome(d.pop("outcome"))

        sentence = d.pop("sentence")

        granted = []
        _granted = d.pop("granted")
        for granted_item_data in _granted:
            granted_item = GrantedResponse.from_dict(granted_item_data)

            granted.append(granted_item)

        offers = cast(list[str], d.pop("offers"))

        tags = CampaignExplanationResponseTags.from_dict(d.pop("tags"))

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = RuleExplanationResponse.from_dict(rules_item_data)

            rules.append(rules_item)

        campaign_explanation_response = cls(
            campaign_id=campaign_id,
            name=name,
            outcome=outcome,
            sentence=sentence,
            granted=granted,
            offers=offers,
            tags=tags,
            rules=rules,
        )

        return campaign_explanation_response
