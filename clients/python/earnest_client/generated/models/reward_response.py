from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.reward_response_type import RewardResponseType

if TYPE_CHECKING:
    from ..models.reward_response_attributes import RewardResponseAttributes


T = TypeVar("T", bound="RewardResponse")


@_attrs_define
class RewardResponse:
    """Something that can be earned and spent.

    Attributes:
        id (str): The reward's id.
        name (str): What customers call it.
        type_ (RewardResponseType): What its amounts are: points, money off or on a card, or pieces of a product.
        decimals (int): How many decimals its amounts have at most.
        allow_negative (bool): Whether a reversal may leave a debt.
        attributes (RewardResponseAttributes): Whatever else the brand wants to know about it.
        expires_in (None | str): How long assigned points last, such as `12/months`; null for ever.
    """

    id: str
    name: str
    type_: RewardResponseType
    decimals: int
    allow_negative: bool
    attributes: RewardResponseAttributes
    expires_in: None | str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        type_ = self.type_.value

        decimals = self.decimals

        allow_negative = self.allow_negative

        attributes = self.attributes.to_dict()

        expires_in: None | str
        expires_in = self.expires_in

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "name": name,
                "type": type_,
                "decimals": decimals,
                "allow_negative": allow_negative,
                "attributes": attributes,
                "expires_in": expires_in,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reward_response_attributes import RewardResponseAttributes  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        type_ = RewardResponseType(d.pop("type"))

        decimals = d.pop("decimals")

        allow_negative = d.pop("allow_negative")

        attributes = RewardResponseAttributes.from_dict(d.pop("attributes"))

        def _parse_expires_in(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_in = _parse_expires_in(d.pop("expires_in"))

        reward_response = cls(
            id=id,
            name=name,
            type_=type_,
            decimals=decimals,
            allow_negative=allow_negative,
            attributes=attributes,
            expires_in=expires_in,
        )

        return reward_response
