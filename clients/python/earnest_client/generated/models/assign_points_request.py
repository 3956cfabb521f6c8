from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AssignPointsRequest")


@_attrs_define
class AssignPointsRequest:
    """Points for one customer.

    Attributes:
        source (str): Who asks for it.
        points_earned (float): How many to credit, or to debit if negative.
        email (None | str | Unset): The e-mail address of the customer, if the id is not known.
        idempotency_key (None | str | Unset): What makes a retry the same request, if it is not in the header.
        reference (None | str | Unset): What the sender calls the request.
        reward_id (None | str | Unset): Of which reward; of the brand's default reward if not given.
        user_id (None | str | Unset): The customer.
    """

    source: str
    points_earned: float
    email: None | str | Unset = UNSET
    idempotency_key: None | str | Unset = UNSET
    reference: None | str | Unset = UNSET
    reward_id: None | str | Unset = UNSET
    user_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source = self.source

        points_earned = self.points_earned

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        idempotency_key: None | str | Unset
        if isinstance(self.idempotency_key, Unset):
            idempotency_key = UNSET
        else:
            idempotency_key = self.idempotency_key

        reference: None | str | Unset
        if isinstance(self.reference, Unset):
            reference = UNSET
        else:
            reference = self.reference

        reward_id: None | str | Unset
        if isinstance(self.reward_id, Unset):
            reward_id = UNSET
        else:
            reward_id = self.reward_id

        user_id: None | str | Unset
        if isinstance(self.user_id, Unset):
            user_id = UNSET
        else:
            user_id = self.user_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source": source,
                "pointsEarned": points_earned,
            }
        )
        if email is not UNSET:
            field_dict["email"] = email
        if idempotency_key is not UNSET:
            field_dict["idempotencyKey"] = idempotency_key
        if reference is not UNSET:
            field_dict["reference"] = reference
        if reward_id is not UNSET:
            field_dict["rewardId"] = reward_id
        if user_id is not UNSET:
            field_dict["userId"] = user_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        source = d.pop("source")

        points_earned = d.pop("pointsEarned")

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_idempotency_key(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        idempotency_key = _parse_idempotency_key(d.pop("idempotencyKey", UNSET))

        def _parse_reference(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reference = _parse_reference(d.pop("reference", UNSET))

        def _parse_reward_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reward_id = _parse_reward_id(d.pop("rewardId", UNSET))

        def _parse_user_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_id = _parse_user_id(d.pop("userId", UNSET))

        assign_points_request = cls(
            source=source,
            points_earned=points_earned,
            email=email,
            idempotency_key=idempotency_key,
            reference=reference,
            reward_id=reward_id,
            user_id=user_id,
        )

        assign_points_request.additional_properties = d
        return assign_points_request

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
