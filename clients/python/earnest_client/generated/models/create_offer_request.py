from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.rule_params import RuleParams


T = TypeVar("T", bound="CreateOfferRequest")


@_attrs_define
class CreateOfferRequest:
    """An offer for one customer.

    Attributes:
        source (str): Who asks for it.
        config_id (str): The config offer to make it of.
        rule_params (RuleParams): The days on which an offer can be redeemed, both included, in the brand's time zone.
        email (None | str | Unset): The e-mail address of the customer, if the id is not known.
        idempotency_key (None | str | Unset): What makes a retry the same request, if it is not in the header.
        reference (None | str | Unset): What the sender calls the request.
        rank (int | None | Unset): Its place among the customer's offers, 1 first.
        user_id (None | str | Unset): The customer.
    """

    source: str
    config_id: str
    rule_params: RuleParams
    email: None | str | Unset = UNSET
    idempotency_key: None | str | Unset = UNSET
    reference: None | str | Unset = UNSET
    rank: int | None | Unset = UNSET
    user_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source = self.source

        config_id = self.config_id

        rule_params = self.rule_params.to_dict()

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

        rank: int | None | Unset
        if isinstance(self.rank, Unset):
            rank = UNSET
        else:
            rank = self.rank

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
                "configId": config_id,
                "ruleParams": rule_params,
            }
        )
        if email is not UNSET:
            field_dict["email"] = email
        if idempotency_key is not UNSET:
            field_dict["idempotencyKey"] = idempotency_key
        if reference is not UNSET:
            field_dict["reference"] = reference
        if rank is not UNSET:
            field_dict["rank"] = rank
        if user_id is not UNSET:
            field_dict["userId"] = user_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rule_params import RuleParams  # noqa: PLC0415

        d = dict(src_dict)
        source = d.pop("source")

        config_id = d.pop("configId")

        rule_params = RuleParams.from_dict(d.pop("ruleParams"))

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

        def _parse_rank(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        rank = _parse_rank(d.pop("rank", UNSET))

        def _parse_user_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_id = _parse_user_id(d.pop("userId", UNSET))

        create_offer_request = cls(
            source=source,
            config_id=config_id,
            rule_params=rule_params,
            email=email,
            idempotency_key=idempotency_key,
            reference=reference,
            rank=rank,
            user_id=user_id,
        )

        create_offer_request.additional_properties = d
        return create_offer_request

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
