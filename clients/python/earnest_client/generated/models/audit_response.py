from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.kind import Kind

if TYPE_CHECKING:
    from ..models.audit_response_after_type_0 import AuditResponseAfterType0
    from ..models.audit_response_before_type_0 import AuditResponseBeforeType0


T = TypeVar("T", bound="AuditResponse")


@_attrs_define
class AuditResponse:
    """One change of settings.

    Attributes:
        version (int): The version of the rules that it made; changes of one call have the same.
        at (datetime.datetime): When it was made.
        key_id (None | str): The id of the API key that made it; null if it was made from the command line.
        kind (Kind): What can be changed.
        id (str): Its id; the brand's own for its settings.
        before (AuditResponseBeforeType0 | None): What it was, in the form of its own endpoint; null if it was new.
        after (AuditResponseAfterType0 | None): What it is; null if it was deleted.
    """

    version: int
    at: datetime.datetime
    key_id: None | str
    kind: Kind
    id: str
    before: AuditResponseBeforeType0 | None
    after: AuditResponseAfterType0 | None

    def to_dict(self) -> dict[str, Any]:
        from ..models.audit_response_after_type_0 import AuditResponseAfterType0  # noqa: PLC0415
        from ..models.audit_response_before_type_0 import AuditResponseBeforeType0  # noqa: PLC0415

        version = self.version

        at = self.at.isoformat()

        key_id: None | str
        key_id = self.key_id

        kind = self.kind.value

        id = self.id

        before: dict[str, Any] | None
        if isinstance(self.before, AuditResponseBeforeType0):
            before = self.before.to_dict()
        else:
            before = self.before

        after: dict[str, Any] | None
        if isinstance(self.after, AuditResponseAfterType0):
            after = self.after.to_dict()
        else:
            after = self.after

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "version": version,
                "at": at,
                "key_id": key_id,
                "kind": kind,
                "id": id,
                "before": before,
                "after": after,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_response_after_type_0 import AuditResponseAfterType0  # noqa: PLC0415
        from ..models.audit_response_before_type_0 import AuditResponseBeforeType0  # noqa: PLC0415

        d = dict(src_dict)
        version = d.pop("version")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        def _parse_key_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        key_id = _parse_key_id(d.pop("key_id"))

        kind = Kind(d.pop("kind"))

        id = d.pop("id")

        def _parse_before(data: object) -> AuditResponseBeforeType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                before_type_0 = AuditResponseBeforeType0.from_dict(data)

                return before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AuditResponseBeforeType0 | None, data)

        before = _parse_before(d.pop("before"))

        def _parse_after(data: object) -> AuditResponseAfterType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                after_type_0 = AuditResponseAfterType0.from_dict(data)

                return after_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AuditResponseAfterType0 | None, data)

        after = _parse_after(d.pop("after"))

        audit_response = cls(
            version=version,
            at=at,
            key_id=key_id,
            kind=kind,
            id=id,
            before=before,
            after=after,
        )

        return audit_response
