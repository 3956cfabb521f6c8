from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.patch_customer_request_attributes_type_0 import (
        PatchCustomerRequestAttributesType0,
    )
    from ..models.patch_customer_request_tags_type_0 import PatchCustomerRequestTagsType0


T = TypeVar("T", bound="PatchCustomerRequest")


@_attrs_define
class PatchCustomerRequest:
    """Changes of a profile; what is not given stays, null removes.

    Attributes:
        email (None | str | Unset): The e-mail address; it names the customer from now on.
        mobile (None | str | Unset): The mobile number; it names the customer from now on.
        tags (None | PatchCustomerRequestTagsType0 | Unset): Tags to set; those that are null are removed.
        attributes (None | PatchCustomerRequestAttributesType0 | Unset): Attributes to set, such as `tier` and
            `birthday`; those that are null are removed.
    """

    email: None | str | Unset = UNSET
    mobile: None | str | Unset = UNSET
    tags: None | PatchCustomerRequestTagsType0 | Unset = UNSET
    attributes: None | PatchCustomerRequestAttributesType0 | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.patch_customer_request_attributes_type_0 import (
            PatchCustomerRequestAttributesType0,  # noqa: PLC0415
        )
        from ..models.patch_customer_request_tags_type_0 import (
            PatchCustomerRequestTagsType0,  # noqa: PLC0415
        )

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        mobile: None | str | Unset
        if isinstance(self.mobile, Unset):
            mobile = UNSET
        else:
            mobile = self.mobile

        tags: dict[str, Any] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, PatchCustomerRequestTagsType0):
            tags = self.tags.to_dict()
        else:
            tags = self.tags

        attributes: dict[str, Any] | None | Unset
        if isinstance(self.attributes, Unset):
            attributes = UNSET
        elif isinstance(self.attributes, PatchCustomerRequestAttributesType0):
            attributes = self.attributes.to_dict()
        else:
            attributes = self.attributes

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if email is not UNSET:
            field_dict["email"] = email
        if mobile is not UNSET:
            field_dict["mobile"] = mobile
        if tags is not UNSET:
            field_dict["tags"] = tags
        if attributes is not UNSET:
            field_dict["attributes"] = attributes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.patch_customer_request_attributes_type_0 import (
            PatchCustomerRequestAttributesType0,  # noqa: PLC0415
        )
        from ..models.patch_customer_request_tags_type_0 import (
            PatchCustomerRequestTagsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_mobile(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        mobile = _parse_mobile(d.pop("mobile", UNSET))

        def _parse_tags(data: object) -> None | PatchCustomerRequestTagsType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tags_type_0 = PatchCustomerRequestTagsType0.from_dict(data)

                return tags_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PatchCustomerRequestTagsType0 | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        def _parse_attributes(data: object) -> None | PatchCustomerRequestAttributesType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attributes_type_0 = PatchCustomerRequestAttributesType0.from_dict(data)

                return attributes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PatchCustomerRequestAttributesType0 | Unset, data)

        attributes = _parse_attributes(d.pop("attributes", UNSET))

        patch_customer_request = cls(
            email=email,
            mobile=mobile,
            tags=tags,
            attributes=attributes,
        )

        return patch_customer_request
