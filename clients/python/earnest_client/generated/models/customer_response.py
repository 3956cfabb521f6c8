from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.customer_response_attributes import CustomerResponseAttributes
    from ..models.customer_response_tags import CustomerResponseTags


T = TypeVar("T", bound="CustomerResponse")


@_attrs_define
class CustomerResponse:
    """Who a customer is.

    Attributes:
        customer_id (str): The customer's id.
        brand_id (str): The brand whose customer it is.
        email (None | str): The e-mail address, in lower case.
        mobile (None | str): The mobile number in E.164, or its digits where the country is not known.
        aliases (list[str]): The ids of customers that turned out to be this one.
        tags (CustomerResponseTags): What has been set as tags, by people and by campaigns.
        attributes (CustomerResponseAttributes): What has been set as attributes.
        created_at (datetime.datetime): When the customer was first seen.
    """

    customer_id: str
    brand_id: str
    email: None | str
    mobile: None | str
    aliases: list[str]
    tags: CustomerResponseTags
    attributes: CustomerResponseAttributes
    created_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        customer_id = self.customer_id

        brand_id = self.brand_id

        email: None | str
        email = self.email

        mobile: None | str
        mobile = self.mobile

        aliases = self.aliases

        tags = self.tags.to_dict()

        attributes = self.attributes.to_dict()

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "customer_id": customer_id,
                "brand_id": brand_id,
                "email": email,
                "mobile": mobile,
                "aliases": aliases,
                "tags": tags,
                "attributes": attributes,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_response_attributes import CustomerResponseAttributes  # noqa: PLC0415
        from ..models.customer_response_tags import CustomerResponseTags  # noqa: PLC0415

        d = dict(src_dict)
        customer_id = d.pop("customer_id")

        brand_id = d.pop("brand_id")

        def _parse_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        def _parse_mobile(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        mobile = _parse_mobile(d.pop("mobile"))

        aliases = cast(list[str], d.pop("aliases"))

        tags = CustomerResponseTags.from_dict(d.pop("tags"))

        attributes = CustomerResponseAttributes.from_dict(d.pop("attributes"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        customer_response = cls(
            customer_id=customer_id,
            brand_id=brand_id,
            email=email,
            mobile=mobile,
            aliases=aliases,
            tags=tags,
            attributes=attributes,
            created_at=created_at,
        )

        return customer_response
