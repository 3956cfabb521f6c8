from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.trace_status import TraceStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.rule_params_response import RuleParamsResponse
    from ..models.trace_step_response import TraceStepResponse


T = TypeVar("T", bound="TraceResponse")


@_attrs_define
class TraceResponse:
    """What has become of a request, and the fields that were sent with it.

    Attributes:
        trace_id (UUID): The trace's id.
        status (TraceStatus): The status of a request.
        reason (None | str): Why it has failed.
        offer_id (None | str): The offer that was assigned.
        timeline (list[TraceStepResponse]): Every step so far.
        source (str | Unset): Who asked for it.
        reference (str | Unset): What the sender calls the request.
        user_id (str | Unset): The customer, by id.
        email (str | Unset): The customer, by e-mail address.
        config_id (str | Unset): The config offer.
        rule_params (RuleParamsResponse | Unset): The days on which an offer can be redeemed, both included.
        rank (int | Unset): The offer's place among the customer's offers.
        points_earned (float | Unset): How many points to credit, or to debit if negative.
        reward_id (str | Unset): Of which reward.
        idempotency_key (str | Unset): What makes a retry the same request.
    """

    trace_id: UUID
    status: TraceStatus
    reason: None | str
    offer_id: None | str
    timeline: list[TraceStepResponse]
    source: str | Unset = UNSET
    reference: str | Unset = UNSET
    user_id: str | Unset = UNSET
    email: str | Unset = UNSET
    config_id: str | Unset = UNSET
    rule_params: RuleParamsResponse | Unset = UNSET
    rank: int | Unset = UNSET
    points_earned: float | Unset = UNSET
    reward_id: str | Unset = UNSET
    idempotency_key: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        trace_id = str(self.trace_id)

        status = self.status.value

        reason: None | str
        reason = self.reason

        offer_id: None | str
        offer_id = self.offer_id

        timeline = []
        for timeline_item_data in self.timeline:
            timeline_item = timeline_item_data.to_dict()
            timeline.append(timeline_item)

        source = self.source

        reference = self.reference

        user_id = self.user_id

        email = self.email

        config_id = self.config_id

        rule_params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.rule_params, Unset):
            rule_params = self.rule_params.to_dict()

        rank = self.rank

        points_earned = self.points_earned

        reward_id = self.reward_id

        idempotency_key = self.idempotency_key

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "traceId": trace_id,
                "status": status,
                "reason": reason,
                "offerId": offer_id,
                "timeline": timeline,
            }
        )
        if source is not UNSET:
            field_dict["source"] = source
        if reference is not UNSET:
            field_dict["reference"] = reference
        if user_id is not UNSET:
            field_dict["userId"] = user_id
        if email is not UNSET:
            field_dict["email"] = email
        if config_id is not UNSET:
            field_dict["configId"] = config_id
        if rule_params is not UNSET:
            field_dict["ruleParams"] = rule_params
        if rank is not UNSET:
            field_dict["rank"] = rank
        if points_earned is not UNSET:
            field_dict["pointsEarned"] = points_earned
        if reward_id is not UNSET:
            field_dict["rewardId"] = reward_id
        if idempotency_key is not UNSET:
            field_dict["idempotencyKey"] = idempotency_key

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rule_params_response import RuleParamsResponse  # noqa: PLC0415
        from ..models.trace_step_response import TraceStepResponse  # noqa: PLC0415

        d = dict(src_dict)
        trace_id = UUID(d.pop("traceId"))

        status = TraceStatus(d.pop("status"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_offer_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        offer_id = _parse_offer_id(d.pop("offerId"))

        timeline = []
        _timeline = d.pop("timeline")
        for timeline_item_data in _timeline:
            timeline_item = TraceStepResponse.from_dict(timeline_item_data)

            timeline.append(timeline_item)

        source = d.pop("source", UNSET)

        reference = d.pop("reference", UNSET)

        user_id = d.pop("userId", UNSET)

        email = d.pop("email", UNSET)

        config_id = d.pop("configId", UNSET)

        _rule_params = d.pop("ruleParams", UNSET)
        rule_params: RuleParamsResponse | Unset
        if isinstance(_rule_params, Unset):
            rule_params = UNSET
        else:
            rule_params = RuleParamsResponse.from_dict(_rule_params)

        rank = d.pop("rank", UNSET)

        points_earned = d.pop("pointsEarned", UNSET)

        reward_id = d.pop("rewardId", UNSET)

        idempotency_key = d.pop("idempotencyKey", UNSET)

        trace_response = cls(
            trace_id=trace_id,
            status=status,
            reason=reason,
            offer_id=offer_id,
            timeline=timeline,
            source=source,
            reference=reference,
            user_id=user_id,
            email=email,
            config_id=config_id,
            rule_params=rule_params,
            rank=rank,
            points_earned=points_earned,
            reward_id=reward_id,
            idempotency_key=idempotency_key,
        )

        return trace_response
