from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.migrate_request_attributes import MigrateRequestAttributes
    from ..models.migrate_request_tags import MigrateRequestTags
    from ..models.migrated_balance import MigratedBalance


T = TypeVar("T", bound="MigrateRequest")


@_attrs_define
class MigrateRequest:
    """What a customer brings along from another product; it is taken once for each source.

    Attributes:
        source (str): Where it comes from: the same request again, with the same source, is carried out once.
        balances (list[MigratedBalance] | Unset): What the customer had there.
        tags (MigrateRequestTags | Unset): Tags to set.
        attributes (MigrateRequestAttributes | Unset): Attributes to set, such as `tier` and `birthday`.
        email (None | str | Unset): The e-mail address, which names the customer from now on if it is nobody else's.
        mobile (None | str | Unset): The mobile number, which names the customer from now on if it is nobody else's.
        announce (bool | Unset): Whether the balances are announced like points that are assigned; nothing is if not
            given. Default: False.
    """

    source: str
    balances: list[MigratedBalance] | Unset = UNSET
    tags: MigrateRequestTags | Unset = UNSET
    attributes: MigrateRequestAttributes | Unset = UNSET
    email: None | str | Unset = UNSET
    mobile: None | str | Unset = UNSET
    announce: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        source = self.source

        balances: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.balances, Unset):
            balances = []
            for balances_item_data in self.balances:
                balances_item = balances_item_data.to_dict()
                balances.append(balances_item)

        tags: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags.to_dict()

        attributes: dict[str, Any] | Unset = UNSET
        if not isinstance(self.attributes, Unset):
            attributes = self.attributes.to_dict()

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

        announce = self.announce

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "source": source,
            }
        )
        if balances is not UNSET:
            field_dict["balances"] = balances
        if tags is not UNSET:
            field_dict["tags"] = tags
        if attributes is not UNSET:
            field_dict["attributes"] = attributes
        if email is not UNSET:
            field_dict["email"] = email
        if mobile is not UNSET:
            field_dict["mobile"] = mobile
        if announce is not UNSET:
            field_dict["announce"] = announce

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.migrate_request_attributes import MigrateRequestAttributes  # noqa: PLC0415
        from ..models.migrate_request_tags import MigrateRequestTags  # noqa: PLC0415
        from ..models.migrated_balance import MigratedBalance  # noqa: PLC0415

        d = dict(src_dict)
        source = d.pop("source")

        _balances = d.pop("balances", UNSET)
        balances: list[MigratedBalance] | Unset = UNSET
        if _balances is not UNSET:
            balances = []
            for balances_item_data in _balances:
                balances_item = MigratedBalance.from_dict(balances_item_data)

                balances.append(balances_item)

        _tags = d.pop("tags", UNSET)
        tags: MigrateRequestTags | Unset
        if isinstance(_tags, Unset):
            tags = UNSET
        else:
            tags = MigrateRequestTags.from_dict(_tags)

        _attributes = d.pop("attributes", UNSET)
        attributes: MigrateRequestAttributes | Unset
        if isinstance(_attributes, Unset):
            attributes = UNSET
        else:
            attributes = MigrateRequestAttributes.from_dict(_attributes)

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

        announce = d.pop("announce", UNSET)

        migrate_request = cls(
            source=source,
            balances=balances,
            tags=tags,
            attributes=attributes,
            email=email,
            mobile=mobile,
            announce=announce,
        )

        return migrate_request
