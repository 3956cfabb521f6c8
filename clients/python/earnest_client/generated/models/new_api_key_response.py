from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_api_key_response_scopes_item import NewApiKeyResponseScopesItem

T = TypeVar("T", bound="NewApiKeyResponse")


@_attrs_define
class NewApiKeyResponse:
    """A new API key with its secret, which is told this once.

    Attributes:
        id (str): The key's id, which opens nothing.
        name (str): What people call the key.
        scopes (list[NewApiKeyResponseScopesItem]): What the key may do.
        created_at (datetime.datetime): When it was created.
        expires_at (datetime.datetime | None): When it stops working; null for never.
        disabled (bool): Whether it has been revoked.
        secret (str): What calls are to carry; only a hash of it is stored.
    """

    id: str
    name: str
    scopes: list[NewApiKeyResponseScopesItem]
    created_at: datetime.datetime
    expires_at: datetime.datetime | None
    disabled: bool
    secret: str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        scopes = []
        for scopes_item_data in self.scopes:
            scopes_item = scopes_item_data.value
            scopes.append(scopes_item)

        created_at = self.created_at.isoformat()

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        disabled = self.disabled

        secret = self.secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "name": name,
                "scopes": scopes,
                "created_at": created_at,
                "expires_at": expires_at,
                "disabled": disabled,
                "secret": secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        scopes = []
        _scopes = d.pop("scopes")
        for scopes_item_data in _scopes:
            scopes_item = NewApiKeyResponseScopesItem(scopes_item_data)

            scopes.append(scopes_item)

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        disabled = d.pop("disabled")

        secret = d.pop("secret")

        new_api_key_response = cls(
            id=id,
            name=name,
            scopes=scopes,
            created_at=created_at,
            expires_at=expires_at,
            disabled=disabled,
            secret=secret,
        )

        return new_api_key_response
